"""The losses of an adversary, in the forms that work, and what keeps it gentle.

Non-saturating logistic loss (Goodfellow et al. 2014, section 3), on logits:
    D: E[softplus(−D(x))] + E[softplus(D(G(z)))]        G: E[softplus(−D(G(z)))]
At zero logits D's is 2 ln 2 = 1.3863 and G's ln 2 = 0.6931: a duel in balance hovers there, so neither loss says how
good the pictures are.

R1 (Mescheder, Geiger & Nowozin 2018, equation 9): γ/2 · E‖∇ D(x)‖² on real pictures, here every few steps with as many
times the weight ("lazy", Karras et al. 2020, appendix B).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


def discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Mean over the batch, natural units; 1.3863 for a judge that cannot tell."""
    return F.softplus(-real_logits.float()).mean() + F.softplus(fake_logits.float()).mean()


def generator_loss(fake_logits: Tensor) -> Tensor:
    """Non-saturating: it still pulls when the discriminator is sure. 0.6931 where that cannot tell."""
    return F.softplus(-fake_logits.float()).mean()


def r1_penalty(discriminator: Callable[[Tensor], Tensor], real: Tensor) -> Tensor:
    """½ E‖∇ D(x)‖², a scalar with a graph; multiply by γ."""
    real = real.detach().requires_grad_(True)
    (grad,) = torch.autograd.grad(discriminator(real).float().sum(), real, create_graph=True)
    return grad.float().square().flatten(1).sum(1).mean() / 2


def spectrally_normed(module: nn.Module) -> nn.Module:
    """Bound every linear map of a network to norm 1 (Miyato et al. 2018), in place."""
    for part in module.modules():
        if isinstance(part, nn.Linear | nn.Conv2d):
            spectral_norm(part)
    return module


def freshly_random(random: torch.Generator) -> None:
    """Let what torch draws by itself (dropout) follow from the run's own random numbers, so that a resumed run goes on
    as an unbroken one."""
    torch.manual_seed(int(torch.randint(2**31, (), generator=random)))
