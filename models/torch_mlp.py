"""A multilayer perceptron in PyTorch, for classes or targets."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)  # trials run side by side, a core each


class Net:
    """A network with its optimizer, and what ``train`` yields: it predicts."""

    def __init__(self, configuration: dict[str, Any], data: Any, seed: int):
        torch.manual_seed(seed)
        self.classes, self.batch_size = data.classes, configuration.get("batch_size", 64)
        width, layers = int(np.prod(data.x.shape[1:])), list[nn.Module]([nn.Flatten()])
        for _ in range(configuration.get("hidden_layers", 1)):
            units = configuration.get("units", 64)
            layers += [nn.Linear(width, units), nn.ReLU()]
            layers += [nn.Dropout(configuration.get("dropout_rate", 0.0))]
            width = units
        self.layers = nn.Sequential(*layers, nn.Linear(width, data.classes or 1))
        self.optimizer = torch.optim.Adam(
            self.layers.parameters(),
            lr=configuration.get("learning_rate", 1e-3),
            weight_decay=configuration.get("weight_decay", 0.0),
        )
        self.order = torch.Generator().manual_seed(seed)

    def fit_epoch(self, data: Any) -> None:
        """One pass over the training part, in a new order."""
        x, y = torch.from_numpy(data.x), torch.from_numpy(data.y)
        weights = None if data.weights is None else torch.from_numpy(data.weights)
        self.layers.train()
        for rows in torch.randperm(len(x), generator=self.order).split(self.batch_size):
            outputs = self.layers(x[rows])
            if self.classes:
                losses = nn.functional.cross_entropy(outputs, y[rows].long(), reduction="none")
            else:
                losses = (outputs[:, 0] - y[rows].float()) ** 2
            loss = (losses if weights is None else losses * weights[rows]).mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    @torch.no_grad()
    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Probabilities ``(n, classes)``, or predictions ``(n,)``."""
        self.layers.eval()
        outputs = self.layers(torch.from_numpy(x))
        return (outputs.softmax(1) if self.classes else outputs[:, 0]).numpy()


def train(configuration: dict[str, Any], data: Any, seed: int) -> Iterator[Net]:
    """Yield the network after every epoch.

    Parameters
    ----------
    configuration
        ``hidden_layers`` and ``units`` (int >= 1), ``dropout_rate`` (0 <= rate < 1),
        ``learning_rate`` (> 0), ``weight_decay`` (>= 0) and ``batch_size`` (int >= 1); all may be
        left out.
    data
        ``x`` ``(n, ...)``, ``y`` ``(n,)``, ``weights`` ``(n,)`` or None, and ``classes``, None for
        targets.
    """
    yield from _epochs(Net(configuration, data, seed), data)


def save(net: Net) -> bytes:
    """All that the next epoch depends on: weights, optimizer, and the states of the generators."""
    state = (
        net.layers.state_dict(),
        net.optimizer.state_dict(),
        net.order.get_state(),
        torch.get_rng_state(),  # of dropout
    )
    file = io.BytesIO()
    torch.save(state, file)
    return file.getvalue()


def load(state: bytes, configuration: dict[str, Any], data: Any, seed: int) -> Iterator[Net]:
    """Go on with a saved network."""
    net = Net(configuration, data, seed)
    layers, optimizer, order, dropout = torch.load(io.BytesIO(state))
    net.layers.load_state_dict(layers)
    net.optimizer.load_state_dict(optimizer)
    net.order.set_state(order)
    torch.set_rng_state(dropout)
    yield from _epochs(net, data)


def _epochs(net: Net, data: Any) -> Iterator[Net]:
    while True:
        net.fit_epoch(data)
        yield net
