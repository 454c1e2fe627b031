"""Make the table of lesson 9's forecasts, data/forecasts.npz: `python -m scripts.forecasts`.

220 trainings, ten minutes on one core.
"""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

import numpy as np

from lstm_lessons import forecasts
from lstm_lessons.arguments import Array
from lstm_lessons.stack import Stack

TABLE = Path("src/lstm_lessons/data/forecasts.npz")


def trained(
    cell: str, units: int, lr: float, seed: int, test: int = forecasts.TEST
) -> tuple[Stack, forecasts.Run]:
    """A network trained to forecast the years from ``test`` on, the fifty before them to choose by."""
    years, series, _, _ = forecasts.scaled(test - 50)
    model = forecasts.network(cell, units, seed)
    with redirect_stdout(io.StringIO()):  # its bar
        run = forecasts.run(model, series, forecasts.split(years, test - 50, test), lr, seed)
    return model, run


def recipes() -> dict[str, Array]:
    """All recipes, seed by seed: (cells, units, rates, seeds) and more, as in `forecasts.Stored`."""
    years, series, _, spread = forecasts.scaled()
    parts = forecasts.split(years)
    truth = series[1:][parts.test]
    places = list(forecasts.CELLS), forecasts.UNITS, forecasts.LEARNING_RATES, range(10)
    shape = tuple(map(len, places))
    table = {name: np.empty(shape, np.float32) for name in ("validation", "test", "best")}
    table |= {"cycles": np.empty((*shape, 5), np.float32), "far": np.empty((*shape, 6), np.float32)}
    for where in np.ndindex(shape):
        cell, units, lr, seed = (place[k] for place, k in zip(places, where, strict=True))
        model, run = trained(cell, units, lr, seed)
        made = forecasts.forecast(model, series)[parts.test]
        table["validation"][where] = spread * run.validation.min()
        table["test"][where] = spread * forecasts.rmse(made, truth)
        table["cycles"][where] = spread * forecasts.by_cycle(made, truth)
        table["far"][where] = spread * forecasts.far(partial(forecasts.free, model), series)
        table["best"][where] = run.best
        print(f"\r{cell}, {units} units, {lr}, seed {seed}   ", end="", flush=True)
    return table


def earlier() -> Array:
    """The chosen recipes in tests before: (cells, tests, seeds)."""
    table = np.empty((len(forecasts.CELLS), len(forecasts.EARLIER), 10), np.float32)
    for where in np.ndindex(table.shape):
        cell, test = list(forecasts.CELLS)[where[0]], forecasts.EARLIER[where[1]]
        model, _ = trained(cell, *forecasts.CHOSEN[cell], where[2], test)
        years, series, _, spread = forecasts.scaled(test - 50)
        asked = (years[1:] >= test) & (years[1:] < test + 50)
        made = forecasts.forecast(model, series)[asked]
        table[where] = spread * forecasts.rmse(made, series[1:][asked])
        print(f"\r{cell}, from {test}, seed {where[2]}   ", end="", flush=True)
    return table


def main() -> None:
    np.savez_compressed(TABLE, **recipes(), earlier=earlier())


if __name__ == "__main__":
    main()
