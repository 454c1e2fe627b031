"""A whole task, the third part of lesson 9: its guesses, its exercise, and its drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Array
from .tables import function

if TYPE_CHECKING:
    from ..forecasts import Run
    from ..pictures import Picture, Update

GUESSES: dict[str, dict[str, Any]] = {
    "shuffled": dict(
        question="A window of nine years, fitted on 241 of the 300 years. Once the 59 others are the"
        " last ones, once they are drawn at random. Whose error on the 59 is smaller?",
        choices={
            "random": "that of the random years",
            "same": "about the same, within a tenth",
            "last": "that of the last years",
        },
        why={
            "random": "Random years are mostly from the earlier, quieter times, and the last years are"
            " not. Whether it also helps to know a year's neighbours is measured further down.",
            "same": "It would be, if one time were like another. The cycles of the later years are"
            " higher than those before, and a random choice hides that.",
            "last": "Newer records may be the better ones. But what was learned is older, and with"
            " higher cycles the errors are larger too.",
        },
    ),
    "better": dict(
        question="Chosen on the validation years alone: an LSTM, a GRU, and the width of a window. On"
        " the test years, whose error is the smallest?",
        choices={
            "network": "both networks' in most seeds",
            "window": "the window's, against both networks' medians",
            "mixed": "neither: it depends on the network and the seed",
        },
        why={
            "network": "They did better on the validation years, so why not here? Those years had a"
            " part in choosing them. Fresh years had not, and are of a different kind.",
            "window": "A straight line with eleven numbers is hard to beat when there are 200 years to"
            " learn from. Here it is about as good as networks that did better in validation.",
            "mixed": "One of the networks stays ahead, by little, and the other falls behind in most"
            " seeds. See below how firm its choice was, and which cycle decides.",
        },
    ),
}


def _from_all(series: Array, n: int) -> Array:
    return (series - series.mean()) / series.std()


@function(*[(np.array([3.0, 5.0, 4.0, 9.0, 20.0, 30.0]), n) for n in (3, 4)])
def scaler(series: Array, n: int) -> dict[str, Any]:
    """Scale a series by what its first n values tell: scaler(series, n) -> the whole series scaled."""
    known = series[:n]
    return {
        "Right. What comes later is measured with a ruler that was made before.": (
            series - known.mean()
        )
        / known.std(),
        "mean and spread are taken from the whole series: the first n values know of the others.": _from_all(
            series, n
        ),
        "the mean is right. It should be divided by the spread of the first n values.": series
        - known.mean(),
        "the spread should divide by n, as np.std does, not by n − 1.": (series - known.mean())
        / known.std(ddof=1),
        "the spread is that of the first n values, and the mean is not.": (series - series.mean())
        / known.std(),
        "the mean is that of the first n values, and the spread is not.": (series - known.mean())
        / series.std(),
    }


def stopped(title: str, alt: str, run: Run, unit: float) -> Picture:
    """The errors of a training by step, times ``unit``, and where it was stopped."""
    from .. import pictures
    from ..forecasts import CHUNK

    def draw(figure: Picture) -> None:
        steps = CHUNK * np.arange(1, 1 + len(run.training))
        labels = "training step", "error, in sunspots"
        ax = pictures.axes(figure, title, *labels, (0, steps[-1]), (5, 40))
        for name, errors, style in (
            ("validation", run.validation, "-"),
            ("training", run.training, "--"),
        ):
            ax.plot(steps, unit * errors, style, color="0.15", lw=2)
            ax.text(steps[-1], unit * errors[-1], f" {name}", va="center")
        least = unit * run.validation.min()
        ax.plot([run.best], [least], "o", color="0.15", ms=8)
        look: dict[str, Any] = dict(ha="center", va="bottom", textcoords="offset points")
        ax.annotate("kept", (run.best, least), (0, 8), **look)

    return pictures.still(draw, alt)


def running_free(figure: Picture) -> Update:
    """A forecast that reads itself: ``update((years, truth, start, made))``.

    ``truth`` and ``made`` are (years,), of which ``made`` counts from the year ``start`` on.
    """
    from .. import pictures

    labels = "year", "sunspots"
    ax = pictures.axes(figure, "From the bar on it reads itself", *labels, (1930, 2009), (-10, 230))
    (measured,) = ax.plot([], [], color="0.6", lw=1.6)
    (forecast,) = ax.plot([], [], "--", color="0.05", lw=2)
    bar = ax.axvline(1950, color="0.4", lw=1)
    names = [ax.text(0, 0, text, va="center") for text in ("measured", "forecast")]

    def update(result: tuple[Array, Array, int, Array]) -> list[Any]:
        years, truth, start, made = result
        seen = years >= start
        measured.set_data(years, truth)
        forecast.set_data(years[seen], made[seen])
        bar.set_xdata([start, start])
        ends = {"measured": truth[-1], "forecast": made[-1]}
        heights = pictures.spread({name: (end + 10) / 240 for name, end in ends.items()}, 0.09, 1.0)
        for text in names:
            text.set_position((2010, 240 * heights[text.get_text()] - 10))
        return [measured, forecast, bar, *names]

    return update
