"""Writes torch_table.npz: values and gradients of torch.nn.RNN, LSTM and GRU in float64.

Run with PyTorch installed: python tests/numerics/make_torch_table.py. The tests need only the table. It also
writes the small GRU that lesson 6 loads, src/lstm_lessons/data/torch_gru.json.
PyTorch's rows are stacked i f g o and r z n; its GRU has h = (1 - z) n + z h_prev and resets after
the recurrent product. `from_torch` converts, and test_torch.py compares.
"""

import json
import pathlib

import numpy as np
import torch

CASES = {  # name: (class, its arguments, (T, B, D, H))
    "rnn_tanh": (torch.nn.RNN, {"nonlinearity": "tanh"}, (5, 2, 3, 4)),
    "rnn_relu": (torch.nn.RNN, {"nonlinearity": "relu"}, (7, 1, 2, 5)),
    "lstm_one_step": (torch.nn.LSTM, {}, (1, 1, 1, 1)),
    "lstm_short": (torch.nn.LSTM, {}, (3, 4, 2, 3)),
    "lstm_long": (torch.nn.LSTM, {}, (12, 2, 5, 6)),
    "gru_one_step": (torch.nn.GRU, {}, (1, 1, 1, 1)),
    "gru_short": (torch.nn.GRU, {}, (3, 4, 2, 3)),
    "gru_long": (torch.nn.GRU, {}, (12, 2, 5, 6)),
}

torch.set_default_dtype(torch.float64)
table = {}
for seed, (name, (kind, arguments, (T, B, D, H))) in enumerate(CASES.items()):
    torch.manual_seed(seed)
    net = kind(D, H, **arguments)
    xs = torch.randn(T, B, D, requires_grad=True)
    states = [torch.randn(1, B, H, requires_grad=True) for _ in "hc"[: 1 + name.startswith("lstm")]]
    dh, dc_last = torch.randn(T, B, H), torch.randn(B, H)
    h, last = net(xs, tuple(states) if len(states) == 2 else states[0])
    loss = (dh * h).sum()
    if len(states) == 2:
        loss = loss + (dc_last * last[1][0]).sum()
        table[f"{name}/out/c_last"] = last[1][0]
    loss.backward()
    table |= {f"{name}/in/xs": xs, f"{name}/in/dh": dh, f"{name}/in/dc_last": dc_last}
    table |= {f"{name}/out/h": h, f"{name}/grad/xs": xs.grad}
    for letter, state in zip("hc", states, strict=False):
        table |= {f"{name}/in/{letter}0": state[0], f"{name}/grad/{letter}0": state.grad[0]}
    for key, value in net.named_parameters():
        table |= {f"{name}/state_dict/{key}": value, f"{name}/grad/{key}": value.grad}

arrays = {key: value.detach().numpy() for key, value in table.items()}
np.savez_compressed(pathlib.Path(__file__).with_name("torch_table.npz"), **arrays)

torch.manual_seed(0)
net, xs = torch.nn.GRU(2, 3), torch.randn(6, 1, 2)
lesson = {
    "made by": f"torch.nn.GRU(2, 3) of PyTorch {torch.__version__}, float64, from a zero state",
    "state_dict": {key: value.tolist() for key, value in net.state_dict().items()},
    "xs": xs.tolist(),
    "h": net(xs)[0].tolist(),
}
data = pathlib.Path(__file__).parents[2] / "src" / "lstm_lessons" / "data"
data.mkdir(exist_ok=True)
(data / "torch_gru.json").write_text(json.dumps(lesson) + "\n", encoding="utf-8")
