"""Views about art, as the workflows would give them."""

from __future__ import annotations

from base64 import b64encode

from bot.art_views import ArtLine, ArtView, CollectionLine, CollectionView, FilesView, SheetView
from tests.chat.views import png

SMALL = b64encode(png())


def art_lines(count: int) -> tuple[ArtLine, ...]:
    return tuple(
        ArtLine(artwork_id=n, title=f"Frog {n}", artist="Ada", artist_id=30, licence="CC BY 4.0", thumbnail=SMALL)
        for n in range(1, count + 1)
    )


def art_view(request_id: int, owner_id: int, count: int = 3) -> ArtView:
    return ArtView(
        request_id=request_id,
        owner_id=owner_id,
        owner_name="Ada",
        works=art_lines(count),
        title="Frogs *of* mine",
        tags="frog, green",
        licence="CC BY 4.0",
        collection="Pond",
        left_out=("1 damaged: frog.png",),
    )


def collection_line() -> CollectionLine:
    return CollectionLine(id=5, name="Pond", owner_name="Ada", works=24, artists=2, who_adds="everyone")


def collection_view(page: int = 0) -> CollectionView:
    return CollectionView(
        line=collection_line(),
        owner_id=30,
        works=art_lines(10),
        page=page,
        pages=3,
        licences=(("CC BY 4.0", 20), ("this server's models only", 4)),
        versions=("version 2 (5f0c12ab) · 2026-11-25",),
        may_add=True,
        may_change=True,
    )


def sheet_view(request_id: int, owner_id: int, **fields: object) -> SheetView:
    told = {
        "request_id": request_id,
        "owner_id": owner_id,
        "owner_name": "Ada",
        "title": "Pond",
        "source": "24 works of the collection Pond",
        "version": "version 2 (5f0c12ab)",
        "works": 24,
        "facts": ("24 works by 2 artists", "20 × CC BY 4.0"),
        "left_out": ("2 there twice: frog.png, toad.png",),
        "expected": "about 3 minutes",
        "minutes": 2.5,
        "thumbnails": (SMALL,) * 12,
    }
    return SheetView.model_validate({**told, **fields})


def files_view() -> FilesView:
    return FilesView(text="Here it is.", files=(("artel.zip", b64encode(b"PK-not-really")),))
