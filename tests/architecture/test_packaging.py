"""What is installed, started and documented fits together."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pinned() -> dict[str, str]:
    """Package → version of the constraints file."""
    found = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        line = line.partition("#")[0].strip()
        if line:
            name, exact, version = line.partition("==")
            assert exact, f"{line}: constraints pin exactly"
            found[canonicalize_name(name)] = version
    return found


def declared() -> list[Requirement]:
    texts = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    return [Requirement(text) for text in texts]


def everything(requirements: list[Requirement]) -> set[str]:
    """Names of all packages that installing these brings, on this platform."""
    seen: set[tuple[str, str]] = set()
    waiting = [(requirement, "") for requirement in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in ("", *sorted(requirement.extras)):
            if (name, wanted) in seen:
                continue
            seen.add((name, wanted))
            try:
                waiting += [(Requirement(text), wanted) for text in requires(name) or []]
            except PackageNotFoundError:
                pytest.fail(f"{name} is not installed: make test")
    return {name for name, _ in seen}


def test_every_package_is_pinned_with_all_that_it_brings() -> None:
    # What PyTorch brings depends on its build; the CUDA one's own packages are pinned by itself.
    missing = {name for name in everything(declared()) - set(pinned()) if not name.startswith(("nvidia-", "triton"))}
    assert not missing, f"add to constraints.txt: {sorted(missing)}"


def test_pins_satisfy_what_is_declared() -> None:
    versions = pinned()
    for requirement in declared():
        version = versions[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement} but {version} is pinned"


def test_what_is_installed_without_dependencies_is_pinned_too() -> None:
    lines = [line for line in (ROOT / "requirements-nodeps.txt").read_text().splitlines() if line and line[0] != "#"]
    assert lines
    assert all("==" in line for line in lines)


def test_no_file_names_a_registry() -> None:
    for name in ("pyproject.toml", "constraints.txt", "requirements-nodeps.txt", "Makefile", "scripts/bootstrap.py"):
        assert not re.search(r"index-url|find-links|pypi\.org|--trusted-host", (ROOT / name).read_text()), name


# --- the doors ------------------------------------------------------------------------------------------------------


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text()
    return set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))


def artel_commands() -> set[str]:
    code = "from bot.__main__ import app; print(*[c.name or c.callback.__name__ for c in app.registered_commands])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def pages() -> dict[str, str]:
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {str(path.relative_to(ROOT)): path.read_text() for path in found}


def test_there_are_the_commands_that_are_promised() -> None:
    assert {"run", "test", "check", "bench", "clean"} <= make_targets()
    promised = {
        "up",
        "bot",
        "worker",
        "playground",
        "doctor",
        "backup",
        "restore",
        "rebuild",
        "requests",
        "limits",
        "evaluate",
        "runs",
        "evolution",
        "hashes",
        "import",
    }
    assert promised == artel_commands()


def test_every_command_that_a_page_shows_exists() -> None:
    targets, commands = make_targets(), artel_commands()
    for name, text in pages().items():
        for target in re.findall(r"(?:^|[`$;&] ?)make ([a-z][a-z-]*)", text, re.MULTILINE):
            assert target in targets, f"{name} shows `make {target}`"
        for command in re.findall(r"`(?:\.venv/bin/)?artel ([a-z]+)", text):
            assert command in commands, f"{name} shows `artel {command}`"


def test_every_command_is_documented() -> None:
    docs = "\n".join(text for name, text in pages().items() if name.startswith("docs") or name == "README.md")
    undocumented = {command for command in artel_commands() if not re.search(rf"artel {command}\b", docs)}
    assert not undocumented


def test_every_setting_that_a_page_shows_exists() -> None:
    known = (ROOT / ".env.example").read_text()
    for name, text in pages().items():
        for variable in re.findall(r"\b(ARTEL_[A-Z_]+[A-Z])\b", text):
            assert variable in known, f"{name} speaks of {variable}"


def test_links_between_pages_lead_somewhere() -> None:
    for name, text in pages().items():
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
            assert ((ROOT / name).parent / target).exists(), f"{name} links to {target}"


def test_licences_are_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text()[:300]
    assert PROJECT["license"] == "Apache-2.0"
    assert (ROOT / "NOTICE").read_text().startswith("Artel")
