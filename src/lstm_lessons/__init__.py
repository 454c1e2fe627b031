"""Recurrent networks that you can take hold of: cells with exact gradients, and gates to drag."""

from importlib import import_module
from typing import Any

from . import gradients
from .cells import GRU, LSTM, RNN, sigmoid

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "GateConsole",
    "GradientLens",
    "Guess",
    "NetworkConsole",
    "Panel",
    "Progress",
    "Readout",
    "ScanTree",
    "Stack",
    "choice",
    "gradients",
    "sigmoid",
    "slider",
]

# What needs matplotlib or widgets is loaded when it is first used.
_LATER = {
    "GateConsole": "widgets.console",
    "GradientLens": "widgets.lens",
    "Guess": "widgets.guess",
    "NetworkConsole": "widgets.network",
    "Panel": "widgets.panel",
    "Progress": "widgets.progress",
    "Readout": "stack",
    "ScanTree": "widgets.scan",
    "Stack": "stack",
    "choice": "widgets.slider",
    "slider": "widgets.slider",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
