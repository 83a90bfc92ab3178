"""Bring the catalogues in `bot/locale/` up to what the code says: find the sentences, merge, compile.

    python -m scripts.texts            find, merge, compile
    python -m scripts.texts --check    change nothing; ends with 1 when something is missing or out of date

A sentence is what stands in `said("…")` and `counted("…", "…", n)`, in code and in the gallery's pages; what
`Refused(…)` and `Retry(…)` are given, as a text or by the name of a constant; every constant of a file `…texts.py`,
which holds nothing else; and of other files the constants of more than one word, whoever says them in the end. A
sentence with gaps that is no `said` (an f-string) cannot be translated: it is reported.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from bot.language import CATALOGUES, LANGUAGES

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "bot/chat", "bot/workflows", "bot/safety", "bot/web", "bot/web/views")
PAGES = "bot/web/pages"
OPERATORS = ("bot/app.py", "bot/web/app.py", "bot/doctor.py", "bot/tracing.py", "bot/workflows/rebuilding.py")
"""What only the operator reads, in a terminal; it stays English."""
NOT_SAID = ("HEADERS", "NOT_INSTALLED", "SCOPES")
"""Constants of more than one word that are no sentences, or are for the operator."""
FAILURES = ("Refused", "Retry", "Unseen", "Missing", "Gone", "WorkerRefused", "WorkerAway", "WorkerBusy")
NAMED = ("command", "context_menu", "Group", "ContextMenu")
"""What makes commands of Discord's, whose names and options' names are translated too."""
NAME = "name"
"""The context of those names in the catalogues: a word may be a name here and a sentence there."""
BEGINNING = datetime(2026, 11, 25, tzinfo=UTC)
"""Of all catalogues: no line of them may change by the clock alone."""
WIDTH = 110


@dataclass(frozen=True)
class Sentence:
    text: str
    many: str | None
    """Its plural, where it counts."""
    place: str
    context: str | None = None


@dataclass(frozen=True)
class Found:
    sentences: tuple[Sentence, ...]
    untranslatable: tuple[str, ...]
    """Places of sentences with gaps that are no `said`."""


def find() -> Found:
    """All sentences of the code, by file and then by the alphabet, so that code may be moved within a file."""
    sentences: list[Sentence] = []
    lost: list[str] = []
    for path in sorted(_files()):
        name = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text())
        constants: dict[str, list[str]] = {}
        for node in ast.walk(tree):
            for key, value in _constants(node):
                constants.setdefault(key, []).extend(_words(value))
        told = [value for node in tree.body for key, value in _constants(node) if key not in NOT_SAID]
        words = (text for value in told for text in _words(value))
        sentences += [Sentence(text, None, name) for text in words if name.endswith("texts.py") or " " in text]
        sentences += [Sentence(text, None, name, NAME) for text in _command_names(tree)]
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            match _called(call):
                case "said":
                    sentences += [Sentence(text, None, name) for text in _literal(call.args[0], constants)]
                case "counted":
                    pairs = [
                        Sentence(*pair, name)
                        for pair in zip(*(_literal(part, {}) for part in call.args[:2]), strict=False)
                    ]
                    sentences += pairs
                    lost += [] if pairs else [f"{name}:{call.lineno}"]
                case failure if failure in FAILURES and call.args:
                    sentences += [Sentence(text, None, name) for text in _literal(call.args[0], constants)]
                    if isinstance(call.args[0], ast.JoinedStr):
                        lost.append(f"{name}:{call.lineno}")
    sentences += _of_pages()
    ordered = sorted(set(sentences), key=lambda one: (one.place, one.context or "", one.text))
    return Found(tuple(ordered), tuple(lost))


def _of_pages() -> Iterator[Sentence]:
    """What the templates of the gallery say."""
    for path in sorted((ROOT / PAGES).iterdir()):
        name = path.relative_to(ROOT).as_posix()
        for call in Environment().parse(path.read_text()).find_all(nodes.Call):
            given = [one.value for one in call.args if isinstance(one, nodes.Const) and isinstance(one.value, str)]
            if isinstance(call.node, nodes.Name) and call.node.name in ("said", "counted") and given:
                yield Sentence(given[0], given[1] if call.node.name == "counted" else None, name)


def _command_names(tree: ast.Module) -> Iterator[str]:
    """Names of commands, groups and menus, and of their options."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in NAMED:
            yield from (text for one in node.keywords if one.arg == "name" for text in _literal(one.value, {}))
        if isinstance(node, ast.AsyncFunctionDef) and any(
            isinstance(one, ast.Call) and _called(one) == "command" for one in node.decorator_list
        ):
            yield from (one.arg for one in node.args.args if one.arg not in ("self", "interaction"))


