"""Lesson 8, inside a trained LSTM: its exercises, and the drawings that only it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Array, as_array, as_number, one_of, shown
from ..cells import LSTM
from ..tasks import CITIES, WORDS
from .exercise import exercise, own_stack
from .tables import Near, Number

if TYPE_CHECKING:
    from ..pictures import Picture

GUESSES: dict[str, dict[str, Any]] = {
    "least": dict(
        question="Three networks learn this task, from chrono and from forget biases of 1 and 3. Which of the"
        " four changes least, on average over all units, words and stories?",
        choices={
            "i": "the input gate, i",
            "f": "the forget gate, f",
            "g": "the candidate, g",
            "o": "the output gate, o",
            "mixed": "that differs from start to start",
        },
        why={
            "i": "You may have thought that a word is a word. The input gates open at the city, and stay"
            " more open after it than they were.",
            "f": "From two of the starts they stand near 1, where a sigmoid is flat: a moves, and f hardly does."
            " The half-lives change a lot all the same. Watch them.",
            "g": "It changes most: the candidate is what the city is written as, and at the start it is"
            " small at every word.",
            "o": "You may have thought that only the last word is read. But what a unit shows on the way"
            " is what the gates and the candidate of the next word read.",
            "mixed": "How much changes differs from start to start. Which of the four changes least does"
            " not, in these three.",
        },
    ),
    "cut": dict(
        question="You shut f in ALL units at one word after the city: the belt is wiped clean. In how"
        " many of the three networks do more than 90% of the answers change (the median over such"
        " words)?",
        choices={0.5: "in none", 2.5: "in one or two", np.inf: "in all three"},
        why={
            0.5: "Perhaps you expected a network to find the city again. One of the three can use what"
            " it finds; in the two with a forget bias nearly every answer changes.",
            2.5: "In the two with a forget bias nearly every answer changes. In the chrono network many"
            " survive, though its belt is wiped just as clean. How can that be? Read on.",
            np.inf: "If the belt were the only place for the city, all would be lost. In the chrono"
            " network many answers survive: there must be a second road. Look for it below.",
        },
    ),
    "harm": dict(
        question="You open i wide in ALL units, at one word that is not the city. When does it do more"
        " harm, at the worst word before the city or at the worst word after it?",
        choices={
            "before": "before, in all three networks",
            "after": "after, in all three networks",
            "mixed": "that differs from network to network",
        },
        why={
            "before": "What is written by mistake onto an empty belt is still there when the city comes."
            " After the city the belt is full, and one word more changes few answers.",
            "after": "You would think that a word written over the city destroys it. In the table open i in"
            " all units at a word near the end of the story: what does it answer?",
            "mixed": "How much harm is done differs a lot from one network to the next. Where it is done"
            " does not: in all three the worst word stands before the city.",
        },
    ),
    "where": dict(
        question="In the chrono network you switch off a single unit for good, the one that costs most."
        " What share of the answers does it cost?",
        choices={
            0.1: "less than a tenth",
            0.9: "a tenth to nine tenths",
            np.inf: "nearly all",
        },
        why={
            0.1: "Then any one unit could be dropped. But most of the sixteen cost more than 5% of the"
            " answers when they go.",
            0.9: "The city is spread over most units: after these 700 steps no single one holds it.",
            np.inf: "That would be one unit that holds the city. Here there is none: without the"
            " costliest one a good part of the answers stays as it was.",
        },
    ),
    "count": dict(
        question="After 400 training steps a network gets some 96% of the characters right. And those"
        " where two brackets are open?",
        choices={0.1: "nearly none", 0.6: "up to 60%", np.inf: "more than that"},
        why={
            0.1: "Two are open at not quite two characters in a hundred. Some 96% can be had without a"
            " single one of them.",
            0.6: "That would be a network half-way to counting. After 400 steps these two tell inside"
            " from outside, and little more. What 1,500 steps change stands below the first lines.",
            np.inf: "So good a mean seems to leave no room for a gap. But the places with two open are"
            " rare: ask for the share at each depth, and not only for the mean.",
        },
    ),
}


_ONE_IN_32 = Near(1 / 32, 0.001)

chance = Number(
    "chance",
    {
        _ONE_IN_32: "Right. A cut memory changes about 97% of the answers. Where all change, something of the city is left.",
        0: "now and then the city that it answers is the true one.",
        (32, 3.125, 3.1): "give it as a share of 1.",
    },
    otherwise="{:g} is not it. One answer in how many is right by chance?".format,
)


@exercise
def hide(gate: Any, value: Any) -> str:
    """Which gate hides what the belt holds, and at what value?"""
    gate, value = one_of("gate", gate, tuple("ifgo")), as_number("value", value, 0, 1)
    if gate == "o" and value == 0:
        return "Right. The city is still on the belt; the read-out just cannot see it."
    if gate == "o":
        part = "all" if value == 1 else "a part"
        return f"the right gate, but at {value:g} {part} of tanh(c) is still shown."
    if gate == "f":
        return "that wipes the belt. It should be hidden, not lost."
    return f"{gate} decides what gets onto the belt. What is shown of it?"


@exercise
def transplant(override: Any, model: Any, xs: Any) -> str:
    """Find gates at word 9, all units, that make the first story's answer Paris.

    ``override`` is a dict from gates to arrays (H,), or the override of a console, with (T, 1, H) and
    NaN where the network decides; ``model`` the network, ``xs`` the stories, (T, B, D) with T from 9.
    """
    if isinstance(override, dict) and not override:
        return "nothing is set by hand yet. Take a gate's values from the second story at word 9."
    if not isinstance(override, dict) or not set(override) <= set("ifgo"):
        return f"your answer should be a dict with some of i, f, g, o, and is {shown(override)}."
    model = own_stack(model, LSTM, n_inputs=len(WORDS), n_out=len(CITIES))
    xs, units = as_array("xs", xs, ("T", "B", len(WORDS))), model.cells[0].n_hidden
    if len(xs) < 9:
        return f"xs should have 9 words or more, and has {len(xs)}."
    at_9 = {gate: np.full((len(xs), 1, units), np.nan) for gate in override}
    for gate, values in override.items():
        if np.shape(values) == at_9[gate].shape:
            at_9[gate] = np.array(values, float)
            if not np.isnan(np.delete(at_9[gate], 8, axis=0)).all():
                return f"{gate} is set at other words than word 9 as well. Let the network decide there."
        else:
            at_9[gate][8] = as_array(f"your {gate}", values, (units,))
    city = CITIES[int(model.forward(xs[:, :1], override={0: at_9}).y[-1, 0].argmax())]
    if city == "Paris":
        gates, verb = " and ".join(sorted(override)), "are" if len(override) > 1 else "is"
        return f"Right. It reads one city and answers a different one: {gates} at one word {verb} enough."
    if "g" not in override:
        return f"it answers {city}. Which of the four says what is written?"
    if "i" not in override:
        return f"it answers {city}. Was g taken at word 9 of the story with Paris? If so, take i as well."
    return f"it answers {city}. Were the gates taken at word 9 of the story with Paris?"


def cost_scatter(title: str, alt: str, sizes: dict[str, Array], costs: dict[str, Array]) -> Picture:
    """A point for each unit of each network, (H,): what its loss costs over how large its c is."""
    from .. import pictures

    top = 1.1 * max(float(size.max()) for size in sizes.values())
    labels = "mean |c| at the gap", "answers lost without the unit"

    def draw(figure: Picture) -> None:
        ax = pictures.axes(figure, title, *labels, (0, top), (-0.03, 1.03))
        for name, marker in zip(sizes, "osD", strict=False):
            look: dict[str, Any] = dict(color="0.25", ls="", marker=marker, ms=6, alpha=0.8)
            ax.plot(sizes[name], costs[name], **look, mfc="none", label=name)
        below = dict(loc="outside lower center", ncols=len(sizes), handletextpad=0.1)
        beside = dict(loc="outside right upper")
        figure.legend(frameon=False, **(below if figure.narrow else beside))

    return pictures.still(draw, alt)
