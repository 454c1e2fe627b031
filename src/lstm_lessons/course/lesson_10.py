"""Lesson 10, the clinic: sick trainings, and choices that were tested."""

from __future__ import annotations

from . import choices, clinic
from .bridge import torch_layers as torch_layers  # the notebook calls these lesson_10.…
from .choices import choice_curves as choice_curves
from .choices import steps_taken as steps_taken
from .clinic import MEASUREMENTS as MEASUREMENTS
from .clinic import PATIENTS as PATIENTS
from .clinic import again as again
from .clinic import by_parameter as by_parameter
from .clinic import by_step as by_step
from .clinic import chart as chart
from .clinic import gates as gates
from .clinic import measured as measured
from .clinic import moved as moved
from .clinic import next_value as next_value
from .clinic import patient as patient
from .clinic import say as say
from .clinic import scaled_by as scaled_by
from .clinic import side_by_side as side_by_side
from .clinic import tried as tried
from .clinic import watch as watch

GUESSES = clinic.GUESSES | choices.GUESSES

findings, guessing, scalings = clinic.findings, clinic.guessing, clinic.scalings
drop_once, sums_anew = choices.drop_once, choices.sums_anew
