"""The family of a picture as a drawing: who came from whom, generation by generation, as coordinates for an SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from bot.language import said
from bot.records.gallery import Hung
from bot.records.lineage import Link

NODE, GAP, DOWN, EDGE = 84, 26, 58, 12
"""Side of a picture, room between two, room between two generations, and the margin, in units of the drawing."""
RELATIONS: Mapping[str, str] = {
    "vary": "a variation of {pictures}",
    "draw": "made calmer or bolder from {pictures}",
    "pull": "a slider pulled on {pictures}",
    "blend": "bred from {pictures}",
    "mix": "bred from {pictures}",
    "breed": "bred from {pictures}",
    "find": "found from {pictures}",
    "walk": "on the way from {pictures}",
    "transform": "transformed from {pictures}",
}
MADE_FROM = "made from {pictures}"


@dataclass(frozen=True)
class Node:
    id: int
    x: int
    y: int
    seen: Hung | None
    """None: it stands in the family, but the visitor may not see it."""
    words: str
    parents: Sequence[int]


@dataclass(frozen=True)
class Edge:
    child: int
    parent: int
    path: str


@dataclass(frozen=True)
class Drawing:
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    width: int
    height: int
    side: int = NODE


def draw(of: int, links: Sequence[Link], seen: Mapping[int, Hung]) -> Drawing | None:
    """The family of the picture `of`; none where it has none. `seen` are those that the visitor may see."""
    if not links:
        return None
    parents: dict[int, list[Link]] = {}
    for link in sorted(links, key=lambda one: one.place):
        parents.setdefault(link.output_id, []).append(link)
    ids = dict.fromkeys([of, *(one for link in links for one in (link.parent_id, link.output_id))])
    levels = _levels({one: [link.parent_id for link in parents.get(one, ())] for one in ids})
    widest = max(len(level) for level in levels)
    at: dict[int, tuple[int, int]] = {}
    for depth, level in enumerate(levels):
        ordered = sorted(level, key=lambda one: (_middle(at, parents.get(one, ())), one))
        left = EDGE + (widest - len(level)) * (NODE + GAP) // 2
        for place, one in enumerate(ordered):
            at[one] = (left + place * (NODE + GAP), EDGE + depth * (NODE + DOWN))
    nodes = [_node(one, at[one], seen.get(one), parents.get(one, ())) for level in levels for one in level]
    edges = [Edge(link.output_id, link.parent_id, _curve(at[link.parent_id], at[link.output_id])) for link in links]
    width = 2 * EDGE + widest * (NODE + GAP) - GAP
    return Drawing(nodes, edges, width, 2 * EDGE + len(levels) * (NODE + DOWN) - DOWN)


def _levels(parents: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """Generations, the oldest first: everybody stands below all of their parents."""
    depth: dict[int, int] = {}
    waiting = list(parents)
    while waiting:
        later = []
        for one in waiting:
            above = parents[one]
            if all(parent in depth for parent in above):
                depth[one] = 1 + max((depth[parent] for parent in above), default=-1)
            else:
                later.append(one)
        if len(later) == len(waiting):  # a circle, which only a damaged record has
            depth.update(dict.fromkeys(later, 0))
            break
        waiting = later
    levels: list[list[int]] = [[] for _ in range(1 + max(depth.values()))]
    for one, level in depth.items():
        levels[level].append(one)
    return levels


def _middle(at: Mapping[int, tuple[int, int]], parents: Sequence[Link]) -> float:
    """Where the parents stand, so that children stand below them and lines cross little."""
    places = [at[link.parent_id][0] for link in parents if link.parent_id in at]
    return sum(places) / len(places) if places else 0.0


def _node(one: int, at: tuple[int, int], seen: Hung | None, parents: Sequence[Link]) -> Node:
    if seen is None:
        words = said("A picture that is not for you to see (number {number})", number=one)
    else:
        words = said("Picture {number} by {member}", number=one, member=seen.member or said("somebody"))
    if parents:
        named = [said("picture {number}", number=link.parent_id) for link in parents]
        pictures = reduce(lambda some, other: said("{some} and {other}", some=some, other=other), named)
        words += ", " + said(RELATIONS.get(parents[0].relation, MADE_FROM), pictures=pictures)
    return Node(one, *at, seen, words, [link.parent_id for link in parents])


def _curve(parent: tuple[int, int], child: tuple[int, int]) -> str:
    x, y, u, v = parent[0] + NODE // 2, parent[1] + NODE, child[0] + NODE // 2, child[1]
    bend = (v - y) // 2
    return f"M{x} {y}C{x} {y + bend} {u} {v - bend} {u} {v}"
