"""The recurrent cells: a forward pass over whole sequences and its exact backward pass.

Conventions, the same in every lesson:

* Time comes first: inputs ``xs`` are (T, B, D), states over time (T, B, H), one state (B, H);
  T steps, B sequences in a batch, D inputs, H hidden units. Everything is float64.
* Gates that share one matrix are stacked in its rows, in PyTorch's order: **i f g o** in the LSTM,
  **r z n** in the GRU. ``Wx`` is (rows, D), ``Wh`` (rows, H), ``b`` (rows,).
* The GRU's update gate takes the new: h = (1 - z) h_prev + z n, as in Chung et al. 2014
  (arXiv:1412.3555). In PyTorch and Keras z keeps the old; `GRU.from_torch` converts.
"""

from .base import Cell, chrono_bias, sigmoid
from .gru import GRU
from .lstm import LSTM
from .minimal import MinGRU, MinLSTM, scan
from .rnn import RNN
from .trace import GRUTrace, LSTMTrace, MinGRUTrace, MinLSTMTrace, Trace

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Cell",
    "GRUTrace",
    "LSTMTrace",
    "MinGRU",
    "MinGRUTrace",
    "MinLSTM",
    "MinLSTMTrace",
    "Trace",
    "chrono_bias",
    "scan",
    "sigmoid",
]
