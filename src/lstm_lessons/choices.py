"""What one can choose about a recurrent network, each choice trained beside an LSTM as it is.

Every network has one thing that is different from the first of `CHOICES`. All on one task with one seed
get the same batches, and about as many parameters, except where the size is the choice.
data/choices.npz has the runs, made by scripts/choices.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import tasks, train
from .arguments import Array, as_count, as_number, one_of
from .cells import GRU, LSTM, RNN, Cell, additions, variants
from .race import WORDS, Task
from .stack import Readout, Stack

LEARNING_RATES = (0.003, 0.01, 0.03)
CHUNK = 50  # after so many training steps the error on new sequences is asked for
MOST = 2000  # training steps
SOLVED = 0.01  # a run ends when the error was at most this twice running
TASKS = {
    "adding": Task(lambda rng, B=32: tasks.adding(40, rng, B=B), 40, 2, 1, 1500),
    "city": Task(lambda rng, B=32: tasks.filled_in(2, rng, B=B), 25, WORDS, 32, 5800),
}


class Choice(NamedTuple):
    """One way to build and train a network: ``cell`` of n_inputs, n_hidden and a generator."""

    cell: Callable[..., Cell]
    layers: int = 1
    size: float = 1.0  # times the task's number of parameters
    batch: int = 32
    inputs: float = 1.0  # by what the input matrix is multiplied before training


LSTM_1 = partial(LSTM, forget_bias=1.0)


def _altered(cell: Callable[..., Cell], **more: Any) -> Choice:
    return Choice(partial(cell, forget_bias=1.0, **more))


CHOICES = {
    "LSTM": Choice(LSTM_1),
    "no input gate": _altered(variants.NoInputGate),
    "no forget gate": Choice(variants.NoForgetGate),
    "no output gate": _altered(variants.NoOutputGate),
    "no second tanh": _altered(variants.NoSquash),
    "coupled gates": _altered(variants.Coupled),
    "peepholes": _altered(variants.Peepholes),
    "hard sigmoid": _altered(variants.HardSigmoid),
    "ReLU candidate": _altered(variants.ReLUCandidate),
    "ReLU for both tanh": _altered(variants.ReLUTwice),
    "layer norm": _altered(additions.LayerNormLSTM),
    "dropout on h, fresh": _altered(additions.DropoutLSTM, place="h"),
    "dropout on h, one mask": _altered(additions.DropoutLSTM, place="h", once=True),
    "dropout on c, fresh": _altered(additions.DropoutLSTM, place="c"),
    "two layers": Choice(LSTM_1, layers=2),
    "two, dropout between": Choice(
        partial(additions.DropoutLSTM, forget_bias=1.0, place="above"), layers=2
    ),
    "half the size": Choice(LSTM_1, size=0.5),
    "twice the size": Choice(LSTM_1, size=2.0),
    "batches of 8": Choice(LSTM_1, batch=8),
    "batches of 128": Choice(LSTM_1, batch=128),
    "inputs × 0.1": Choice(LSTM_1, inputs=0.1),
    "inputs × 10": Choice(LSTM_1, inputs=10.0),
    "GRU": Choice(partial(GRU, update_bias=-1.0)),
    "GRU without r": Choice(partial(variants.GRUWithoutReset, update_bias=-1.0)),
    "RNN": Choice(RNN),
}


def _built(choice: Choice, task: Task, H: int, rng: np.random.Generator) -> Stack:
    cells = [choice.cell(D, H, rng) for D in [task.n_inputs] + [H] * (choice.layers - 1)]
    cells[0].params["Wx"] *= choice.inputs
    return Stack([*cells, Readout(H, task.n_out, rng)])


@cache
def units(choice: str, task: str) -> int:
    """The number H of hidden units, in each layer, with which it comes nearest to its size."""
    chosen, race = CHOICES[one_of("choice", choice, CHOICES)], TASKS[one_of("task", task, TASKS)]
    rng = np.random.default_rng(0)
    sizes = {H: _built(chosen, race, H, rng).n_params for H in range(2, 61)}
    return min(sizes, key=lambda H: abs(sizes[H] - chosen.size * race.n_params))


def contestant(choice: str, task: str, seed: int) -> Stack:
    """The untrained network of one run."""
    H, rng = units(choice, task), np.random.default_rng([as_count("seed", seed, low=0), 0])
    model = _built(CHOICES[choice], TASKS[task], H, rng)
    if CHOICES[choice].layers > 1 and isinstance(model.cells[-1], additions.DropoutLSTM):
        model.cells[-1].share = 0.0  # between the two layers, and not behind the second
    return model


class Run(NamedTuple):
    """How one training went."""

    curve: Array  # the error on new sequences after each CHUNK of training steps, (n,)

    @property
    def solved(self) -> bool:
        """Did the training end because the task was solved?"""
        return len(self.curve) > 1 and bool(np.max(self.curve[-2:]) <= SOLVED)


def run(choice: str, task: str, lr: float, seed: int, steps: int = MOST) -> Run:
    """Train one contestant until it has solved the task, or for ``steps``.

    Its error is that on 256 new sequences, the same ones each time, with nothing dropped. A training
    that blows up ends with an infinite error. A bar shows how far it is.
    """
    model, lr, curve = contestant(choice, task, seed), as_number("lr", lr), list[float]()
    steps, history = as_count("steps", steps), train.History(model=model)
    draws = [np.random.default_rng([seed, k]) for k in (1, 2)]
    batches = TASKS[task].batches(draws[0], B=CHOICES[choice].batch)
    tested = next(TASKS[task].batches(draws[1], B=256))
    with train.one_bar(steps) as bar:
        begun = bar.n
        while len(curve) * CHUNK < steps and not Run(np.array(curve)).solved:
            try:
                train.fit(model, batches, CHUNK, lr, history=history, name=choice)
                curve.append(_error(model, *tested))
            except FloatingPointError:  # it blew up: that is a result
                curve.append(np.inf)
                break
        bar.update(max(0, begun + steps - bar.n))  # what it did not need counts as done
    return Run(np.array(curve))


def _error(model: Stack, xs: Array, target: NDArray) -> float:
    """The mean squared error, or the share of wrong answers, with nothing dropped."""
    noise = [cell for cell in model.cells if isinstance(cell, additions.DropoutLSTM)]
    for cell in noise:
        cell.dropping = False
    y = model.forward(xs).y
    for cell in noise:
        cell.dropping = True
    assert y is not None  # fit has seen to it that there is a read-out
    if target.dtype.kind == "f":
        return train.squared_error(y, target)[0]
    return 1 - train.cross_entropy(y, target)[2]


# --- three smaller races, each about one choice

MORE = {  # rows of the table that lie close, or far apart: each on one task at its best learning rate
    "LSTM": ("city", 0.01),
    "inputs × 10": ("city", 0.03),
    "layer norm": ("city", 0.01),
    "no input gate": ("adding", 0.01),
    "no forget gate": ("adding", 0.03),
}

FEW = {  # an LSTM that sees the same 100 stories again and again
    "LSTM": CHOICES["LSTM"],
    "dropout above": _altered(additions.DropoutLSTM, place="above"),
    "dropout on h, fresh": CHOICES["dropout on h, fresh"],
    "dropout on h, one mask": CHOICES["dropout on h, one mask"],
}
FEW_RATES = (0.01, 0.03)
SUMS = {  # a GRU, with r and without, for `sums`
    "GRU, 1 unit": lambda rng: GRU(2, 1, rng),
    "without r, 1 unit": lambda rng: variants.GRUWithoutReset(2, 1, rng),
    "without r, 2 units": lambda rng: variants.GRUWithoutReset(2, 2, rng),
}


def again(choice: str, seed: int) -> float:
    """The training steps of one of `MORE`, from a seed beyond the table's; infinite if unsolved."""
    done = run(choice, *MORE[one_of("choice", choice, MORE)], seed + 100)
    return len(done.curve) * CHUNK if done.solved else np.inf


