"""The real bot with a failpoint at every `await` and every `async with` of the path of a request.

The points are not written into the product: they are put in as its modules are imported, from their syntax trees, so a
new `await` is a new point without anybody thinking of it. Each request is given one point, and there, once, the process
stops for good (`hold`), or an error is raised (`raise`). What was passed is written down, one line a point.

Run as `python -m tests.fakes.failing PLAN.json`; see `Plan`.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import importlib.abc
import importlib.machinery
import json
import sys
from collections.abc import Awaitable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any, Literal

PATH_OF_A_REQUEST = (
    "bot.chat.buttons",
    "bot.chat.delivery",
    "bot.chat.desk",
    "bot.chat.generate",
    "bot.chat.live",
    "bot.chat.messenger",
    "bot.chat.press",
    "bot.chat.routes",
    "bot.records.database",
    "bot.records.lineage",
    "bot.records.outputs",
    "bot.records.people",
    "bot.records.requests",
    "bot.records.upserts",
    "bot.records.usage",
    "bot.worker",
    "bot.workflows.answering",
    "bot.workflows.durable",
    "bot.workflows.explaining",
    "bot.workflows.lines",
    "bot.workflows.making",
    "bot.workflows.planning",
    "bot.workflows.showing",
    "bot.workflows.studio",
    "bot.workflows.telling",
    "bot.workflows.waiting",
)
ROOT = Path(__file__).parents[2]


@dataclass
class Plan:
    """What a process of the bot is to do."""

    playground: str
    worker: str
    data: str
    passed: str
    """File to which every point that is passed is written: `request\\tpoint\\tleaf or inner`."""
    mode: Literal["watch", "hold", "raise"] = "watch"
    points: list[str] = field(default_factory=list)
    """Given out to requests in the order of their coming, one each."""

    def write(self, path: Path) -> Path:
        path.write_text(json.dumps(asdict(self)))
        return path


class Points(ast.NodeTransformer):
    """`await x` becomes `await __point__("file:line", x)`, and `async with x` is announced at both ends."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Await(self, node: ast.Await) -> ast.AST:
        self.generic_visit(node)
        node.value = self._call("__point__", node, node.value)
        return node

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        self.generic_visit(node)
        for item in node.items:
            item.context_expr = self._call("__around__", node, item.context_expr)
        return node

    def _call(self, function: str, node: Any, value: ast.expr) -> ast.expr:
        site = ast.Constant(f"{self.name}:{node.lineno}:{node.col_offset}")
        return ast.copy_location(ast.Call(ast.Name(function, ast.Load()), [site, value], []), node)


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        tree = Points(fullname).visit(ast.parse(self.get_data(path)))
        return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> Any:
        if name not in PATH_OF_A_REQUEST:
            return None
        file = str(ROOT / (name.replace(".", "/") + ".py"))
        return importlib.machinery.ModuleSpec(name, _Loader(name, file), origin=file)


class Fate:
    """Gives each request its point, and does there what is planned."""

    def __init__(self, plan: Plan) -> None:
        self._mode, self._left = plan.mode, list(reversed(plan.points))
        self._of: dict[str, str] = {}
        self._file = Path(plan.passed).open("a", buffering=1)  # noqa: SIM115 - as long as the process

    async def reached(self, point: str, *, leaf: bool = True) -> None:
        from bot.log import current_request

        request = current_request()
        if request is None:
            return
        if request not in self._of:
            self._of[request] = self._left.pop() if self._left else ""
        if self._mode == "watch":
            self._file.write(f"{request}\t{point}\t{'leaf' if leaf else 'inner'}\n")
        elif self._of[request] == point:
            self._of[request] = ""
            self._file.write(f"{request}\t{point}\tleaf\n")
            if self._mode == "raise":
                raise OSError(f"made to fail at {point}")
            await asyncio.Event().wait()

    async def point(self, site: str, doing: Awaitable[Any]) -> Any:
        leaf = not _is_ours(doing)
        try:
            await self.reached(f"before {site}", leaf=leaf)
        except BaseException:
            if asyncio.iscoroutine(doing):
                doing.close()
            raise
        result = await doing
        await self.reached(f"after {site}", leaf=leaf)
        return result

    def around(self, site: str, manager: AbstractAsyncContextManager[Any]) -> AbstractAsyncContextManager[Any]:
        return _Around(self, site, manager)


def _is_ours(doing: Awaitable[Any]) -> bool:
    """Whether what is awaited has points of its own: errors come from outside, so they are raised at the others."""
    code = getattr(doing, "cr_code", None)
    return code is not None and Path(code.co_filename).is_relative_to(ROOT / "bot")


class _Around(AbstractAsyncContextManager[Any]):
    def __init__(self, fate: Fate, site: str, manager: AbstractAsyncContextManager[Any]) -> None:
        self._fate, self._site, self._manager = fate, site, manager

    async def __aenter__(self) -> Any:
        await self._fate.reached(f"entering {self._site}")
        return await self._manager.__aenter__()

    async def __aexit__(self, *error: Any) -> bool | None:
        left = await self._manager.__aexit__(*error)
        await self._fate.reached(f"left {self._site}")
        return left


def install(plan: Plan) -> None:
    """Put the points in; before anything of the path is imported."""
    fate = Fate(plan)
    builtins.__dict__["__point__"] = fate.point
    builtins.__dict__["__around__"] = fate.around
    loaded = [name for name in PATH_OF_A_REQUEST if name in sys.modules]
    assert not loaded, f"imported too early: {loaded}"
    sys.meta_path.insert(0, _Finder())


async def run(plan: Plan) -> None:
    from bot import app
    from bot.chat.desk import Desk
    from bot.discord_endpoint import point_discord_at
    from bot.log import request_context
    from bot.settings import Playground, Settings, Storage, Web, WorkerLink

    ask = Desk.ask

    async def known(self: Desk, interaction: Any, *args: Any, **options: Any) -> None:
        with request_context(interaction.id):
            await ask(self, interaction, *args, **options)

    Desk.ask = known  # type: ignore[method-assign]
    point_discord_at(plan.playground)
    await app.run(
        Settings(
            storage=Storage(data=Path(plan.data)),
            worker=WorkerLink(url=plan.worker),
            playground=Playground(url=plan.playground),
            web=Web(enabled=False),
        )
    )


if __name__ == "__main__":
    told = Plan(**json.loads(Path(sys.argv[1]).read_text()))
    install(told)
    asyncio.run(run(told))
