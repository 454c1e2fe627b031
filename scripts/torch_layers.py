"""Make what lesson 9 shows where PyTorch is missing: `python -m scripts.torch_layers`.

Needs PyTorch and safetensors, with the package installed: tests/frontends/pytorch.txt has both. Writes
data/torch_layers.npz, layers of torch.nn in float64 with what they answer, from zero states, and for
lesson 10 the time that a step takes on one core; and data/torch_model.safetensors, the state_dict of an
untrained model in float32.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

DATA = Path(__file__).parent.parent / "src" / "lstm_lessons" / "data"
T, B, D, H = 6, 2, 3, 4
LENGTHS = [6, 4]
DEEP = dict(num_layers=2, bidirectional=True)
LAYERS = {"one": ("LSTM", {}), "RNN": ("RNN", DEEP), "LSTM": ("LSTM", DEEP), "GRU": ("GRU", DEEP)}


def second_time(net: torch.nn.LSTM, xs: torch.Tensor) -> str:
    """What PyTorch says if the state of one chunk is handed to the next as it is."""
    state = None
    try:
        for chunk in (xs[:3], xs[3:]):
            output, state = net(chunk, state)
            output.sum().backward()
    except RuntimeError as error:
        return str(error).split(" (")[0]
    raise AssertionError("PyTorch went backward through one graph twice")


def layers() -> dict[str, np.ndarray]:
    torch.manual_seed(0)
    xs = torch.randn(T, B, D, dtype=torch.float64)
    kept: dict = {"made by": f"PyTorch {torch.__version__}", "xs": xs, "lengths": LENGTHS}
    for seed, (name, (kind, options)) in enumerate(LAYERS.items()):
        torch.manual_seed(seed)
        net = getattr(torch.nn, kind)(D, H, dtype=torch.float64, **options)
        output, last = net(xs)
        states = dict(zip(("h_n", "c_n"), last if kind == "LSTM" else [last], strict=False))
        kept |= {f"{name}/{key}": value for key, value in {"output": output, **states}.items()}
        kept |= {f"{name}/state_dict/{key}": value for key, value in net.state_dict().items()}
        if name == "one":
            packed = torch.nn.utils.rnn.pack_padded_sequence(xs, LENGTHS)
            kept["packed/h_n"] = net(packed)[1][0]
            kept["message"] = second_time(net, xs)
    return {
        key: value.detach().numpy() if isinstance(value, torch.Tensor) else np.array(value)
        for key, value in kept.items()
    }


def per_step(kind: str) -> float:
    """Microseconds a step, forward and back: 16 units on 16 inputs, batches of 32, 100 steps; best of 30."""
    net, xs, taken = getattr(torch.nn, kind)(16, 16), torch.randn(100, 32, 16), []
    for _ in range(30):
        began = time.perf_counter()
        net(xs)[0].sum().backward()
        taken.append(time.perf_counter() - began)
    return 1e6 * min(taken) / len(xs)


def times() -> dict[str, np.ndarray]:
    torch.set_num_threads(1)
    kept = {}
    for kind in ("LSTM", "GRU"):
        ways = []
        for oneDNN in (True, False):
            with torch.backends.mkldnn.flags(enabled=oneDNN):
                ways.append(per_step(kind))
        kept[f"times/{kind}"] = np.round(ways)
    return kept


class Model(torch.nn.Module):
    """As people make them: an encoder as PyTorch draws it, a decoder with its forget biases set to 1."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = torch.nn.LSTM(3, 32)
        self.decoder = torch.nn.LSTM(2, 16)
        self.head = torch.nn.Linear(16, 2)
        for bias in (self.decoder.bias_ih_l0, self.decoder.bias_hh_l0):
            torch.nn.init.ones_(bias.data[16:32])


if __name__ == "__main__":
    np.savez_compressed(DATA / "torch_layers.npz", **layers(), **times())
    torch.manual_seed(0)
    save_file(Model().state_dict(), DATA / "torch_model.safetensors")
