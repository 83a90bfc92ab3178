"""The first step of `make run`: quick when nothing changed, and one sentence when something is missing."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, at work in a folder of the test's own."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "scripts" / "bootstrap.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in module.INPUTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return module


class Runs:
    """Takes the place of `subprocess.run`: notes the commands, and makes no network of them."""

    def __init__(self, status: int = 0) -> None:
        self.commands: list[list[str]] = []
        self.status = status

    def __call__(self, command: list[Any], **options: Any) -> subprocess.CompletedProcess[bytes]:
        words = [str(word) for word in command]
        self.commands.append(words)
        if words[1:3] == ["-m", "venv"]:
            python = Path(words[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.symlink_to(sys.executable)
        elif options.get("check") and self.status:
            raise subprocess.CalledProcessError(self.status, words)
        return subprocess.CompletedProcess(words, self.status)


@pytest.fixture
def runs(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Runs:
    found = Runs()
    monkeypatch.setattr(bootstrap.subprocess, "run", found)
    return found


def test_it_installs_once_and_again_only_when_a_pin_changes(bootstrap: ModuleType, runs: Runs) -> None:
    bootstrap.install(dev=False)
    made, product, bare = runs.commands
    assert made[1:3] == ["-m", "venv"]
    assert product[-4:] == ["-c", "constraints.txt", "-e", "."]
    assert bare[-3:] == ["--no-deps", "-r", "requirements-nodeps.txt"]
    bootstrap.install(dev=False)
    assert len(runs.commands) == 3
    with (bootstrap.ROOT / "constraints.txt").open("a") as file:
        file.write("# newer\n")
    bootstrap.install(dev=False)
    assert len(runs.commands) > 3


def test_what_tests_need_includes_what_running_needs(bootstrap: ModuleType, runs: Runs) -> None:
    bootstrap.install(dev=True)
    assert runs.commands[1][-1] == ".[dev]"
    before = len(runs.commands)
    bootstrap.install(dev=False)
    assert len(runs.commands) == before


def test_without_ensurepip_the_systems_pip_is_used(
    bootstrap: ModuleType, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = {"ensurepip": None, "pip": object()}
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: there[name])
    bootstrap.install(dev=False)
    assert "--without-pip" in runs.commands[0]
    assert runs.commands[1][:4] == [sys.executable, "-m", "pip", "--python"]


def test_without_any_pip_one_sentence_says_what_to_install(
    bootstrap: ModuleType, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"sudo apt install python3\.\d+-venv$"):
        bootstrap.install(dev=False)
    assert runs.commands == []


def test_a_failed_download_says_so_and_is_tried_again(
    bootstrap: ModuleType, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["bootstrap.py"])
    runs.status = 1
    with pytest.raises(SystemExit, match="run the same command again"):
        bootstrap.main()
    runs.status = 0
    before = len(runs.commands)
    bootstrap.main()
    assert len(runs.commands) > before


def test_without_a_browser_the_word_is_clear(
    bootstrap: ModuleType, runs: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    bootstrap.browser()
    assert "sudo apt install chromium" in capsys.readouterr().out
    assert runs.commands == []


def test_a_shell_without_python_is_told_what_to_install() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("no make here")
    done = subprocess.run(
        [make, "run", "PYTHON="], cwd=ROOT, env={"PATH": "/nowhere"}, capture_output=True, text=True, timeout=20
    )
    assert done.returncode != 0
    assert "Artel needs Python 3.11 or newer" in done.stderr
