"""The rule by which a learning rate falls, beside PyTorch's."""

import numpy as np
import pytest

from dkva.nn.plateau import Plateau

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("factor", "patience"), [(0.5, 3), (0.1, 0), (0.9, 1)])
def test_rates_are_those_of_reduce_on_plateau(seed, factor, patience):
    """Losses that fall and rise, by less than the threshold at times, until rates are too small to change."""
    rng = np.random.default_rng(seed)
    losses = np.abs(np.cumsum(rng.choice([-1e-1, -1e-5, 0, 1e-5, 5e-2], 200))) + rng.choice([0, 1e-3])
    weight = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.Adam([weight], lr=5e-4)
    rule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, "min", factor=factor, patience=patience)
    ours = Plateau(5e-4)
    rates = set()
    for loss in losses.tolist():
        rule.step(loss)
        ours = ours.after(loss, factor=factor, patience=patience)
        np.testing.assert_allclose(ours.rate, optimiser.param_groups[0]["lr"], rtol=1e-12)
        rates.add(ours.rate)
    assert len(rates) > 2
