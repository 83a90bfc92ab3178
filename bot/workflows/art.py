"""From an ask concerning art to its story."""

from __future__ import annotations

from bot.art_asks import (
    AddToCollection,
    ArtAsk,
    Contribute,
    CreateCollection,
    EraseMe,
    ExportCollection,
    ExportMe,
    RemoveFromCollection,
    ShareCollection,
    StartTraining,
    WithdrawArt,
)
from bot.workflows.contributing import contribute
from bot.workflows.gathering import (
    add_to_collection,
    create_collection,
    export_collection,
    remove_from_collection,
    share_collection,
)
from bot.workflows.privacy import erase_me, export_me
from bot.workflows.telling import Telling
from bot.workflows.training import start
from bot.workflows.withdrawing import withdraw


async def art_story(telling: Telling, ask: ArtAsk) -> None:
    match ask:
        case Contribute():
            await contribute(telling, ask)
        case CreateCollection():
            await create_collection(telling, ask)
        case AddToCollection():
            await add_to_collection(telling, ask)
        case RemoveFromCollection():
            await remove_from_collection(telling, ask)
        case ShareCollection():
            await share_collection(telling, ask)
        case ExportCollection():
            await export_collection(telling, ask)
        case StartTraining():
            await start(telling, ask)
        case WithdrawArt():
            await withdraw(telling, ask)
        case ExportMe():
            await export_me(telling, ask)
        case EraseMe():
            await erase_me(telling, ask)
