"""Views for the chat's tests: hand-made ones, and hypothesis strategies that make every kind of them."""

from __future__ import annotations

import io
from base64 import b64encode

from hypothesis import strategies as st
from PIL import Image

from bot.stories import (
    FilmView,
    Kin,
    ModelLine,
    NoticeView,
    Parent,
    Pick,
    PicturesView,
    Progress,
    QueueLine,
    ShownPicture,
    Slider,
    SliderBoard,
    TrainingPhase,
    TrainingView,
)


def png(colour: tuple[int, int, int] = (120, 110, 240), side: int = 32) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "PNG")
    return out.getvalue()


PNG = png()
ALL_ABILITIES = ("seed", "vary", "blend", "mix", "edit", "truncate", "point")


def picture(output_id: int, *works: str, data: bytes = PNG) -> ShownPicture:
    return ShownPicture(output_id=output_id, data=b64encode(data), seed=7, credits=works)


def pictures_view(count: int = 4, *, request_id: int = 5, owner_id: int = 9, large: bool = False) -> PicturesView:
    return PicturesView(
        request_id=request_id,
        owner_id=owner_id,
        owner_name="Ada",
        model_id="base",
        model_title="Little things",
        headline="Four new pictures",
        details=("seeds 7 to 10", "variety 50 %", "212 ms"),
        pictures=tuple(picture(request_id % 10**12 * 10 + place) for place in range(count)),
        large=large,
        abilities=ALL_ABILITIES,
    )


def slider_board(chosen: str = "d1", count: int = 8) -> SliderBoard:
    small = b64encode(PNG)
    names = ("darker ⇄ brighter", "", "rounder")
    return SliderBoard(
        sliders=tuple(
            Slider(id=f"d{n + 1}", name=names[n % 3], value=0.5 * n - 1, less=small, more=small) for n in range(count)
        ),
        chosen=chosen,
    )


def parents(a: int, b: int) -> tuple[Parent, ...]:
    small = b64encode(PNG)
    return (Parent(output_id=a, name="fox", thumbnail=small), Parent(output_id=b, thumbnail=small))


def picks(count: int) -> tuple[Pick, ...]:
    return tuple(Pick(output_id=11 + n, name="fox", starred=n == 0, thumbnail=b64encode(PNG)) for n in range(count))


def kin(output_id: int) -> tuple[Kin, ...]:
    def one(number: int, generation: int, *of: tuple[int, str], maker: str = "Ada") -> Kin:
        return Kin(
            output_id=number,
            maker_id=30,
            maker=maker,
            generation=generation,
            parents=of,
            thumbnail=b64encode(PNG),
        )

    return (
        one(output_id, 0, (2, "breed"), (3, "breed")),
        one(2, 1, (1, "3 moves"), maker="一二三四"),
        one(3, 1, (1, "vary"), maker="A name that is far too long for it"),
        one(1, 2),
    )


def training_view(phase: str = "running", **fields: object) -> TrainingView:
    told: dict[str, object] = {
        "training_id": "t-1",
        "owner_id": 9,
        "owner_name": "Ada",
        "title": "Foxes",
        "source": "198 of this server's 200 emoji",
        "phase": phase,
        "fraction": 0.4,
        "seconds_left": 95.0,
        "pictures_seen": 12300,
        "pictures_per_second": 205.0,
        "history": tuple((float(at), 2.0 / (at + 1)) for at in range(30)),
        "sample": b64encode(PNG),
        "activity": "inventing",
    }
    return TrainingView.model_validate(told | fields)


words = st.text(max_size=40)
long_words = st.builds(
    lambda piece, times: piece * times,
    st.one_of(st.text(max_size=12), st.text(alphabet="ab*_`~|<@!&>#-\n\u202e😀", max_size=12)),
    st.sampled_from([0, 1, 2, 30, 600]),
)
ids = st.integers(0, 2**64 - 1)
names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True)
floats = st.floats(allow_nan=True, allow_infinity=True)
finite = st.floats(-1e12, 1e12)

