"""Lesson 10's clinic: its guesses and exercises, and all that its notebook calls."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Array, one_of, shown
from . import clinic_charts
from .cases import CASES
from .cases import next_value as next_value  # the notebook calls what is imported here lesson_10.…
from .clinic_charts import MEASUREMENTS as MEASUREMENTS
from .clinic_charts import chart as chart
from .clinic_charts import say as say
from .exercise import exercise
from .measure import by_parameter as by_parameter
from .measure import by_step as by_step
from .measure import gates as gates
from .measure import moved as moved
from .measure import watch as watch
from .tables import Near, Number
from .trainings import PATIENTS, Training, patient
from .trainings import again as again
from .trainings import tried as tried

if TYPE_CHECKING:
    from ..pictures import Picture


def measured(name: str, what: str) -> tuple[str, str, Training]:
    """A panel's ``compute``: which patient, and which of `MEASUREMENTS`."""
    return name, what, patient(name)


def side_by_side(name: str, treated: Training) -> Picture:
    """A patient's loss as it was and after a treatment; see `clinic_charts.losses`."""
    return clinic_charts.losses(name, patient(name), treated)


# --- guesses and exercises

GUESSES: dict[str, dict[str, Any]] = {
    "leak": dict(
        question="A network forecasts the next value, and by mistake that value is hidden in its inputs,"
        " in training and in tests. What does its loss on new sequences look like?",
        choices={
            "low": "as low as in training, far below the last value's",
            "middle": "much higher than in training",
            "naive": "about that of repeating the last value",
        },
        why={
            "low": "New sequences come through the same mistake. A validation set shows what was learned"
            " by heart, and nothing of what will be missing on the day.",
            "middle": "That is how learning by heart shows. This network has learned a rule that holds for"
            " all sequences: the answer stands in the input.",
            "naive": "So it would be if the forecast were honest and nothing could be learned. Its inputs"
            " have more than the past, in new data as well.",
        },
    ),
    "ridge": dict(
        question="Patient I's rate stays as it is; after every step W_h is put back to the nearest"
        " orthogonal matrix. Is the patient well?",
        choices={
            "well": "yes, the first symbol is found",
            "better": "no, though its loss is lower",
            "same": "no, and its loss is no lower",
        },
        why={
            "well": "Then the rate did its harm through W_h. That is one seed; the table at the end has"
            " twenty, and the smaller rate beside them.",
            "better": "Other weights take steps of the same size, and could have done harm of their own."
            " In this training they do not do enough to matter.",
            "same": "A large rate can spoil a training in many ways. Here it spoiled this one by W_h: all"
            " other weights move as fast as before.",
        },
    ),
    "clip": dict(
        question="Patient F's gradient is clipped to a length of 1, and the loss is infinite after its"
        " first step. Clipped to 0.001 instead: after how many steps?",
        choices={
            1.5: "after the first, again",
            40.5: "after 2 to 40",
            np.inf: "it lasts for all 40",
        },
        why={
            1.5: "Adam divides each gradient by its own running size. What clipping makes a thousand times"
            " smaller, that division makes a thousand times larger again.",
            40.5: "A shorter gradient sounds like a shorter step. With plain gradient descent it is one;"
            " Adam's first step has the length of its rate.",
            np.inf: "Clipping is the usual advice against NaN. It limits the gradient; how far the weights"
            " move, Adam settles by the rate alone.",
        },
    ),
}

SIGNS = {
    "state": "a state that is carried over moves the answers when the same rows are asked twice (and so does"
    " dropout that was left on)",
    "unscaled": "large inputs that hardly change hold the gates at the same ends, and all answers are the same",
    "late": "a late forecast is one that lies on the last value: compare the losses under its answers",
    "future": "a future in the input moves early answers when later values are exchanged",
    "half_open": "half-open forget gates stand near 0.5, and the gradient fades towards the first step",
    "overflow": "where numbers overflow, the loss becomes infinite",
    "by_heart": "what is learned by heart has a low loss in training and a high one on new data",
    "axes": "with its axes exchanged a network reads across the batch: neighbours move the answers,"
    " and asking twice does not",
    "off_ridge": "off its ridge an RNN's W_h has grown far above 1, and nearly all its h are at an end",
}


@exercise
def findings(findings: Any) -> str:
    """What is wrong with each of PATIENTS? A dict from their letters to keys of `SIGNS`."""
    if not isinstance(findings, dict) or set(findings) != set(PATIENTS):
        return f"your answer should be a dict with {', '.join(PATIENTS)}, and is {shown(findings)}."
    for name, key in findings.items():
        one_of(f"your answer for {name}", key, sorted(SIGNS))
    wrong = [name for name in PATIENTS if findings[name] != CASES[name].diagnosis]
    if not wrong:
        return "Right, all nine. Only F's could be told by the curve of the training loss alone."
    found = f"{len(PATIENTS) - len(wrong)} of {len(PATIENTS)} are right."
    return f"{found} {wrong[0]} is not {findings[wrong[0]]!r}: {SIGNS[findings[wrong[0]]]}."


guessing = Number(
    "guessing",
    {
        Near(
            math.log(10), 0.006
        ): "Right. A loss that stays there says: nothing was learned but the"
        " number of classes. For E's four it is 1.39.",
        Near(0.9, 1e-3): "that is the share of wrong answers. The cross-entropy is asked for.",
        Near(
            0.1, 1e-3
        ): "that is the probability of the right class. The loss is minus its logarithm.",
        Near(
            math.log2(10), 0.006
        ): "that is in bits. The cross-entropy here has the natural logarithm.",
        Near(1.0, 0.006): "that is the logarithm to the base of 10. It should be the natural one.",
        Near(-math.log(10), 0.006): "the loss is minus the logarithm, so it lies above 0.",
    },
    otherwise="{:g} is not it. What is minus the logarithm of 1/10?".format,
)


def _scaling(mean: Callable[[Array], Any]) -> Callable[[Array], Array]:
    """A pipeline: rows in hPa less a mean, through the healthy network, (B, T, 1)."""

    def answer(rows: Array) -> Array:
        healthy = patient("healthy")
        return healthy.answer((rows - mean(rows)) / 8)

    return answer


scaled_by = {
    "X": _scaling(lambda rows: rows.mean(axis=1, keepdims=True)),
    "Y": _scaling(lambda rows: 1013.0),
    "Z": _scaling(lambda rows: rows.mean(axis=0, keepdims=True)),
}
_MEANS = {"X": "row", "Y": "training", "Z": "batch"}


@exercise
def scalings(scalings: Any) -> str:
    """Which mean does each pipeline of `scaled_by` subtract? A dict from X, Y, Z to a word."""
    if not isinstance(scalings, dict) or set(scalings) != set(_MEANS):
        return f"your answer should be a dict with X, Y and Z, and is {shown(scalings)}."
    for name, key in scalings.items():
        one_of(f"your answer for {name}", key, sorted(_MEANS.values()))
    says = {
        "row": "a mean over the whole row has later values in it: they would move early answers",
        "batch": "a mean over the batch has the other rows in it: exchange them, all rows' second"
        " halves for quite different ones, or ask for one row alone",
        "training": "a mean that was fixed in training moves no answer at all",
    }
    for name, key in scalings.items():
        if key != _MEANS[name]:
            return f"{name} is not {key!r}: {says[key]}."
    return "Right. Two of the three usual ways to scale tell a network what it cannot know in use."
