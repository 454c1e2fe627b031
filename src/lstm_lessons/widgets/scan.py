"""The tree of a scan: gates that are dragged through joins whose brackets the reader chooses.

What it computes is also in scan_model.js, so that the picture follows the hand with no kernel; a test
compares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import traitlets

from .. import pictures
from ..arguments import Array, as_array, one_of
from ..arguments import shown as quoted
from .base import Checked, Widget, script, style

LEAST, MOST, USUAL = 2, 16, 8  # steps
F = (0.9, 0.6, 0.8, 0.4, 1.0, 0.7, 0.95, 0.5, 0.85, 1.0, 0.3, 0.9, 0.75, 0.6, 1.0, 0.8)
B = (0.5, -0.3, 0.8, 0.4, -0.6, 0.7, 0.2, -0.4, 0.6, 0.1, -0.7, 0.3, 0.5, -0.2, 0.4, 0.6)
LOW = {"f": 0.0, "b": -1.0}  # where a bar ends; all end at 1 above
STARTS = {"f": F, "b": B}
TITLE = {**pictures.TITLE, "wrap": False}

# A join is (earlier, later), two places counted from 0: what stands there is joined, and what comes
# out stands at the later one. At first each step stands at its own place.
Joins = list[tuple[int, int]]


def loop(T: int) -> Joins:
    """One after the other."""
    return [(t - 1, t) for t in range(1, T)]


def halves(T: int) -> Joins:
    """Neighbours in pairs, again and again until one is left; one without a neighbour waits."""
    joins: Joins = []
    places = list(range(T))
    while len(places) > 1:
        joins += zip(places[::2], places[1::2], strict=False)
        places = places[1::2] + places[len(places) - len(places) % 2 :]
    return joins


def prefixes(T: int) -> Joins:
    """Each with the one that stands 1, 2, 4 … places before it (Hillis & Steele 1986), as `cells.scan`."""
    distances = [2**k for k in range((T - 1).bit_length())]
    return [(t - d, t) for d in distances for t in reversed(range(d, T))]


def sweeps(T: int) -> Joins:
    """Up a tree of pairs and down again (Blelloch 1990, but here a state has its own step in it)."""
    distances = [2**k for k in range((T - 1).bit_length())]
    up = [(t - d, t) for d in distances for t in range(2 * d - 1, T, 2 * d)]
    return up + [(t - d, t) for d in reversed(distances) for t in range(3 * d - 1, T, 2 * d)]


def by_hand(T: int, own: Sequence[int]) -> Joins:
    """Across gaps, each named by the step before it, from 1; those beyond the last step do not count."""
    joins, ends = [], set(range(T))
    for gap in own:
        if gap < T:
            joins.append((gap - 1, min(end for end in ends if end >= gap)))
            ends.remove(gap - 1)
    return joins


SCHEMES: dict[str, Callable[[int], Joins]] = {
    "loop": loop,
    "halves": halves,
    "prefixes": prefixes,
    "sweeps": sweeps,
}
OWN = "own"


class Node(NamedTuple):
    """Steps ``first`` to ``last``, from 1, as one pair: the h before them becomes f h + b.

    ``round`` is 0 for a step by itself, else one more than the later round of the two that it joins;
    ``parts`` are their places in the list of nodes, the earlier one first.
    """

    first: int
    last: int
    f: float
    b: float
    round: int = 0
    parts: tuple[int, int] | None = None


def nodes(f: Sequence[float], b: Sequence[float], joins: Joins) -> list[Node]:
    """The steps, and then what each join makes: (f2, b2) after (f1, b1) is (f2 f1, f2 b1 + b2)."""
    made = [Node(t, t, *pair) for t, pair in enumerate(zip(f, b, strict=True), 1)]
    at = list(range(len(made)))
    for earlier, later in joins:
        parts = at[earlier], at[later]
        one, two = (made[k] for k in parts)
        at[later] = len(made)
        pair = two.f * one.f, two.f * one.b + two.b
        made.append(Node(one.first, two.last, *pair, 1 + max(one.round, two.round), parts))
    return made


def _row(name: str, value: Any, _: Any) -> tuple[float, ...]:
    """A number for each step, as a tuple: to change one, assign them all."""
    row = as_array(name, value, ("T",), LOW[name], 1)
    if not LEAST <= len(row) <= MOST:
        raise ValueError(f"{name}: got {len(row)} numbers, expected {LEAST} to {MOST}")
    return tuple(row.tolist())


def _gaps(name: str, value: Any, _: Any) -> tuple[int, ...]:
    """Gaps in the order in which they are closed, none of them twice."""
    expected = f"different whole numbers from 1 to {MOST - 1}"
    gaps: list[Any] = list(value) if isinstance(value, (list, tuple, np.ndarray)) else [None]
    whole = all(isinstance(gap, (int, np.integer)) and not isinstance(gap, bool) for gap in gaps)
    if not whole or len({*gaps}) < len(gaps) or not all(0 < gap < MOST for gap in gaps):
        raise ValueError(f"{name}: got {quoted(value)}, expected {expected}")
    return tuple(map(int, gaps))


class ScanTree(Widget):
    """h_t = f_t h_{t-1} + b_t from h = 0, by joins of pairs: the reader drags f and b, and sets the brackets.

    (f2, b2) after (f1, b1) is again such a pair, (f2 f1, f2 b1 + b2), and the order of the joins makes
    no difference but to the rounds, of joins that do not wait for one another, and to the work. ``f``
    in [0, 1] and ``b`` in [-1, 1] have a number for each of 2 to 16 steps; if one gets longer or
    shorter, so does the other. ``scheme`` is

    - "loop": one after the other;
    - "halves": a balanced tree, for the last state;
    - "prefixes": every state, in as few rounds as for the last (Hillis & Steele 1986);
    - "sweeps": every state, in up to twice the rounds and with less work: up a tree and down again
      (Blelloch, "Prefix sums and their applications", 1990);
    - "own": as ``own`` has it, a list of gaps in the order in which they are closed; a gap is named by
      the step before it.

    What a reader sets are traits, which Python may set as well. Raises ValueError or TypeError for what
    is out of range or unknown, and keeps its last state.
    """

    _esm = script("scan_tree")
    _css = style("control", "scan_tree")

    lanes: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    start = traitlets.Dict(read_only=True).tag(sync=True)
    color = traitlets.Unicode(pictures.COLORS["h"], read_only=True).tag(sync=True)
    f = Checked(_row, F[:USUAL])
    b = Checked(_row, B[:USUAL])
    scheme = Checked(lambda name, value, _: one_of(name, value, [*SCHEMES, OWN]), "loop")
    own = Checked(_gaps, ())

    def __init__(self, f: Any = None, b: Any = None, scheme: str = "loop") -> None:
        given = {n: _row(n, row, self) for n, row in (("f", f), ("b", b)) if row is not None}
        if len(given) == 2:
            as_array("b", given["b"], (len(given["f"]),))
        steps = max(map(len, given.values()), default=USUAL)
        # All the numbers that there can be: a tree that gets longer goes on with these.
        start = {name: (*given.get(name, ()), *row)[:MOST] for name, row in STARTS.items()}
        for name in set(STARTS) - set(given):
            start[name] = STARTS[name]
        looks = {"f": pictures.COLORS["f"], "b": pictures.COLORS["x"]}
        lanes = [dict(letter=n, trait=n, low=LOW[n], color=color) for n, color in looks.items()]
        self.set_trait("lanes", lanes)
        self.set_trait("start", {name: list(row) for name, row in start.items()})
        self.f, self.b = (start[name][:steps] for name in "fb")
        self.scheme = scheme
        super().__init__()
        self.observe(self._resized, ["f", "b"])

    def _resized(self, change: Any) -> None:
        """The other row gets as many numbers."""
        other, steps = "b" if change.name == "f" else "f", len(change.new)
        row = getattr(self, other)
        if len(row) != steps:
            self.set_trait(other, (*row, *self.start[other][len(row) :])[:steps])

    @property
    def nodes(self) -> list[Node]:
        """The steps, and then what each join makes."""
        T = len(self.f)
        joins = by_hand(T, self.own) if self.scheme == OWN else SCHEMES[self.scheme](T)
        return nodes(self.f, self.b, joins)

    @property
    def h(self) -> Array:
        """The states that these joins make, (T,); NaN where none of them covers all steps until then."""
        states = np.full(len(self.f), np.nan)
        for node in self.nodes:
            if node.first == 1:
                states[node.last - 1] = node.b
        return states

    @property
    def rounds(self) -> int:
        """How many joins wait for one another at most."""
        return max(node.round for node in self.nodes)

    @property
    def joins(self) -> int:
        """How many joins there are."""
        return len(self.nodes) - len(self.f)

    @property
    def _counted(self) -> str:
        counts = ((self.rounds, "round"), (self.joins, "join"))
        return ", ".join(f"{n} {what}{'s' * (n != 1)}" for n, what in counts)

    def __repr__(self) -> str:
        last = self.h[-1]
        shown = f"{round(last, 2) + 0:.2f}".replace("-", "\N{MINUS SIGN}")
        said = "no last h yet" if np.isnan(last) else f"the last h is {shown}"
        return f"ScanTree(scheme={self.scheme!r}): {len(self.f)} steps, {self._counted}, {said}"

    def still(self) -> pictures.Picture:
        return pictures.still(self._draw, repr(self))

    def _draw(self, figure: pictures.Picture) -> None:
        """A column for each step, a row for each round; a node is drawn in its last step's column."""
        made, steps = self.nodes, len(self.f)
        figure.set_figheight(0.7 + 0.5 * (1 + self.rounds))
        named = figure.get_figwidth() / steps > 0.4  # inches that three numbers need
        ax = figure.add_subplot(xlim=(0.4, steps + 0.6))
        ax.set(ylim=(self.rounds + 0.6, -0.9))
        ax.axis("off")
        for node in made:
            for part in (made[k] for k in node.parts or ()):
                x, y = (
                    [part.last, part.last, node.last],
                    [part.round, node.round - 0.75, node.round],
                )
                ax.plot(x, y, color="0.7", lw=1, zorder=1)
        for node in made:
            edge = pictures.COLORS["h"] if node.first == 1 else "0.6"
            covered = str(node.last) if node.parts is None else f"{node.first}–{node.last}"
            words = f"{covered}\n{node.f:.2f}\n{round(node.b, 2) + 0:.2f}".replace(
                "-", "\N{MINUS SIGN}"
            )
            box = dict(boxstyle="round,pad=0.25", facecolor="white", edgecolor=edge)
            size = min(8.0, 62 * figure.get_figwidth() / 7 / steps + 2)
            ax.text(
                *(node.last, node.round), words if named else " ", fontsize=size, bbox=box,
                ha="center", va="center", linespacing=1.0,
            )  # fmt: skip
        what = "A box: steps, f, b" if named else "Each joins two pairs"
        ax.text(0.45, -0.75, f"{self._counted}. {what}", va="center", **TITLE)
