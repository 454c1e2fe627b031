"""How nbval compares what a cell prints with what is stored: the words exactly, the numbers nearly.

Machines differ in a number's last digits. So a decimal number may differ by one in the last digit
that is printed, and by 0.1% besides; a whole number is a count and may not, unless it is a percentage.
In a cell with the tag `numbers-vary` any number will do, but there must be one.
"""

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


def pytest_itemcollected(item):
    if (cell := getattr(item, "cell", None)) is None:  # a test, and no cell of a notebook
        return
    sanitize = item.sanitize

    def printed(value):
        text = sanitize(value)
        if isinstance(text, str):
            text = Printed(text)
            text.vary = VARY in cell.metadata.get("tags", [])
        return text

    item.sanitize = printed
