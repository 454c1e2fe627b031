"""Lesson 9, your own network: its four parts, each with its guesses, exercises and drawings."""

from __future__ import annotations

from . import bridge, forecast, shapes, writer
from .bridge import MODEL as MODEL  # the notebook calls what is imported here lesson_9.…
from .bridge import reach as reach
from .bridge import torch_layers as torch_layers
from .forecast import running_free as running_free
from .forecast import stopped as stopped
from .shapes import reports as reports
from .writer import next_and_text as next_and_text

GUESSES = shapes.GUESSES | bridge.GUESSES | forecast.GUESSES | writer.GUESSES

masked_loss = shapes.masked_loss
both_ends, keras_gru = bridge.both_ends, bridge.keras_gru
scaler, sample = forecast.scaler, writer.sample
