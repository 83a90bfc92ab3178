"""Model files from elsewhere: what is not one of ours, whole and sound, is refused with the reason."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from gan import families
from gan.errors import WorkerError
from gan.importing import checked, import_model
from gan.sampling import checking
from gan.server.models import ModelStore
from tests.numerics.discs import make_run, quick

Tensors = dict[str, Any]
Change = Callable[[dict[str, str], Tensors], None]
FAMILIES = ("dense", "vae", "diffusion")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small trained model of each."""
    found = {}
    with pytest.MonkeyPatch.context() as patched:
        quick(patched)
        for family in FAMILIES:
            run = make_run(tmp_path_factory.mktemp(family) / "run", family)
            families.get(family).train(run)
            found[family] = run.model
    return found


def changed(source: Path, folder: Path, change: Change) -> Path:
    with safe_open(source, "np") as file:
        header = dict(file.metadata())
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    change(header, tensors)
    path = folder / "changed.safetensors"
    save_file(tensors, path, header)
    return path


def first(tensors: Tensors, kind: str = "float16") -> str:
    return next(name for name, value in sorted(tensors.items()) if value.dtype == kind and value.ndim)


def nans(header: dict[str, str], tensors: Tensors) -> None:
    tensors[first(tensors)].flat[0] = np.nan


def endless(header: dict[str, str], tensors: Tensors) -> None:
    tensors[first(tensors)].flat[0] = np.inf


def wider(header: dict[str, str], tensors: Tensors) -> None:
    name = first(tensors)
    tensors[name] = np.concatenate([tensors[name]] * 2)


def missing(header: dict[str, str], tensors: Tensors) -> None:
    del tensors[first(tensors)]


def strange(header: dict[str, str], tensors: Tensors) -> None:
    name = first(tensors)
    tensors[name] = tensors[name].astype(np.float64)


def other_size(header: dict[str, str], tensors: Tensors) -> None:
    header["config"] = json.dumps({**json.loads(header["config"]), "size": 32})


def other_format(header: dict[str, str], tensors: Tensors) -> None:
    header["format"] = "artel-anchored-1"


def bad_config(header: dict[str, str], tensors: Tensors) -> None:
    header["config"] = json.dumps({**json.loads(header["config"]), "run": "rm -rf /"})


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("change", [nans, endless, wider, missing, strange, other_size, other_format, bad_config])
def test_what_does_not_fit_its_family_is_refused(
    models: dict[str, Path], tmp_path: Path, family: str, change: Change
) -> None:
    path = changed(models[family], tmp_path, change)
    with pytest.raises(WorkerError):
        checking.check(path, families.get(family))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_whole_one_passes(models: dict[str, Path], family: str) -> None:
    checking.check(models[family], families.get(family))


class Bomb:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (print, ("opened",))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (pickle.dumps(Bomb()), "a pickle. Only safetensors"),
        (b"PK\x03\x04" + bytes(200), "a zip, as PyTorch saves it"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5"),
        ((2**62).to_bytes(8, "little") + b"{}", "longer than the file"),
        (b"", "longer than the file"),
        ((2).to_bytes(8, "little") + b"{}", "no card"),
    ],
)
def test_files_of_other_kinds_are_named_and_never_opened(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], data: bytes, why: str
) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    with pytest.raises(WorkerError, match=why):
        checked(path, FAMILIES, check=("false",))
    assert "opened" not in capfd.readouterr().out


def test_cut_short_or_of_a_strange_family_is_refused_before_anything_is_opened(
    models: dict[str, Path], tmp_path: Path
) -> None:
    short = tmp_path / "short.safetensors"
    short.write_bytes(models["dense"].read_bytes()[:-10])
    with pytest.raises(WorkerError, match="cut short"):
        checked(short, FAMILIES, check=("false",))
    with pytest.raises(WorkerError, match="of the family “dense”"):
        checked(models["dense"], ("anchored",), check=("false",))
    with pytest.raises(WorkerError, match="broke down"):
        checked(models["dense"], FAMILIES, check=(sys.executable, "-c", "import os; os.abort()"))


def test_a_network_that_would_fill_the_memory_is_refused_in_its_own_process(
    models: dict[str, Path], tmp_path: Path
) -> None:
    """What the options ask for is built under limits, and this process never feels it."""

    def huge(header: dict[str, str], tensors: Tensors) -> None:
        header["config"] = json.dumps({**json.loads(header["config"]), "code": 10**9})

    path = changed(models["dense"], tmp_path, huge)
    with pytest.raises(WorkerError, match="more memory than any model of ours"):
        checked(path, FAMILIES)


def test_what_was_checked_is_listed_by_a_running_worker(
    models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gan.importing._opened", lambda source, family, check: None)
    store = ModelStore(tmp_path / "shipped", tmp_path / "models")
    store.scan()
    assert store.all() == []
    assert import_model(models["vae"], tmp_path, FAMILIES, dry=True) == 0
    store.look_again()
    assert store.all() == []
    assert import_model(models["vae"], tmp_path, FAMILIES) == 0
    assert "a running worker lists it at once" in capsys.readouterr().out
    store.look_again()
    (info,) = store.all()
    assert info.card.family == "vae"
    store.remove(info.card.id)
    store.look_again()
    assert store.all() == []
