"""Pictures as members come to them, by chains of up to six operations, and a second account of whose they are.

The account shares no arithmetic with `gan.families.anchored.mixing`: it keeps one dense table [layers, works + 1] for a
picture (the last column is the mean of all works) beside what directions add, and does to it what the recipe says. Only
where a chain begins (which two works a seed stands for) is taken from the family.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.errors import Refused
from bot.workflows import moves
from gan.contract import (
    Blend,
    Direction,
    Edit,
    Mix,
    Prompt,
    Recipe,
    Seed,
    Truncate,
    Vary,
    WalkStep,
    frame_recipe,
)
from gan.families.anchored.mixing import Mean, Mixture

MOST_OPERATIONS = 6
USUAL_VARIETY = 0.5
Table = NDArray[np.float64]


@dataclass(frozen=True)
class Account:
    """What a picture is made of: shares of works and mean in each layer, and moves along directions in each."""

    table: Table
    moves: Mapping[str, Table]

    def scaled(self, factor: float) -> Account:
        return Account(self.table * factor, {name: move * factor for name, move in self.moves.items()})

    def plus(self, other: Account) -> Account:
        names = {*self.moves, *other.moves}
        nothing = np.zeros(len(self.table))
        moves = {name: self.moves.get(name, nothing) + other.moves.get(name, nothing) for name in names}
        return Account(self.table + other.table, moves)

    def shares(self) -> NDArray[np.float64]:
        """Of each work, and last of the mean, in the whole picture; what it was drawn away from has none. Sum 1."""
        positive = np.maximum(self.table.mean(0), 0)
        result: NDArray[np.float64] = positive / positive.sum()
        return result

    def codes(self, styles: NDArray[np.float32], vectors: Mapping[str, NDArray[np.float32]]) -> Table:
        """The style code of each layer [L, D], relative to the mean; `vectors` [L, D] are the model's directions."""
        mean = styles.mean(0, dtype=np.float64)
        codes = self.table @ np.vstack([styles, mean]) - mean
        for name, amounts in self.moves.items():
            codes += amounts[:, None] * vectors[name]
        result: Table = codes
        return result


@dataclass(frozen=True)
class Accountant:
    """Draws up accounts for a model of so many works and layers. `begun` says what a seed, work or prompt stands for,
    `directions` which layers each of the model's directions moves."""

    works: int
    layers: int
    begun: Callable[[Recipe], Mixture]
    directions: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def account(self, recipe: Recipe) -> Account:
        match recipe:
            case Vary(of=of, seed=seed, amount=t):
                return self._between(self.account(of), self._begin(Seed(seed=seed, variety=1.0)), t)
            case Blend(a=a, b=b, t=t):
                return self._between(self.account(a), self.account(b), t)
            case Mix(a=a, b=b, layers=layers):
                taken = np.zeros(self.layers)
                taken[list(layers)] = 1
                return _by_layer(self.account(a), 1 - taken).plus(_by_layer(self.account(b), taken))
            case Edit(of=of, direction=direction, amount=amount):
                moved = np.zeros(self.layers)
                moved[list(self.directions[direction])] = amount
                nothing = np.zeros((self.layers, self.works + 1))
                return self.account(of).plus(Account(nothing, {direction: moved}))
            case Truncate(of=of, psi=psi):
                mean = np.zeros((self.layers, self.works + 1))
                mean[:, -1] = 1 - psi
                return self.account(of).scaled(psi).plus(Account(mean, {}))
            case _:
                return self._begin(recipe)

    def _between(self, a: Account, b: Account, t: float) -> Account:
        return a.scaled(1 - t).plus(b.scaled(t))

    def _begin(self, recipe: Recipe) -> Account:
        mixture = self.begun(recipe)
        table = np.zeros((self.layers, self.works + 1))
        for layer, (weights, others) in enumerate(zip(mixture.weights, mixture.others, strict=True)):
            for work, weight in weights.items():
                table[layer, work] = weight
            table[layer, -1] = others.get(Mean(), 0.0)
        return Account(table, {})


def _by_layer(account: Account, factor: NDArray[np.float64]) -> Account:
    return Account(account.table * factor[:, None], {name: move * factor for name, move in account.moves.items()})


@dataclass(frozen=True)
class Chains:
    """Recipes by chance, each made with the chat's own moves (`bot.workflows.moves`), all of them alike likely.

    `directions` are the model's sliders, `prompts` texts that it can be asked with.
    """

    layers: int
    directions: Sequence[Direction] = ()
    prompts: Sequence[str] = ()

    def drawn(self, count: int, seed: int = 0) -> list[Recipe]:
        """`count` recipes, of 0 to 6 operations in turn."""
        random = np.random.RandomState(seed)
        return [self._chain(random, number % (MOST_OPERATIONS + 1)) for number in range(count)]

    def _chain(self, random: np.random.RandomState, operations: int) -> Recipe:
        recipe = self._start(random)
        for _ in range(operations):
            recipe = self._next(random, recipe)
        return recipe

    def _start(self, random: np.random.RandomState) -> Recipe:
        if self.prompts and random.randint(4) == 0:
            return Prompt(text=self.prompts[random.randint(len(self.prompts))], seed=_seed(random))
        variety = USUAL_VARIETY if random.randint(2) else float(random.uniform())
        return Seed(seed=_seed(random), variety=variety)

    def _next(self, random: np.random.RandomState, of: Recipe) -> Recipe:
        kinds = ["vary", "breed", "walk", "draw", "another", *(["pull"] if self.directions else [])]
        try:
            match kinds[random.randint(len(kinds))]:
                case "vary":
                    amount = moves.LITTLE if random.randint(2) else moves.LOT
                    return Vary(of=of, seed=_seed(random), amount=amount)
                case "breed":
                    children = moves.children(of, self._start(random), self.layers)
                    return children[random.randint(len(children))][0]
                case "walk":
                    step = WalkStep(a=0, b=1, t=float(random.uniform()), psi=float(random.uniform(1.0, 1.2)))
                    return frame_recipe((of, self._start(random)), step)
                case "draw":
                    return moves.drawn(of, moves.CALMER if random.randint(2) else moves.BOLDER)
                case "another":
                    return moves.another(of, _seed(random))
                case _:
                    direction = self.directions[random.randint(len(self.directions))]
                    return moves.pulled(of, direction, float(random.uniform(direction.low, direction.high)))
        except Refused:  # as calm or as bold as it gets
            return of


def _seed(random: np.random.RandomState) -> int:
    return int(random.randint(2**31))
