"""The operator's folders, on a real file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import Refused
from bot.safety.folders import Folders
from bot.safety.intake import Given, Reason, Rejected


@pytest.fixture
def roots(tmp_path: Path) -> tuple[Path, Path]:
    mine, demo = tmp_path / "folders", tmp_path / "art"
    for folder in (mine / "foxes" / "red", mine / "owls", demo / "faces", demo / "owls"):
        folder.mkdir(parents=True)
    (mine / "foxes" / "b.png").write_bytes(b"b")
    (mine / "foxes" / "a.png").write_bytes(b"a")
    (mine / "foxes" / "red" / "c.png").write_bytes(b"c")
    (mine / "foxes" / ".hidden").write_bytes(b"h")
    (mine / "owls" / "mine.png").write_bytes(b"m")
    (demo / "owls" / "demo.png").write_bytes(b"d")
    (mine / "file.txt").write_bytes(b"no folder")
    (mine / ".git").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.png").write_bytes(b"secret")
    return mine, demo


async def test_folders_of_all_roots_are_listed_and_the_first_wins(roots: tuple[Path, Path]) -> None:
    folders = Folders(roots)
    assert await folders.names() == ["faces", "foxes", "owls"]
    assert [one.name for one in await folders.read("owls", 10)] == ["mine.png"]


async def test_files_come_by_path_with_those_of_subfolders(roots: tuple[Path, Path]) -> None:
    found = await Folders(roots).read("foxes", 10)
    assert [(one.name, one.data) for one in found if isinstance(one, Given)] == [
        ("a.png", b"a"),
        ("b.png", b"b"),
        ("c.png", b"c"),
    ]
    assert len(await Folders(roots).read("foxes", 2)) == 2


@pytest.mark.parametrize(
    "name", ["../secret", "..", ".", "", "/etc", "foxes/../../secret", "foxes/red", ".git", "secret", "file.txt", "\0"]
)
async def test_nothing_outside_can_be_named(roots: tuple[Path, Path], name: str) -> None:
    with pytest.raises(Refused, match="`faces`, `foxes`, `owls`"):
        await Folders(roots).read(name, 10)


async def test_links_are_not_followed(roots: tuple[Path, Path], tmp_path: Path) -> None:
    (roots[0] / "foxes" / "link.png").symlink_to(tmp_path / "secret" / "key.png")
    (roots[0] / "foxes" / "folder").symlink_to(tmp_path / "secret")
    found = await Folders(roots).read("foxes", 10)
    assert b"secret" not in [one.data for one in found if isinstance(one, Given)]
    assert len(found) == 3


async def test_a_file_that_is_too_large_is_told_and_not_read(roots: tuple[Path, Path]) -> None:
    with (roots[0] / "foxes" / "huge.png").open("wb") as file:
        file.truncate(5 * 1024 * 1024)
    found = await Folders(roots, file_mib=1).read("foxes", 10)
    assert [one.reason for one in found if isinstance(one, Rejected)] == [Reason.too_many_bytes]


async def test_missing_roots_are_no_error(tmp_path: Path) -> None:
    folders = Folders([tmp_path / "nowhere"])
    assert await folders.names() == []
    with pytest.raises(Refused, match="none yet"):
        await folders.read("foxes", 10)
