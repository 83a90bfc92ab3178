"""How a training looks while it lives: one message, redrawn every few seconds."""

from __future__ import annotations

import discord

from bot.chat import film_texts, ids, texts, training_texts
from bot.chat.parts import (
    AMBER,
    GREY,
    MINT,
    RED,
    VIOLET,
    Panel,
    PanelFile,
    bar,
    button,
    clip,
    duration,
    layout,
    plain,
    row,
    rule,
    small,
    small_lines,
    text,
)
from bot.language import said
from bot.stories import TrainingPhase, TrainingView

_COLOURS = {
    TrainingPhase.checking: GREY,
    TrainingPhase.queued: GREY,
    TrainingPhase.running: VIOLET,
    TrainingPhase.paused: AMBER,
    TrainingPhase.finished: MINT,
    TrainingPhase.cancelled: GREY,
    TrainingPhase.failed: RED,
}
_LEFT_OUT_LINES = 12
"""As many as there are reasons: whatever is left out is named."""
FIGURES = 320
"""Characters of what came of it, or is expected to."""
SAMPLE = "sample.png"
CHART = "chart.png"


def training(view: TrainingView, chart: bytes | None = None) -> Panel:
    """The living message. `chart` is the drawn history (`bot.chat.charts.draw`), none leaves it out."""
    files: list[PanelFile] = []
    children: list[discord.ui.Item[discord.ui.LayoutView]] = [
        text(
            texts.training_headline(plain(view.title, 60), view.phase.value),
            small(texts.training_source(plain(view.source, 150), view.owner_id)),
        )
    ]
    if view.sample:
        files.append(PanelFile(SAMPLE, bytes(view.sample), said(texts.SAMPLE_DESCRIPTION)))
        children.append(_picture(SAMPLE, said(texts.SAMPLE_DESCRIPTION)))
    children.append(text(*_state_lines(view)))
    if chart and view.phase in {TrainingPhase.running, TrainingPhase.paused, TrainingPhase.finished}:
        files.append(PanelFile(CHART, chart, said(texts.CHART_DESCRIPTION)))
        children.append(_picture(CHART, said(texts.CHART_DESCRIPTION)))
    left_out = _left_out(view)
    if left_out:
        children += [rule(), text(left_out)]
    buttons = _buttons(view)
    if buttons:
        children.append(row(*buttons))
    return Panel(layout(*children, colour=_COLOURS[view.phase]), tuple(files))


def _picture(name: str, description: str) -> discord.ui.MediaGallery[discord.ui.LayoutView]:
    return discord.ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{name}", description=description))


def _state_lines(view: TrainingView) -> list[str]:
    match view.phase:
        case TrainingPhase.checking:
            return [plain(view.activity, 300) or texts.CHECKING]
        case TrainingPhase.queued:
            wait = texts.until_turn(duration(view.seconds_left)) if view.seconds_left else ""
            place = f"{texts.queue_place(view.place or 1)} {wait}".strip()
            return [place, small(plain(view.figures, FIGURES))]
        case TrainingPhase.finished:
            seen = texts.pictures_seen(view.pictures_seen, 0.0)
            hint = training_texts.USED_BY.get(view.family, texts.FINISHED_HINT)
            return [hint, small(seen, plain(view.figures, FIGURES))]
        case TrainingPhase.cancelled:
            return [texts.CANCELLED_HINT]
        case TrainingPhase.failed:
            return [clip(said(view.error.strip()), 1000) or texts.FAILED]
        case _:
            known = [plain(view.losses, FIGURES), plain(view.figures, FIGURES)]
            lines = [_progress(view), small(plain(view.activity, 100), _seen(view))]
            return [*lines, *(small(line) for line in known if line)]


def _progress(view: TrainingView) -> str:
    pieces = [f"{bar(view.fraction)} **{int(min(1.0, max(0.0, view.fraction)) * 100)} %**"]
    if view.seconds_left is not None and view.phase is TrainingPhase.running:
        almost = view.seconds_left < 1.0
        pieces.append(said(texts.ALMOST_DONE) if almost else texts.time_left(duration(view.seconds_left)))
    return " · ".join(pieces)


def _seen(view: TrainingView) -> str:
    return texts.pictures_seen(view.pictures_seen, view.pictures_per_second)


def _left_out(view: TrainingView) -> str:
    if not view.left_out or view.phase is TrainingPhase.finished:
        return ""
    lines = [plain(line, 150) for line in view.left_out[:_LEFT_OUT_LINES]]
    more = len(view.left_out) - len(lines)
    if more:
        lines.append(texts.and_more(more))
    return small_lines([texts.LEFT_OUT, *lines], limit=2200)


def _buttons(view: TrainingView) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    def of(verb: str) -> str:
        return ids.pack(verb, view.training_id, view.owner_id)

    stop = button(texts.STOP, of("stop"), emoji="✅", style=discord.ButtonStyle.success)
    cancel = button(texts.CANCEL, of("cancel"), style=discord.ButtonStyle.danger)
    match view.phase:
        case TrainingPhase.running:
            return [stop, button(texts.PAUSE, of("pause"), emoji="⏸️"), cancel]
        case TrainingPhase.paused:
            resume = button(texts.RESUME, of("resume"), emoji="▶️", style=discord.ButtonStyle.primary)
            return [resume, stop, cancel]
        case TrainingPhase.checking | TrainingPhase.queued:
            return [cancel]
        case TrainingPhase.finished if view.model_id:
            watch = button(film_texts.WATCH, ids.pack("film", view.training_id), emoji="🎞️")
            make = ids.pack("make", view.model_id)
            use = [
                button(texts.GENERATE_WITH, make, emoji="🎨", style=discord.ButtonStyle.primary),
                button(texts.MAKE_DEFAULT, ids.pack("default", view.model_id), emoji="⭐"),
            ]
            return [*([] if view.family in training_texts.USED_BY else use), *([watch] if view.film else [])]
        case _:
            return []