def _files() -> Iterator[Path]:
    for room in ROOMS:
        path = ROOT / room
        found = path.glob("*.py") if path.is_dir() else [path]
        yield from (one for one in found if one.relative_to(ROOT).as_posix() not in OPERATORS)


def _called(call: ast.Call) -> str:
    return (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )


def _constants(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value


def _literal(node: ast.expr, constants: Mapping[str, list[str]]) -> list[str]:
    """The texts that an argument may be: itself, one of two, or by the name (or a key) of a constant of the file."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)):
            return constants.get(name, [])
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get")):
            return constants.get(name, [])
        case ast.IfExp(body=one, orelse=other):
            return [*_literal(one, constants), *_literal(other, constants)]
        case _:
            return []


def _words(value: ast.expr) -> Iterator[str]:
    """The texts in a constant; the keys of a mapping are no texts."""
    match value:
        case ast.Constant(value=str(text)) if any(one.isalpha() for one in text):
            yield text
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            for part in parts:
                yield from _words(part)


def merged(language: str, found: Sequence[Sentence]) -> Catalog:
    """The catalogue of a language with exactly these sentences; those it had keep their translation."""
    path = CATALOGUES / f"{language}.po"
    before = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            before = read_po(file, locale=language)
    after = Catalog(locale=language, project="Artel", version="", charset="utf-8", fuzzy=False, header_comment=HEADER)
    after.msgid_bugs_address = after.last_translator = after.language_team = ""
    after.creation_date = after.revision_date = BEGINNING
    for one in found:
        known = before.get(one.text, one.context)
        wanted = (one.text, one.many) if one.many else one.text
        kept = known.string if known is not None and isinstance(known.id, tuple) == bool(one.many) else None
        after.add(wanted, kept, locations=[(one.place, 0)], context=one.context)
    return after


HEADER = "# Texts of Artel. Made by scripts/texts.py, translations by hand: change only what stands after msgstr."


def as_po(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalogue, width=WIDTH, include_lineno=False, ignore_obsolete=True, omit_header=False)
    return file.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def up_to_date(language: str, catalogue: Catalog) -> bool:
    """Whether the compiled catalogue holds these sentences and translations; in which file they stand is no matter."""
    path = CATALOGUES / f"{language}.mo"
    return path.exists() and path.read_bytes() == as_mo(catalogue)


def missing(catalogue: Catalog) -> list[str]:
    """Sentences that have no translation, or not one for each way of counting."""
    return [
        str(one.id)
        for one in catalogue
        if one.id and not all(one.string if isinstance(one.string, tuple) else (one.string,))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, only say what is wrong")
    check = parser.parse_args().check
    found = find()
    wrong = [f"{place}: a sentence with gaps must be said()" for place in found.untranslatable]
    for language in LANGUAGES:
        catalogue = merged(language, found.sentences)
        wrong += [f"{language}.po lacks: {sentence}" for sentence in missing(catalogue)]
        if not check:
            (CATALOGUES / f"{language}.po").write_bytes(as_po(catalogue))
            (CATALOGUES / f"{language}.mo").write_bytes(as_mo(catalogue))
        elif not up_to_date(language, catalogue):
            wrong.append(f"{language}.mo is out of date: python -m scripts.texts")
    print("\n".join(wrong) or f"{len(found.sentences)} sentences in {len(LANGUAGES)} languages besides English")
    sys.exit(1 if wrong and check else 0)


if __name__ == "__main__":
    main()