def from_few(choice: str, lr: float, seed: int, steps: int = 1000) -> tuple[float, float]:
    """The share of wrong answers on 100 stories about cities, trained on for ``steps``, and on new ones."""
    rng, task = np.random.default_rng([as_count("seed", seed, low=0), 0]), TASKS["city"]
    model = _built(FEW[one_of("choice", choice, FEW)], task, units("LSTM", "city"), rng)
    xs, cities = next(task.batches(np.random.default_rng([seed, 1]), B=100))

    def some() -> tasks.Batches:
        while True:
            k = rng.integers(len(cities), size=32)
            yield xs[:, k], cities[k]

    train.fit(model, some(), steps, lr, name=choice)
    new = next(task.batches(np.random.default_rng([seed, 2]), B=1000))
    return _error(model, xs, cities), _error(model, *new)


def sums(rng: np.random.Generator, B: int = 32) -> tasks.Batches:
    """The sum since the last mark, after each of 15 steps: xs (15, B, 2), target (15, B, 1).

    At every step comes a number between -1 and 1, and, with a chance of 0.2 and at the first step, a
    mark: the sum then begins anew, with the number beside the mark.
    """
    while True:
        numbers, marks = rng.uniform(-1, 1, (15, B)), rng.random((15, B)) < 0.2
        marks[0], total = True, np.zeros((15, B))
        for t in range(15):
            total[t] = np.where(marks[t], 0, total[t - 1]) + numbers[t]
        yield np.stack([numbers, marks], axis=-1), total[..., None]


