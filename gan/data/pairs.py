"""Pairs out of single works: what a model is given (a sketch, greys, a silhouette …) beside the work it shall draw.

Nobody has to draw a sketch for a work: lines are derived from it by the difference of Gaussians of XDoG (Winnemöller,
Kyprianidis & Olsen 2012, equations 2 and 4), taken for each colour and for the outline, since flat art is often of
equal brightness on both sides of an edge. What the model is given is always an RGB picture on white paper, so that
lines, greys and dabs of colour travel the same way, in training and from a member's upload.

Shapes: N works, V variants of one input, C channels, S side, B pictures of a batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from gan.data import contours
from gan.data.pictures import fitted, over, premultiplied

AT_ONCE = 256
"""Works derived at a time, for memory."""
WEIGHTS = (1.0, 1.4, 2.0)
"""Lines come fine, usual and bold, as people's pens do."""
LEAST_CHANGE, SLOPE, WIDER = 0.012, 26.0, 1.6
"""XDoG: change of brightness below which there is no line, how soon a line turns black beyond it, and how much wider
the second Gaussian is than the first (the paper's k)."""
COARSER = 8
"""How much smaller than the work its `low` input is."""
MOST_DABS = 10
INK_FROM, INK_FULL = 0.45, 0.15
"""Brightness (largest of red, green, blue) below which an uploaded pixel starts to count for ink, and is all ink."""
PAPER = 0.88
"""Brightness of all three colours from which a pixel of an upload is paper."""
THIN = 0.03
"""Strokes are narrower than this share of the picture's side; what is wider is painted, not drawn."""
MOST_PAINTED = 0.04
"""Share of an upload that may be painted for it to be taken for a sketch rather than a picture."""


class Pairing(StrEnum):
    """What is derived from works for a model to start from."""

    edges = "edges"
    contours = "contours"
    """As HED sees them (`gan.data.contours`): fewer lines than `edges`, and those a hand would draw."""
    greys = "greys"
    low = "low"
    """A picture an eighth as wide, enlarged."""
    mask = "mask"
    """The silhouette: black where the work is opaque. Of works without holes there is none."""