shown_pictures = st.builds(
    ShownPicture,
    output_id=st.integers(0, 2**63 - 1),
    data=st.just(b64encode(PNG)),
    media_type=st.sampled_from(["image/png", "image/webp", "image/strange"]),
    seed=st.none() | st.integers(0, 2**53),
    credits=st.lists(long_words, max_size=12).map(tuple),
)
slider_boards = st.builds(
    SliderBoard,
    sliders=st.lists(
        st.builds(
            Slider,
            id=st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True),
            name=long_words,
            value=st.floats(-5, 5),
            low=st.floats(-5, 0),
            high=st.floats(0, 5),
            less=st.none() | st.just(b64encode(PNG)),
            more=st.none() | st.just(b64encode(PNG)),
        ),
        max_size=8,
        unique_by=lambda one: one.id,
    ).map(tuple),
    chosen=names,
)
pictures_views = st.builds(
    PicturesView,
    request_id=ids,
    owner_id=ids,
    owner_name=words,
    model_id=names,
    model_title=long_words,
    headline=long_words,
    details=st.lists(long_words, max_size=8).map(tuple),
    notes=st.lists(long_words, max_size=3).map(tuple),
    pictures=st.lists(shown_pictures, min_size=1, max_size=12, unique_by=lambda one: one.output_id).map(tuple),
    large=st.booleans(),
    subject_id=st.none() | st.integers(0, 2**63 - 1),
    back=st.sampled_from(["", "show:18446744073709551615", "open:8223372036854775123"]),
    abilities=st.sampled_from([(), ALL_ABILITIES]),
    stars=st.integers(0, 10**6),
    board=st.none() | slider_boards,
    captions=st.sampled_from([(), ("½ A, ½ B",) * 9, ("x" * 300, "")]),
    progress=st.none() | st.builds(Progress, fraction=st.floats(-1, 2), place=st.none() | st.integers(1, 99)),
    animation=st.booleans(),
    stops=st.sampled_from([(), (1, 1), (2**63 - 1,), tuple(range(1, 9))]),
    parents=st.sampled_from([(), parents(1, 2), (Parent(output_id=2**63 - 1, name="*" * 200),)]),
)
film_views = st.builds(
    FilmView,
    training_id=names,
    title=long_words,
    film=st.just(b64encode(PNG)),
    model_id=st.none() | names,
)
notice_views = st.builds(
    NoticeView,
    tone=st.sampled_from(["done", "info", "refused", "trouble"]),
    text=long_words,
    ephemeral=st.booleans(),
)
training_views = st.builds(
    TrainingView,
    training_id=names,
    owner_id=ids,
    owner_name=words,
    title=long_words,
    source=long_words,
    phase=st.sampled_from(TrainingPhase),
    film=st.booleans(),
    left_out=st.lists(long_words, max_size=30).map(tuple),
    place=st.none() | st.integers(1, 10**6),
    activity=long_words,
    fraction=st.floats(-1, 2),
    seconds_left=st.none() | st.floats(0, 1e9),
    pictures_seen=st.integers(0, 10**12),
    pictures_per_second=st.floats(0, 1e9),
    history=st.lists(st.tuples(finite, floats), max_size=120).map(tuple),
    sample=st.none() | st.just(b64encode(PNG)),
    figures=long_words,
    model_id=st.none() | names,
    error=long_words,
)
model_lines = st.builds(
    ModelLine,
    id=names,
    title=long_words,
    family=words,
    size=st.integers(16, 1024),
    works=st.integers(0, 10**6),
    shipped=st.booleans(),
    is_default=st.booleans(),
    made_by=words,
    figures=long_words,
)
queue_lines = st.builds(
    QueueLine,
    training_id=names,
    title=long_words,
    owner_id=ids,
    owner_name=words,
    phase=st.sampled_from(TrainingPhase),
    place=st.none() | st.integers(1, 100),
    fraction=st.floats(-1, 2),
    seconds_left=st.none() | st.floats(0, 1e9),
)
