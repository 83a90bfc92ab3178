"""The models and folders that can be chosen, in memory: autocomplete must answer at once, even with the worker away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.errors import Refused
from bot.language import said
from bot.records import Records
from bot.records.models import Model, Owner
from bot.records.retirements import Retirement
from bot.safety.folders import Folders
from bot.stories import ModelLine
from bot.workflows.live import USUAL
from bot.workflows.needs import Worker
from bot.workflows.sliders import Sliders
from bot.workflows.words import figures_line
from gan.contract import FamilyInfo, Figures, ModelInfo, Recipe, Transform

RETIRED = (
    "The model “{name}” is retired: art that it learned from was withdrawn. `/models` lists those that draw; where "
    "enough is left to learn from, a training without it is under way."
)
ALL_KINDS = ("seed", "vary", "blend", "mix", "edit", "truncate", "point")
NO_SUCH_MODEL = "There is no model called “{name}” here. `/models` lists those there are."
NO_SUCH_FAMILY = "There is no kind of model called “{name}”; there are {known}."
MOST_CHOICES = 25
"""Discord's limit for one autocomplete answer."""


@dataclass
class Library:
    """What the worker had when it was last asked, with owners and defaults from the records."""

    records: Records
    worker: Worker
    folders: Folders
    _models: dict[str, Model] = field(default_factory=dict)
    _owners: dict[str, Owner] = field(default_factory=dict)
    _defaults: dict[int, str] = field(default_factory=dict)
    _retired: dict[str, Retirement] = field(default_factory=dict)
    _folder_names: list[str] = field(default_factory=list)
    _families: dict[str, FamilyInfo] = field(default_factory=dict)
    sliders: Sliders = field(init=False)

    def __post_init__(self) -> None:
        self.sliders = Sliders(self.records, self.worker)

    async def load(self) -> None:
        """Read what an earlier process last knew, so that choices are there before the worker answers."""
        self._take(await self.records.models.present())
        await self.reload()

    async def reload(self) -> None:
        """Read again what the records know: owners, the servers' choices, and the folders."""
        self._owners = await self.records.models.owners()
        self._retired = await self.records.retirements.all()
        self._defaults = await self.records.people.default_models()
        self._folder_names = await self.folders.names()

    async def refresh(self) -> None:
        """Ask the worker again. Raises what the worker's client raises; the old list then stays."""
        await self.reload()
        found = [as_model(info) for info in await self.worker.models()]
        self._families = {family.name: family for family in await self.worker.families()}
        if {one.id: one for one in found} != self._models:
            await self.records.models.replace(found)
            self._take(found)

    def _take(self, models: Sequence[Model]) -> None:
        plain = (Model(**{**vars(one), "seen_at": None, "missing_since": None}) for one in models)
        self._models = {one.id: one for one in plain}

    def of(self, guild_id: int | None) -> list[Model]:
        """The models that may be used there, the server's default first, its own before the shipped ones."""
        seen = [one for one in self._models.values() if self.visible(one.id, guild_id)]
        default = self.default(guild_id)
        return sorted(seen, key=lambda one: (one.id != default, one.shipped, one.title.casefold()))

    def visible(self, model_id: str, guild_id: int | None) -> bool:
        """Models of another server are not: they learned from that server's art. Nor is a retired one."""
        if model_id in self._retired:
            return False
        owner = self._owners.get(model_id)
        return owner is None or owner.server_id == guild_id

    def default(self, guild_id: int | None) -> str | None:
        """The server's choice while it is there, else the first shipped model, else any."""
        chosen = self._defaults.get(guild_id) if guild_id is not None else None
        if chosen in self._models and chosen not in self._retired:
            return chosen
        free = [one for one in self._models.values() if self.visible(one.id, guild_id) and self.draws(one)]
        # the usual family first: until the worker has told, nothing else is known of what the others can do
        usual = min(free, key=lambda one: (one.family != USUAL, not one.shipped, one.title.casefold()), default=None)
        return usual.id if usual else None

    def check_in_use(self, model_id: str) -> None:
        """Raises `Refused` for a model that was retired since it learned from art that was withdrawn."""
        if model_id in self._retired:
            title = self._retired[model_id].title
            raise Refused(said(RETIRED, name=title))

    def _check_not_retired(self, asked: str) -> None:
        """`check_in_use`, by id or title."""
        for model_id, one in self._retired.items():
            if asked == model_id or asked.casefold() == one.title.casefold():
                self.check_in_use(model_id)

    def draws(self, model: Model) -> bool:
        """Whether it makes pictures of nothing but a number; the others change pictures that they are given."""
        family = self._families.get(model.family)
        return family is None or family.kind == "sampler"

    def draws_by_itself(self, model_id: str | None) -> bool:
        """`draws`, by id; false for none and for one that is gone."""
        model = self._models.get(model_id or "")
        return model is not None and self.draws(model)

    def starts(self, family: str) -> bool:
        """Whether a training of that family may start from a model of it."""
        return family == USUAL or (family in self._families and self._families[family].bases)

    async def shipped_base(self, family: str = USUAL) -> str | None:
        """The model that a training of a family starts from when none is named: the one that learned from the most
        works, since it knows most looks beforehand. None starts from nothing.

        Raises what the worker's client raises while the list is still empty.
        """
        if not self._models:
            await self.refresh()
        shipped = [one for one in self._models.values() if one.shipped and one.family == family]
        return min(shipped, key=lambda one: (-one.works, one.title.casefold())).id if shipped else None

    def title(self, model_id: str) -> str:
        model = self._models.get(model_id)
        return model.title if model else model_id

    def figures(self, model_id: str) -> Mapping[str, Any]:
        """What was measured of a model; empty for one that is gone."""
        model = self._models.get(model_id)
        return model.figures if model else {}

    def sha256(self, model_id: str) -> str:
        """The hash of the model's weights as last heard; empty for one that is gone."""
        model = self._models.get(model_id)
        return model.sha256 if model else ""

    def layers(self, model_id: str) -> int:
        """Style layers of a model: one at 4 × 4 pixels and one at each doubling up to half its side."""
        model = self._models.get(model_id)
        return 1 + max(0, (model.size // 8).bit_length() - 1) if model else 0

    def abilities(self, model_id: str) -> tuple[str, ...]:
        """What the model can do, see `PicturesView.abilities`; all that samplers can before the worker has told."""
        model = self._models.get(model_id)
        family = self._families.get(model.family) if model else None
        return (*family.recipes, *family.heeds) if family else ALL_KINDS

    def abilities_for(self, model_id: str, recipe: Recipe) -> tuple[str, ...]:
        """The same of one picture: what was made of a given picture is changed in other ways than what was not."""
        model = self._models.get(model_id)
        family = self._families.get(model.family) if model else None
        if family is None or family.kind == "transformer":
            return self.abilities(model_id)
        if isinstance(recipe, Transform):
            return ("transform", *family.heeds)
        return tuple(kind for kind in family.recipes if kind != "transform")

    def takes(self, model_id: str) -> int:
        """How many pictures a transform by this model takes; 0 for samplers, and before the worker has told."""
        model = self._models.get(model_id)
        family = self._families.get(model.family) if model else None
        return family.takes if family else 0

    async def choose_of(self, guild_id: int | None, asked: str | None, family: str) -> Model:
        """The model of one family that a member means; none for the server's own, else the shipped one.

        Raises as `choose` does.
        """
        for attempt in range(2):
            able = [one for one in self.of(guild_id) if one.family == family]
            if asked is None and able and self._families:
                return able[0]
            wanted = self._find(guild_id, asked) if asked else None
            if wanted is not None and self._families:
                if wanted in able:
                    return wanted
                raise Refused(
                    said(
                        "“{model}” cannot do that. Leave the model out, or choose one from the list.",
                        model=wanted.title,
                    )
                )
            if attempt == 0:
                await self.refresh()
        if asked:
            raise Refused(said(NO_SUCH_MODEL, name=asked[:64]))
        words = "There is no model of the kind “{family}” here yet. Whoever runs Artel can add one, or train one."
        raise Refused(said(words, family=family))

    async def choose(self, guild_id: int | None, asked: str | None) -> Model:
        """The model a member means: by id or title, none for the default.

        Raises `Refused` for one that is not there, and what the worker's client raises when the list is still empty.
        """
        for attempt in range(2):
            wanted = self._find(guild_id, asked) if asked else self._models.get(self.default(guild_id) or "")
            if wanted is not None:
                return wanted
            if attempt == 0:
                await self.refresh()  # it may be as new as a minute
        if asked:
            self._check_not_retired(asked)
            raise Refused(said(NO_SUCH_MODEL, name=asked[:64]))
        raise Refused("There is no model yet. `/train emoji` teaches one from this server's emoji in a few minutes.")

    def _find(self, guild_id: int | None, asked: str) -> Model | None:
        exact = self._models.get(asked)
        if exact is not None and self.visible(exact.id, guild_id):
            return exact
        titled = [one for one in self.of(guild_id) if one.title.casefold() == asked.casefold()]
        return titled[0] if titled else None

    def choices(self, guild_id: int | None, typed: str, family: str | None = None) -> list[tuple[str, str]]:
        """(label, model id), best match first: names that begin with what was typed, then those that contain it.

        Without a `family` those of all samplers.
        """
        wanted = typed.casefold().strip()
        able = [one for one in self.of(guild_id) if (self.draws(one) if family is None else one.family == family)]
        ranked = [(rank(wanted, one.title, one.id), one) for one in able]
        fitting = sorted((pair for pair in ranked if pair[0] < 3), key=lambda pair: pair[0])
        default = self.default(guild_id)
        return [(label(one, default), one.id) for _, one in fitting[:MOST_CHOICES]]

    def folder_choices(self, typed: str) -> list[str]:
        wanted = typed.casefold().strip()
        fitting = [(rank(wanted, name), name) for name in self._folder_names]
        return [name for place, name in sorted(fitting) if place < 3][:MOST_CHOICES]

    def family_choices(self, typed: str) -> list[tuple[str, str]]:
        """(label, name), the usual first; what the worker told of them, in English as it did."""
        wanted = typed.casefold().strip()
        able = sorted(self._families.values(), key=lambda one: one.name != USUAL)
        fitting = [one for one in able if rank(wanted, one.title, one.name) < 3]
        return [(f"{one.title}: {one.summary}"[:100], one.name) for one in fitting[:MOST_CHOICES]]

    async def trainable(self, asked: str) -> str:
        """The name of the family that a member means, by name or title.

        Raises `Refused` for one that is not there, and what the worker's client raises when it has not told yet.
        """
        for attempt in range(2):
            for one in self._families.values():
                if asked.casefold() in (one.name.casefold(), one.title.casefold()):
                    return one.name
            if attempt == 0:
                await self.refresh()
        raise Refused(said(NO_SUCH_FAMILY, name=asked[:64], known=", ".join(self._families)))

    def lines(self, guild_id: int | None) -> list[ModelLine]:
        """The models as `/models` lists them."""
        default = self.default(guild_id)
        return [self._line(one, default) for one in self.of(guild_id)]

    def _line(self, model: Model, default: str | None) -> ModelLine:
        owner = self._owners.get(model.id)
        return ModelLine(
            id=model.id,
            title=model.title,
            family=model.family,
            size=model.size,
            works=model.works,
            shipped=model.shipped,
            is_default=model.id == default,
            made_by=owner.member_name if owner else "",
            figures=figures_line(Figures.model_validate(model.figures)),
        )


def as_model(info: ModelInfo) -> Model:
    """A model of the worker as the records keep it."""
    card = info.card
    return Model(
        id=card.id,
        title=card.title,
        family=card.family,
        sha256=info.sha256,
        size=card.size,
        works=card.works,
        shipped=info.shipped,
        figures=card.figures.model_dump(mode="json"),
    )


def label(model: Model, default: str | None) -> str:
    """What autocomplete shows, at most 100 characters."""
    notes = [f"{model.works} works" if model.works else "", "this server's" if model.id == default else ""]
    return " · ".join([model.title[:70], *(note for note in notes if note)])


def rank(wanted: str, *names: str) -> int:
    """0 for a name that begins with what was typed, 1 for a word of it that does, 2 for any place, 3 for none."""
    folded = [name.casefold() for name in names]
    if any(name.startswith(wanted) for name in folded):
        return 0
    if any(word.startswith(wanted) for name in folded for word in name.replace("-", " ").split()):
        return 1
    return 2 if any(wanted in name for name in folded) else 3