def summing(cell: str, seed: int, lr: float = 0.03, steps: int = 600) -> float:
    """The mean squared error of one of `SUMS` on new sequences, after a training on `sums`."""
    rng = np.random.default_rng([as_count("seed", seed, low=0), 0])
    built = SUMS[one_of("cell", cell, SUMS)](rng)
    model = Stack([built, Readout(built.n_hidden, 1, rng)])
    train.fit(model, sums(np.random.default_rng([seed, 1])), steps, lr, name=cell)
    return _error(model, *next(sums(np.random.default_rng([seed, 2]), B=1000)))


# --- the table


class Stored(NamedTuple):
    """The runs of one choice on one task at one learning rate, from as many seeds as the table has."""

    curves: Array  # (seeds, MOST / CHUNK), NaN where a run had ended
    solved: NDArray[np.bool_]  # (seeds,)

    @property
    def steps(self) -> NDArray[np.int_]:
        """The training steps that each run took, (seeds,)."""
        return CHUNK * np.sum(~np.isnan(self.curves), axis=1)

    def median_steps(self) -> float:
        """To the solution; infinite if half of the seeds or more did not get there."""
        return float(np.median(np.where(self.solved, self.steps, np.inf)))

    def __str__(self) -> str:
        """In how many seeds it was solved, and the median of the steps if that is a number."""
        median = self.median_steps()
        took = f", in {median:,.0f} steps (median)" if np.isfinite(median) else ""
        return f"solved in {self.solved.sum()} of {len(self.solved)} seeds{took}"


def stored(choice: str, task: str, lr: float) -> Stored:
    """The runs that lie in data/choices.npz."""
    place = list(CHOICES).index(one_of("choice", choice, CHOICES))
    where = place, list(TASKS).index(one_of("task", task, TASKS)), _place(lr, LEARNING_RATES)
    table = _table()
    return Stored(*(table[name][where] for name in Stored._fields))


def at_its_best(choice: str, task: str) -> tuple[float, Stored]:
    """The learning rate at which most seeds solved it, of equals the quickest; and its runs."""
    runs = {lr: stored(choice, task, lr) for lr in LEARNING_RATES}
    return max(runs.items(), key=lambda item: (item[1].solved.sum(), -np.mean(item[1].steps)))


def stored_few(choice: str, lr: float) -> Array:
    """What `from_few` gave, (seeds, 2)."""
    where = list(FEW).index(one_of("choice", choice, FEW)), _place(lr, FEW_RATES)
    return np.asarray(_table()["few"][where])


def stored_more(choice: str) -> Array:
    """What `again` gave, (seeds,)."""
    return np.asarray(_table()["more"][list(MORE).index(one_of("choice", choice, MORE))])


def stored_sums(cell: str) -> Array:
    """What `summing` gave, (seeds,)."""
    return np.asarray(_table()["sums"][list(SUMS).index(one_of("cell", cell, SUMS))])


def _place(lr: float, rates: tuple[float, ...]) -> int:
    if as_number("lr", lr) not in rates:
        raise ValueError(f"lr: got {lr:g}, expected one of {rates}")
    return rates.index(lr)


@cache
def _table() -> dict[str, Any]:
    with (files(__package__) / "data" / "choices.npz").open("rb") as file, np.load(file) as kept:
        return {name: kept[name] for name in kept.files}
