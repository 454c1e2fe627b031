"""How nbval compares what a cell prints with what is stored: the words exactly, the numbers nearly.

Machines differ in a number's last digits. So a decimal number may differ by one in the last digit
that is printed, and by 0.1% besides; a whole number is a count and may not, unless it is a percentage.
In a cell with the tag `numbers-vary` any number will do, but there must be one. What a cell hands to
the card of a guess is compared as if it had printed it. What a solution says is not stored, and so not
compared; that it is one, its cell makes sure of.
"""

import copy
import re

VARY = "numbers-vary"
# The spaces around it go with it, since what fills a column depends on the number's width.
NUMBER = re.compile(
    r" *(?<![\w.])([+-]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(\.\d*)?(?:e([+-]?\d+))?)(?= ?(%?)) *"
)


class Printed(str):
    """A text that equals another with the same words and nearly the same numbers."""

    vary = False

    def __eq__(self, other):
        if NUMBER.sub("\0", self) != NUMBER.sub("\0", other):
            return False
        return self.vary or all(map(near, NUMBER.finditer(self), NUMBER.finditer(other)))

    def __ne__(self, other):
        return not self == other

    __hash__ = None


def near(one, other):
    """Are two numbers, as they are printed, the same but for their last digits?"""
    a, b = (float(match[1].replace(",", "")) for match in (one, other))
    if not (units := [unit for unit in map(last_digit, (one, other)) if unit]):
        return a == b
    return abs(a - b) <= 1.001 * min(units) + 1e-3 * max(abs(a), abs(b))


def last_digit(match):
    """What one more in the last printed digit makes; 0 for a count."""
    _, decimals, exponent, percent = match.groups()
    if decimals in (None, ".") and not (exponent or percent):
        return 0
    return 10.0 ** (int(exponent or 0) + 1 - len(decimals or "."))


VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"


def with_card(cell, notebook):
    """A cell that answers a guess, as one that prints at its end what the guess's card has then."""
    name = re.search(r"\b(\w+)\.reveal\(", cell.source)[1]
    asks = next(c for c in notebook.cells if c.source.endswith(f"\n{name}"))
    model = asks.outputs[-1]["data"][VIEW]["model_id"]
    card = notebook.metadata.widgets[STATE]["state"][model]["state"]
    told = [one.get("text") or one["alt"] for one in card["evidence"]]
    cell = copy.deepcopy(cell)
    cell.source += (
        f"\nprint({name}.answer)\nfor _one in {name}.evidence:"
        "\n    print(_one.get('text') or _one['alt'])"
    )
    cell.outputs[-1].text += "".join(f"{text}\n" for text in [card["answer"], *told])
    return cell


def pytest_itemcollected(item):
    if (cell := getattr(item, "cell", None)) is None:  # a test, and no cell of a notebook
        return
    if ".reveal(" in cell.source:
        item.cell = with_card(cell, item.parent.nb)
    if "solution" in cell.metadata.get("tags", []):
        item.options["check"] = False
    sanitize = item.sanitize

    def printed(value):
        text = sanitize(value)
        if isinstance(text, str):
            text = Printed(text)
            text.vary = VARY in cell.metadata.get("tags", [])
        return text

    item.sanitize = printed
