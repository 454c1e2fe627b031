"""The two pictures that others show of the site: the card beside a link, and the icon on a phone."""

from __future__ import annotations

import io
from pathlib import Path

from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from lstm_lessons import GateConsole, pictures

CARD = (1200, 630)  # as the services that show it ask for
TITLE = "LSTM Lessons"
SENTENCE = "Drag a gate, and see\nwhat the memory keeps\nand what the gradient\nkeeps."
INK, RED, SLATE = "#16191d", "#b3261e", "#5b7083"


def font(size: int, name: str = "DejaVuSans") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(get_data_path(), "fonts", "ttf", f"{name}.ttf")), size)


def card() -> Image.Image:
    """The course in one picture: its name, its idea, and a memory that forgets at step 7."""
    console = GateConsole("memory", preset="remember for ever")
    console.forget = [*console.forget[:6], 0.05, *console.forget[7:]]
    shown = Image.open(io.BytesIO(pictures.png(console.still()))).convert("RGB")
    shown.thumbnail((640, 560), Image.Resampling.LANCZOS)
    image = Image.new("RGB", CARD, "white")
    image.paste(shown, (CARD[0] - shown.width - 30, (CARD[1] - shown.height) // 2))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 14, CARD[1]), fill=RED)
    draw.text((60, 150), TITLE, INK, font(56, "DejaVuSans-Bold"))
    draw.multiline_text((60, 260), SENTENCE, INK, font(33), spacing=14)
    return image


def icon(size: int = 180) -> Image.Image:
    """The valve of favicon.svg, on white: a phone makes what is transparent black."""
    unit = size / 8  # drawn four times as large, on the favicon's grid of 32
    image = Image.new("RGB", (4 * size, 4 * size), "white")
    draw = ImageDraw.Draw(image)

    def line(x0: float, y0: float, x1: float, y1: float, width: float, color: str) -> None:
        draw.line([x * unit for x in (x0, y0, x1, y1)], color, round(width * unit))
        for x, y in ((x0, y0), (x1, y1)):
            draw.circle((x * unit, y * unit), width * unit / 2, color)

    line(3.5, 16, 28.5, 16, 5, SLATE)
    draw.circle((16 * unit, 16 * unit), 11.25 * unit, RED)
    draw.circle((16 * unit, 16 * unit), 7.75 * unit, "white")
    line(11, 21, 21, 11, 3.5, RED)
    return image.resize((size, size), Image.Resampling.LANCZOS)
