"""A loaded anchored model: recipes in, pictures and credits out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gan.blocks.layers import ModulatedConv2d
from gan.contract import ErrorCode, ModelCard, Prompt, Recipe, UnknownWord, Work, prompts_in
from gan.data.frames import framed
from gan.data.pictures import straight
from gan.errors import WorkerError
from gan.families.anchored.asking import answered
from gan.families.anchored.config import Config
from gan.families.anchored.directions import Directions
from gan.families.anchored.drawing import Drawing
from gan.families.anchored.mixing import FoundCode, Mean, Mixer, Mixture, Move, Other, credits_of
from gan.families.anchored.modelfile import generator_tensors, read_model
from gan.families.anchored.networks import Generator
from gan.sampling.points import model_of, read_point
from gan.spec import Aids, Rendered
from gan.text.index import WordIndex

AT_ONCE = 16
"""Pictures brought to bytes at a time: more would leave the cache."""
MOST_POINTS = 2048
"""Stored codes kept in memory, about 2 kB each; whoever asks for one sends it along, so the oldest may go."""


class AnchoredModel:
    """`gan.spec.LatentModel`. The same bytes in any company, on machines of one kind (`drawing`)."""

    def __init__(
        self,
        config: Config,
        card: ModelCard,
        works: Sequence[Work],
        generator: Generator,
        styles: torch.Tensor,
        neighbours: NDArray[np.integer],
        device: str = "cpu",
        directions: Directions | None = None,
        words: WordIndex | None = None,
    ) -> None:
        self.card, self.works = card, tuple(works)
        self._device = torch.device(device)
        self._generator = generator.eval().requires_grad_(False)
        self._generator.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        for module in self._generator.modules():
            if isinstance(module, ModulatedConv2d):
                module.freeze()
        self._drawing = Drawing(self._generator, self._device)
        self._styles: NDArray[np.float32] = styles.float().contiguous().numpy()
        self._mean: NDArray[np.float32] = self._styles.mean(0, dtype=np.float64).astype(np.float32)
        self._points: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._moves: dict[str, NDArray[np.float32]] = {}
        self._words = words
        self._mixer = Mixer(len(works), generator.layers, neighbours, prompted=self._prompted if words else None)
        tensors = [*generator.parameters(), styles]
        self.nbytes = sum(t.numel() * t.element_size() for t in tensors) + neighbours.nbytes + self._drawing.nbytes
        self.nbytes += words.nbytes if words else 0
        self.directions: Directions | None = None
        if directions is not None:
            self._take(directions)

    @classmethod
    def read(cls, path: Path, device: str = "cpu") -> AnchoredModel:
        """Raises `WorkerError(bad_model)`."""
        file = read_model(path)
        config = file.config
        generator = Generator(config.size, config.code, config.width, config.widest, config.convs)
        try:
            generator.load_state_dict(generator_tensors(file.tensors))
            styles, neighbours = file.tensors["styles"], file.tensors["neighbours"].numpy()
            directions = Directions.from_tensors(file.tensors, generator.layers, config.code)
            words = WordIndex.read(file.tensors, file.works)
        except (RuntimeError, KeyError) as error:
            raise WorkerError(ErrorCode.bad_model, f"{path.name} does not fit the anchored family.") from error
        works = len(file.works)
        fits = styles.shape == (works, config.code) and neighbours.ndim == 2 and len(neighbours) == works
        if not fits or neighbours.min() < 0 or neighbours.max() >= works:
            raise WorkerError(ErrorCode.bad_model, f"{path.name} names other works than it has codes for.")
        return cls(config, file.card, file.works, generator, styles, neighbours, device, directions, words)

    @property
    def layers(self) -> int:
        return self._mixer.layers

    @property
    def mean(self) -> NDArray[np.float32]:
        """The mean style code [D]."""
        return self._mean

    @property
    def styles(self) -> NDArray[np.float32]:
        """The style code of every work [N, D]."""
        return self._styles

    @property
    def generator(self) -> Generator:
        return self._generator

    def aid(self, aids: Aids) -> None:
        """Raises `WorkerError`: `invalid` for a stored code that does not fit, `bad_model` for such directions."""
        if aids.directions is not None and self.directions is None:
            self._take(Directions.read(aids.directions, self.layers, len(self._mean)))
        for blob, data in aids.points.items():
            if blob not in self._points:
                if aids.model_sha256 and model_of(data) != aids.model_sha256:
                    detail = "This picture was found in another model; find it in this one, or draw it with its own."
                    raise WorkerError(ErrorCode.invalid, detail)
                self._points[blob] = read_point(data, self.layers, len(self._mean))
            self._points.move_to_end(blob)
        while len(self._points) > max(MOST_POINTS, len(aids.points)):
            self._points.popitem(last=False)

    def _take(self, directions: Directions) -> None:
        self.directions = directions
        self._moves = {info.id: vector for info, vector in zip(directions.infos, directions.vectors, strict=True)}
        self._mixer = replace(self._mixer, directions={info.id: info.layers for info in directions.infos})

    def codes(self, recipes: Sequence[Recipe]) -> NDArray[np.float32]:
        """[N, L, D], relative to the mean style code."""
        codes = np.stack([self._style_codes(self._mixer.mixture(recipe)) for recipe in recipes])
        result: NDArray[np.float32] = codes - self._mean
        return result

    @torch.inference_mode()
    def render(self, recipes: Sequence[Recipe]) -> list[Rendered]:
        mixtures = [self._mixer.mixture(recipe) for recipe in recipes]
        w = torch.from_numpy(np.stack([self._style_codes(mixture) for mixture in mixtures]))
        pixels = np.concatenate([straight(part) for part in self._drawing.draw(w).cpu().split(AT_ONCE)])
        pixels = framed(pixels, self.card.frame)
        if not self.card.alpha:
            pixels[..., 3] = 255  # its works have no holes, so it has none, not even thin ones
        return [
            Rendered(pixels[i], credits_of(mixture, self.works), self._unknown(recipe))
            for i, (mixture, recipe) in enumerate(zip(mixtures, recipes, strict=True))
        ]

    def _prompted(self, prompt: Prompt) -> Mixture:
        assert self._words is not None
        return answered(self._words.ask(prompt.text), prompt.seed, self.layers)

    def _unknown(self, recipe: Recipe) -> tuple[UnknownWord, ...]:
        """The words of all prompts in it that the model does not know, each once."""
        if self._words is None:
            return ()
        found = {one: None for text in prompts_in(recipe) for one in self._words.ask(text).unknown}
        return tuple(found)

    def _style_codes(self, mixture: Mixture) -> NDArray[np.float32]:
        """[L, D]; summed in a fixed order, so equal mixtures give equal bits."""
        rows: NDArray[np.float32] = np.zeros((self.layers, len(self._mean)), np.float32)
        for layer, (weights, others) in enumerate(zip(mixture.weights, mixture.others, strict=True)):
            for index, weight in sorted(weights.items()):
                rows[layer] += self._styles[index] * np.float32(weight)
            for other, weight in sorted(others.items(), key=lambda item: repr(item[0])):
                rows[layer] += self._code_of(other, layer) * np.float32(weight)
        return rows

    def _code_of(self, other: Other, layer: int) -> NDArray[np.float32]:
        match other:
            case Mean():
                return self._mean
            case Move(direction=direction):
                vector: NDArray[np.float32] = self._moves[direction][layer]
                return vector
            case FoundCode(blob=blob):
                if blob not in self._points:
                    raise WorkerError(ErrorCode.blob_missing, f"The blob {blob[:12]}… is not here; send it first.")
                row: NDArray[np.float32] = self._points[blob][layer]
                return row