def _blurred(x: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of [N, C, S, S], edges repeated."""
    reach = max(1, round(3 * sigma))
    line = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, device=x.device) / sigma) ** 2)
    line = (line / line.sum()).to(x.dtype)
    channels = x.shape[1]
    x = F.pad(x, (reach,) * 4, mode="replicate")
    x = F.conv2d(x, line.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)
    return F.conv2d(x, line.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)


def ink_of(pictures: Tensor, weight: float = 1.0) -> Tensor:
    """Lines along the edges of works: premultiplied [N, 4, S, S] → ink [N, 1, S, S], 0 paper to 1 black.

    `weight` is the width of the pen; 1 draws lines about a 64th of the side wide.
    """
    white = torch.ones(len(pictures), 3, device=pictures.device)
    seen = torch.cat([over(pictures, white) / 2 + 0.5, 1 - pictures[:, 3:]], 1)
    sigma = max(0.45, 0.5 * weight * pictures.shape[-1] / 64)
    change = _blurred(seen, sigma) - _blurred(seen, WIDER * sigma)
    return torch.tanh(SLOPE * F.relu(-change - LEAST_CHANGE)).amax(1, keepdim=True)


def derive(pairing: Pairing, pictures: Tensor) -> Tensor:
    """All inputs of works premultiplied [N, 4, S, S] → uint8 [N, V, C, S, S], V variants of C = 1 or 3 channels."""
    return torch.cat([_derived(pairing, part.float()) for part in pictures.split(AT_ONCE)])


def _derived(pairing: Pairing, pictures: Tensor) -> Tensor:
    on_white = over(pictures, torch.ones(len(pictures), 3, device=pictures.device)) / 2 + 0.5
    match pairing:
        case Pairing.edges:
            given = torch.stack([1 - ink_of(pictures, weight) for weight in WEIGHTS], 1)
        case Pairing.contours:
            given = torch.stack([1 - ink for ink in contours.inks_of(pictures, WEIGHTS)], 1)
        case Pairing.greys:
            given = _luminance(on_white)[:, None]
        case Pairing.low:
            given = _coarse(on_white)[:, None]
        case Pairing.mask:
            given = 1 - pictures[:, 3:][:, None]
    return given.clamp(0, 1).mul(255).round().to(torch.uint8)


def _luminance(rgb: Tensor) -> Tensor:
    return (rgb * rgb.new_tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)


def _coarse(rgb: Tensor) -> Tensor:
    side = rgb.shape[-1]
    small = F.interpolate(rgb, (max(4, side // COARSER),) * 2, mode="area")
    return F.interpolate(small, (side, side), mode="bilinear", align_corners=False)


DRAWN = (Pairing.edges, Pairing.contours)
"""What is given as lines, as a hand might draw them."""


@dataclass(frozen=True)
class Given:
    """The inputs of a set of works."""

    pairing: Pairing
    values: Tensor
    """uint8 [N, V, C, S, S]."""

    def plain(self, works: Tensor) -> Tensor:
        """Inputs [B, 3, S, S] in [−1, 1] of works [B], of usual weight and untouched, to show and to judge by."""
        variant = 1 if self.values.shape[1] > 1 else 0
        return self._rgb(works, torch.full_like(works, variant))

    def drawn(self, works: Tensor, pictures: Tensor, random: torch.Generator) -> Tensor:
        """Inputs as people would make them: of any weight, lines missing or pale, sometimes with dabs of the work's
        colours. pictures: premultiplied [B, 4, S, S] of the same works."""
        variant = torch.randint(0, self.values.shape[1], (len(works),), generator=random).to(works.device)
        rgb = self._rgb(works, variant)
        return _by_hand(rgb, pictures, random) if self.pairing in DRAWN else rgb

    def _rgb(self, works: Tensor, variant: Tensor) -> Tensor:
        given = self.values[works, variant]
        return (given.float() / 127.5 - 1).expand(-1, 3, -1, -1)


def _by_hand(rgb: Tensor, pictures: Tensor, random: torch.Generator) -> Tensor:
    """Lines [B, 3, S, S] in [−1, 1], partly rubbed out and paled, over dabs of colour for every other picture."""
    count, side, device = len(rgb), rgb.shape[-1], rgb.device
    ink = (1 - rgb[:, :1]) / 2
    places = torch.rand(count, 2, 4, generator=random).to(device)
    pale = 0.6 + 0.4 * torch.rand(count, generator=random).to(device)
    rubbed = torch.rand(count, 2, generator=random).to(device) < 0.3
    steps = torch.arange(side, device=device) / side
    for index in range(2):
        x, y, width, height = places[:, index].unbind(1)
        across = (steps >= x[:, None] - width[:, None] / 8) & (steps <= x[:, None] + width[:, None] / 8)
        down = (steps >= y[:, None] - height[:, None] / 8) & (steps <= y[:, None] + height[:, None] / 8)
        box = down[:, None, :, None] & across[:, None, None, :] & rubbed[:, index, None, None, None]
        ink = torch.where(box, torch.zeros_like(ink), ink)
    paper = _dabs(pictures, random)
    return (paper * (1 - ink * pale[:, None, None, None])) * 2 - 1


def _dabs(pictures: Tensor, random: torch.Generator) -> Tensor:
    """White paper [B, 3, S, S] in [0, 1]; on every other one up to `MOST_DABS` discs of the colour that the work has
    there, so that a member can say which colours a drawing shall have."""
    count, side, device = len(pictures), pictures.shape[-1], pictures.device
    dabs = torch.randint(1, MOST_DABS + 1, (count, 1), generator=random).to(device)
    coloured = torch.rand(count, 1, generator=random).to(device) < 0.5
    places = torch.randint(0, side, (count, MOST_DABS, 2), generator=random).to(device)
    radii = (1.5 + 3.5 * torch.rand(count, MOST_DABS, generator=random).to(device)) * side / 64
    pick = torch.arange(count, device=device)[:, None], places[..., 0], places[..., 1]
    blurred = _blurred(pictures, 1.5 * side / 64)
    alpha = blurred[:, 3][pick]
    colours = blurred[:, :3].permute(0, 2, 3, 1)[pick] / alpha.clamp_min(1e-3)[..., None]
    shown = coloured & (torch.arange(MOST_DABS, device=device) < dabs) & (alpha > 0.5)
    steps = torch.arange(side, device=device)
    paper = torch.ones(count, 3, side, side, device=device)
    for index in range(MOST_DABS):
        row, column = places[:, index, 0, None, None], places[:, index, 1, None, None]
        far = (steps[:, None] - row) ** 2 + (steps[None] - column) ** 2
        disc = (far <= radii[:, index, None, None] ** 2) & shown[:, index, None, None]
        paper = torch.where(disc[:, None], colours[:, index, :, None, None].clamp(0, 1), paper)
    return paper


# --- what members send --------------------------------------------------------------------------------------------


def given_of(picture: Image.Image, pairing: Pairing, side: int, sketch: bool | None = None) -> Tensor:
    """The input [3, S, S] in [−1, 1] that a picture of anyone's makes for a model of that pairing.

    For lines: of a `sketch` (dark lines on paper or on nothing, perhaps with colours) its own strokes, of any other
    picture the lines along its edges; none looks which of the two it is.
    """
    if pairing in DRAWN and (looks_drawn(picture) if sketch is None else sketch):
        return _strokes(picture, side) * 2 - 1
    pixels = premultiplied(np.asarray(fitted(picture, side)))
    works = torch.from_numpy(pixels).permute(2, 0, 1)[None].contiguous()
    given = Given(pairing, derive(pairing, works))
    return given.plain(torch.zeros(1, dtype=torch.long))[0]


def _on_paper(picture: Image.Image, side: int) -> Tensor:
    """Fitted into a white square of `side` pixels: RGB [3, side, side] in [0, 1]."""
    small = torch.from_numpy(premultiplied(np.asarray(fitted(picture, side)))).permute(2, 0, 1)[None]
    return (over(small, torch.ones(1, 3)) / 2 + 0.5)[0].clamp(0, 1)


def looks_drawn(picture: Image.Image) -> bool:
    """Whether a picture is strokes on paper: hardly anything of it is left when its strokes are worn off."""
    rgb = _on_paper(picture, 128)
    filled = (rgb.amin(0) < PAPER).float()[None, None]
    reach = max(1, round(THIN * 128 / 2))
    left = -F.max_pool2d(-filled, 2 * reach + 1, 1, reach)
    return bool(left.mean() <= MOST_PAINTED)


def _strokes(picture: Image.Image, side: int) -> Tensor:
    """A sketch at the model's size, [3, S, S] in [0, 1]: ink as black as the model knows it however thin the pen was,
    colours as they are."""
    factor = max(1, min(8, max(picture.size) // side))
    rgb = _on_paper(picture, side * factor)[None]
    brightest = rgb.amax(1, keepdim=True)
    ink = ((INK_FROM - brightest) / (INK_FROM - INK_FULL)).clamp(0, 1)
    paint = F.avg_pool2d(rgb * (1 - ink), factor) / F.avg_pool2d(1 - ink, factor).clamp_min(1e-3)
    thin = F.avg_pool2d(ink, factor)
    inked = thin[thin > 0.02]
    if len(inked):
        thin = (thin * (0.95 / inked.quantile(0.8).clamp_min(0.05))).clamp(0, 1)
    bare = F.avg_pool2d(1 - ink, factor) < 0.05  # under solid ink no paint can be seen
    paint = torch.where(bare, torch.ones_like(paint), paint)
    return (paint * (1 - thin))[0]


# --- trying out and judging -----------------------------------------------------------------------------------------

FEWEST_TO_HOLD_OUT = 40
"""Of fewer works none is kept out: each is worth more to learn from than a figure."""


def held_out(count: int, most: int) -> tuple[Tensor, Tensor]:
    """Indices of works to learn from and of works to measure by, evenly spread: a tenth, `most` at the most."""
    kept = min(most, count // 10) if count >= FEWEST_TO_HOLD_OUT else 0
    everything = torch.arange(count)
    if not kept:
        return everything, everything[:0]
    out = torch.linspace(0, count - 1, kept).round().long()
    return everything[~torch.isin(everything, out)], out


def distance(drawn: Tensor, real: Tensor) -> float:
    """Mean absolute difference on white paper, colours in [0, 1]; both premultiplied [N, 4, S, S]."""
    return float((_shown(drawn) - _shown(real)).abs().mean())


def sharpness(pictures: Tensor) -> float:
    """Mean absolute Laplacian on white paper: higher is sharper; works [N, 4, S, S] are the measure of enough."""
    x = _shown(pictures)
    centre, sides = x[..., 1:-1, 1:-1], x[..., 1:-1, :-2] + x[..., 1:-1, 2:] + x[..., :-2, 1:-1] + x[..., 2:, 1:-1]
    return float((4 * centre - sides).abs().mean())


def _shown(pictures: Tensor) -> Tensor:
    return over(pictures.float(), torch.ones(len(pictures), 3, device=pictures.device)).clamp(-1, 1) / 2 + 0.5


PALETTE = 64


def palette_of(pictures: Tensor) -> Tensor:
    """Colours that works premultiplied [N, 4, S, S] have, [64, 3] in [0, 1]: of single places, so none is a mixture."""
    random = torch.Generator().manual_seed(0)
    works = torch.randint(0, len(pictures), (PALETTE * 64,), generator=random).to(pictures.device)
    places = torch.randint(0, pictures.shape[-1], (PALETTE * 64, 2), generator=random).to(pictures.device)
    found = pictures[works, :, places[:, 0], places[:, 1]].float()
    colours = found[found[:, 3] > 0.9][:, :3].clamp(0, 1)
    lively = colours[(colours.amax(1) - colours.amin(1)) > 0.25]
    chosen = lively if len(lively) >= PALETTE else colours if len(colours) else torch.full((1, 3), 0.5)
    return chosen[torch.arange(PALETTE, device=chosen.device) % len(chosen)]


def tinted(given: Tensor, palette: Tensor, seed: int) -> Tensor:
    """Lines [3, S, S] in [−1, 1] with dabs of two of the palette's colours among them, other ones for each seed: a
    model that was taught by dabs then colours the drawing another way."""
    random = torch.Generator().manual_seed(seed)
    side = given.shape[-1]
    inked = (given.amin(0) < 0.5).nonzero()
    if not len(inked):
        return given
    top, bottom = (int(edge) for edge in (inked[:, 0].min(), inked[:, 0].max()))
    left, right = (int(edge) for edge in (inked[:, 1].min(), inked[:, 1].max()))
    steps = torch.arange(side)
    colours = palette[torch.randint(0, len(palette), (2,), generator=random)].to(given)
    paper = torch.ones_like(given)
    for index in range(6):
        across, down = (0.2 + 0.6 * torch.rand(2, generator=random)).tolist()
        row, column = top + down * (bottom - top), left + across * (right - left)
        disc = (steps[:, None] - row) ** 2 + (steps[None] - column) ** 2 <= (3 * side / 64) ** 2
        paper = torch.where(disc, colours[index % 2][:, None, None], paper)
    return torch.minimum(given, paper * 2 - 1)
