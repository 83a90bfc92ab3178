"""What every story works with, built once by `bot.app` and handed down."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.metrics import Metrics
from bot.parcels import Parcels
from bot.records import Records
from bot.safety.fetch import Fetcher
from bot.safety.folders import Folders
from bot.safety.gatekeeper import Gatekeeper
from bot.safety.intake import Intake
from bot.safety.seal import Seal
from bot.settings import Limits
from bot.sketches import Sketchbook
from bot.stories import Messenger
from bot.tracing import Tracing
from bot.workflows.house import House
from bot.workflows.library import Library
from bot.workflows.lines import Bell, Line
from bot.workflows.live import Board
from bot.workflows.needs import Worker
from bot.workflows.shelf import Shelf
from gan.contract import Mark


@dataclass(frozen=True)
class Patience:
    """How long a story tries again before it says that it could not, in seconds."""

    moment: float = 1.5
    """A hiccup of the worker that nobody need hear of: the acknowledgement can still hold the answer."""
    commit: float = 1.8
    """For the commit of a request, from the press on: what is not on record by then is not acknowledged as taken."""
    stuck: float = 1.9
    """From the press until the member hears that the records do not answer."""
    look: float = 0.6
    """For a word of the worker about its health, so that what is wrong is said within three seconds of the ask."""
    repeat: float = 5.0
    """Between two words about what is waited for: the place in a line changes."""
    render: float = 10.0
    """A member looks at a blinking line meanwhile."""
    away: float = 600.0
    """For a worker that is away: the member has been told, and the answer comes by itself. Their token lives longer."""
    deliver: float = 600.0
    """Nobody waits, and a picture that was made should arrive even after a long trouble at Discord's."""
    records: float = 120.0
    """A database that is started anew is back within it; so is a failover."""
    training: float = 24 * 3600.0
    """A training outlives any restart of the worker; after a day without a word it is given up."""
    edit: float = 4.0
    """Between two edits of a message that lives; Discord allows about five messages in five seconds to a channel."""
    edit_least: float = 1.0
    """The same when there is news that should not wait, such as the first sample."""
    turn: float = 2.0
    """Between two looks at the line of trainings, for those that end in another bot process."""
    worker: float = 3.0
    """Between two looks for a worker that is away from a training."""
    edit_old: float = 60.0
    """The same for messages older than an hour, whose edits Discord throttles."""


@dataclass(frozen=True)
class Parts:
    records: Records
    worker: Worker
    messenger: Messenger
    library: Library
    fetcher: Fetcher
    folders: Folders
    intake: Intake
    limits: Limits
    seal: Seal | None = None
    """What signs all that goes out; none only where a test wants files as the worker made them."""
    marks: tuple[Mark, ...] = ()
    """What is put on pictures, by the settings."""
    gate: Gatekeeper = field(default_factory=Gatekeeper)
    """The operator's gate for pictures; off unless the settings say otherwise."""
    patience: Patience = Patience()
    house: House = field(init=False)
    """Each server's own rules."""
    shelf: Shelf = field(default_factory=Shelf)
    line: Line = field(default_factory=Line)
    bell: Bell = field(default_factory=Bell)
    board: Board = field(default_factory=dict)
    metrics: Metrics = field(default_factory=Metrics)
    tracing: Tracing = field(default_factory=Tracing)
    emoji_are_free: bool = False
    """The server's emoji need no moderator's word: the playground's are drawn for it."""
    pages: str | None = None
    """Address of the web pages; none where they are not served."""
    sketches: Sketchbook | None = None
    """What members drew on the web page; none where it is not served."""
    parcels: Parcels | None = None
    """Zip files that members laid down on the web page; none where it is not served."""
    places: dict[str, int] = field(default_factory=dict)
    """Places of the trainings that wait in line, by id, as last seen."""
    withdrawn: set[int] = field(default_factory=set)
    """Requests whose member was told that they were not accepted, before they were committed after all."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "house", House(self.records, tuple(self.limits.blocked_words.split(","))))
