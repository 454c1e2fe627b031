"""Arrays in, marks on a matplotlib Axes out. Nothing here computes what a lesson wants to check.

Every gate and state has one colour in all lessons, chosen to stay apart for colour-blind eyes and
in grey together with its line style; lines are labelled where they end.
"""

from __future__ import annotations

import base64
import io
import textwrap

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from .cells import Array, sigmoid

COLORS = {
    "f": "#D55E00",
    "i": "#009E73",
    "o": "#A5559C",
    "g": "#B58900",
    "n": "#B58900",
    "x": "#5B7083",
    "r": "#8C6239",
    "z": "#C2417C",
    "c": "#0072B2",
    "h": "#2C9AD1",
    "gradient": "#767676",
}
STYLE = {"h": dict(ls="--", marker="s", mfc="white"), "c": dict(marker="o")}
NAMES = {"c": "cell state c", "h": "hidden state h"}


class Picture(Figure):
    """A matplotlib Figure that a notebook shows as a PNG together with its alt text."""

    def __init__(self, width: float = 7.0, height: float = 3.0, alt: str = ""):
        super().__init__(figsize=(width, height), dpi=150, layout="constrained")
        self.get_layout_engine().set(w_pad=0.1, h_pad=0.08)  # room to the edge, in inches
        FigureCanvasAgg(self)
        self.alt = alt

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **kwargs):
        return with_png(self, self.alt)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in a page's pixels, 100 to the inch: the PNG is finer by half."""
        return round(100 * self.get_figwidth()), round(100 * self.get_figheight())


def png(figure: Figure) -> bytes:
    """The figure as PNG bytes."""
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def with_png(figure: Picture, text: str, data=(), metadata=(), picture: bytes | None = None):
    """A MIME bundle with a PNG beside what it has, for pages that cannot show the rest.

    ``text`` is its plain text and its alt text; ``picture`` the PNG, if it has been drawn already.
    """
    encoded = base64.b64encode(picture or png(figure)).decode()
    width, height = figure.size
    shown = {"image/png": {"alt": text, "width": width, "height": height}}
    return {**dict(data), "image/png": encoded, "text/plain": text}, {**dict(metadata), **shown}


def axes(figure: Figure, title: str, xlabel: str, ylabel: str, xlim, ylim, where=(1, 1, 1)):
    """One Axes with fixed limits; its title says the picture's point."""
    ax = figure.add_subplot(*where, xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel=ylabel)
    ax.set_title(title, loc="left", fontsize=10, fontweight="bold")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.25, lw=0.6)
    ax.set_axisbelow(True)
    return ax


def console(lanes: list[dict], values: dict, states: dict, gradient: Array) -> Picture:
    """A still of the gate console: a lane of bars for each gate, the states, the gradient."""
    T = len(gradient)
    steps = np.arange(1, T + 1)
    figure = Picture(7.6, 0.62 * len(lanes) + 3.6)
    heights = [1] * len(lanes) + [2.2, 1.8]
    grid = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    for ax in grid:
        ax.spines[["top", "right"]].set_visible(False)
    for ax, lane in zip(grid, lanes, strict=False):
        ax.bar(steps, values[lane["trait"]], color=lane["color"], width=0.8, alpha=0.85)
        ax.set(ylim=(lane["low"], 1.02), yticks=[lane["low"], 1])
        label = lane["name"].replace(" gate", "\ngate") + f"  {lane['letter']}"
        ax.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=9)
        ax.axhline(0, color="0.4", lw=0.8)
    above, below = grid[-2:]
    top = 1.15 * max(1.0, *(np.abs(v).max() for v in states.values()))
    above.axhline(0, color="0.4", lw=0.8)
    for name, value in states.items():
        above.plot(steps, value, color=COLORS[name], label=NAMES[name], ms=5, **STYLE[name])
    above.set(ylim=(-top, top))
    above.set_ylabel("state", rotation=0, ha="right", va="center", fontsize=9)
    above.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize=8)
    name = "h" if list(states) == ["h"] else "c"
    below.semilogy(steps, np.maximum(gradient, 1e-5), color=COLORS["gradient"], marker="D", ms=4)
    below.set(ylim=(4e-5, 2), xlabel="step t", xticks=steps, yticks=[1, 1e-2, 1e-4])
    below.set_yticklabels(["100%", "1%", "0.01%"])
    label = f"gradient\n$|\\partial {name}_{{{T}}} / \\partial {name}_t|$"
    below.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=9)
    return figure


def card(question: str, choices: list[str]) -> Picture:
    """A still of a question and its choices."""
    mark = "\N{WHITE CIRCLE}  "
    asked = textwrap.wrap(question, 70)
    answers = [
        line
        for choice in choices or ["a number: …"]
        for line in textwrap.wrap(choice, 74, initial_indent=mark, subsequent_indent="     ")
    ]
    inch = 0.25  # a line's height
    figure = Picture(7.0, inch * (len(asked) + len(answers)) + 0.3)
    for k, line in enumerate(asked + answers):
        y = 1 - (0.12 + inch * k) / figure.get_figheight()
        weight = "bold" if k < len(asked) else "normal"
        figure.text(0.02, y, line, va="top", fontsize=10.5, fontweight=weight, parse_math=False)
    return figure


def spread(heights: dict[str, float], gap: float, top: float) -> dict[str, float]:
    """Heights for labels at the ends of lines: near their lines, ``gap`` apart, up to ``top``."""
    names = sorted(heights, key=heights.get)
    if not names:
        return {}
    placed = [heights[name] for name in names]
    for k in range(1, len(names)):  # first push up, then back down
        placed[k] = max(placed[k], placed[k - 1] + gap)
    placed[-1] = min(placed[-1], top)
    for k in range(len(names) - 2, -1, -1):
        placed[k] = min(placed[k], placed[k + 1] - gap)
    return dict(zip(names, placed, strict=True))


def states(title: str, alt: str, **series: Array) -> Picture:
    """States and gates over the steps, each line labelled at its end with its letter."""
    figure = Picture(7.0, 2.4, alt)
    steps = np.arange(1, 1 + len(next(iter(series.values()))))
    reach = 1.1 * max(1.0, *(np.abs(v).max() for v in series.values()))
    low = -reach if min(v.min() for v in series.values()) < 0 else -0.1
    ax = axes(figure, title, "step t", "value", (0.5, len(steps) + 0.5), (low, reach))
    ax.set_xticks(steps)
    ends = {name: value[-1] for name, value in series.items()}
    height = spread(ends, 0.13 * (reach - low), reach)
    for name, value in series.items():
        ax.plot(
            steps, value, color=COLORS[name], ms=5, **STYLE.get(name, {"ls": ":", "marker": "."})
        )
        ax.annotate(
            name,
            (len(steps), height[name]),
            (12, 0),
            textcoords="offset points",
            va="center",
            color=COLORS[name],
            fontweight="bold",
            annotation_clip=False,
        )
    return figure


def decay(figure: Figure):
    """What is left of a value; ``update((left, half_life))`` with left (K + 1,) from step 0."""
    title = "A memory kept by the same f at every step halves again and again"
    ax = axes(figure, title, "steps since it was written", "what is left", (0, 60), (0, 1.02))
    ax.axhline(0.5, color="0.6", lw=0.8, ls=":")
    (line,) = ax.plot([], [], color=COLORS["c"], lw=2)
    (drop,) = ax.plot([], [], color=COLORS["f"], lw=1.5, ls="--", marker="o", ms=6)
    label = ax.text(0, 0, "", color=COLORS["f"], fontweight="bold", va="bottom")

    def update(result):
        left, half_life = result
        line.set_data(np.arange(len(left)), left)
        drop.set_data([half_life, half_life], [0.5, 0])
        label.set_text(f" half at {half_life:.1f}" if half_life <= 60 else "")
        label.set_position((min(half_life, 48), 0.52))
        return line, drop, label

    return update


def squashers(figure: Figure):
    """Sigmoid and tanh with their slopes; ``update((a, values, slopes))``, two values, two slopes."""
    grid = np.linspace(-6, 6, 241)
    half = 1.2  # how far the tangent is drawn to each side
    sides = []
    kinds = [
        ("sigmoid: how much passes, from 0 to 1", sigmoid(grid), COLORS["i"]),
        ("tanh: which value, from \N{MINUS SIGN}1 to 1", np.tanh(grid), COLORS["g"]),
    ]
    for k, (title, curve, color) in enumerate(kinds):
        ylabel = "value" if k == 0 else ""
        ax = axes(figure, title, "a, what goes in", ylabel, (-6, 6), (-1.15, 1.15), (1, 2, k + 1))
        ax.axhline(0, color="0.5", lw=0.8)
        ax.plot(grid, curve, color=color, lw=2)
        (tangent,) = ax.plot([], [], color="0.2", lw=2.5)
        (dot,) = ax.plot([], [], "o", color=color, mec="0.1", ms=8)
        label = ax.text(-5.7, 0.68, "", fontweight="bold")
        sides.append((tangent, dot, label))

    def update(result):
        a, values, slopes = result
        for (tangent, dot, label), value, slope in zip(sides, values, slopes, strict=True):
            tangent.set_data([a - half, a + half], [value - half * slope, value + half * slope])
            dot.set_data([a], [value])
            label.set_text(f"value {value:.3f}\nslope {slope:.3f}")
        return [artist for side in sides for artist in side]

    return update


def gate_training(figure: Figure):
    """A gate while it learns; ``update((step, keep, drop))``: its two values up to that step."""
    title = "The gate opens for one cue and shuts for the other"
    ax = axes(figure, title, "training step", "gate f", (0, 215), (-0.03, 1.03))
    lines, labels = [], []
    for cue, style in (("cue 1: keep", "-"), ("cue \N{MINUS SIGN}1: drop", "--")):
        lines += ax.plot([], [], color=COLORS["f"], lw=2, ls=style, marker="o", markevery=[-1])
        labels.append(ax.text(0, 0, cue, color=COLORS["f"], fontweight="bold", va="center"))

    def update(result):
        step, keep, drop = result
        for line, label, values in zip(lines, labels, (keep, drop), strict=True):
            line.set_data(np.arange(len(values)), values)
            label.set_position(
                (step + 4 if step < 160 else 165, values[-1] + (0.09 if values is drop else -0.09))
            )
        return [*lines, *labels]

    return update


def way_back(figure: Figure, title: str, lines: dict[str, tuple[str, str, str]]):
    """What is left of a gradient on its way back, on a log axis; ``update(curves)``, each (T,).

    ``lines`` gives each curve's label, colour and line style by its name.
    """
    low, high = 1e-12, 1e12
    xlabel = "steps back from the end, T \N{MINUS SIGN} t"
    ax = axes(figure, title, xlabel, "what is left of the gradient", (141, -2), (low, high))
    ax.set_yscale("log")
    ax.set(xticks=range(0, 101, 20), yticks=[10.0**k for k in range(-12, 13, 4)])
    ax.minorticks_off()
    ax.axhspan(1e-2, 1e2, color="0.93", zorder=0)
    for height, word in ((3e10, "explodes"), (1, "arrives"), (1e-11, "vanishes")):
        ax.text(139, height, word, color="0.45", va="center", style="italic")
    drawn = {}
    for name, (text, color, style) in lines.items():
        (line,) = ax.plot([], [], color=color, ls=style, lw=2.2 if style == "-" else 1.6)
        label = ax.text(0, 1, text, color=color, ha="right", va="center", fontweight="bold")
        label.set_path_effects([withStroke(linewidth=3, foreground="white")])
        drawn[name] = (line, label)

    def update(curves):
        # A label stands where its line ends, or where it leaves the picture.
        last = {name: int(np.argmax((c >= low) & (c <= high))) for name, c in curves.items()}
        ends = {name: np.log10(np.clip(curves[name][last[name]], low, high)) for name in drawn}
        places = spread({name: max(end, -11.2) for name, end in ends.items()}, 1.9, 11.2)
        for name, (line, label) in drawn.items():
            lag = np.arange(len(curves[name]))[::-1]
            line.set_data(lag, np.maximum(curves[name], low / 10))
            label.set_position((lag[last[name]] + 2, 10 ** places[name]))
        return [line for line, _ in drawn.values()] + [label for _, label in drawn.values()]

    return update


def lines(title, alt, labels: tuple[str, str], x, curves: dict, ylim, log=False, band=None):
    """Curves over x, each labelled at its end; ``labels`` are those of the two axes.

    A curve is (len(x),), or (n, len(x)) for n repetitions: thin lines, and their median as a thick one.
    ``band`` is a range of values with a grey ground.
    """
    if len(curves) > 4:
        raise ValueError(f"curves: got {len(curves)}, expected 4 at most: there are 4 line styles")
    figure = Picture(7.0, 3.0, alt)
    ax = axes(figure, title, *labels, (x[0], x[-1]), ylim)
    scale = np.log10 if log else np.asarray
    if log:
        ax.set_yscale("log")
        ax.minorticks_off()
    if np.issubdtype(np.asarray(x).dtype, np.integer):
        ax.xaxis.get_major_locator().set_params(integer=True)  # no ticks between what is counted
    if band:
        ax.axhspan(*band, color="0.93", zorder=0)
    low, high = scale(ylim)
    ends = {}
    for (name, curve), style in zip(curves.items(), ("-", "--", ":", "-."), strict=False):
        curve = np.atleast_2d(curve)
        middle, color = np.median(curve, axis=0), COLORS.get(name, "0.15")
        if len(curve) > 1:
            ax.plot(x, curve.T, color="0.75", lw=0.7, ls=style)
        ax.plot(x, middle, color=color, lw=2, ls=style)
        inside = np.flatnonzero((middle >= ylim[0]) & (middle <= ylim[1]))
        if not len(inside):
            raise ValueError(f"curves[{name!r}]: got no value inside ylim, expected some")
        if inside[-1] == len(x) - 1:
            ends[name] = scale(middle[-1])
        else:  # it leaves the picture before its right edge, and its name stands there
            place = (x[inside[-1]], middle[inside[-1]])
            name_it = dict(textcoords="offset points", color=color, fontweight="bold")
            up = place[1] < middle[max(inside[-1] - 1, 0)]  # it leaves through the bottom
            ax.annotate(name, place, (7, 6 if up else -8), **name_it)
    for name, height in spread(ends, 0.09 * (high - low), high).items():
        place = (1.01, (height - low) / (high - low))
        color = COLORS.get(name, "0.15")
        ax.text(*place, name, transform=ax.transAxes, va="center", color=color, fontweight="bold")
    return figure


def words(title: str, alt: str, ylabel: str, text: list[str], values: Array, ylim) -> Picture:
    """A bar for every word of a text, on a log axis."""
    figure = Picture(7.6, 3.0, alt)
    ax = axes(figure, title, "", ylabel, (-0.7, len(text) - 0.3), ylim)
    ax.set_yscale("log")
    ax.minorticks_off()
    ax.bar(range(len(text)), values, color=COLORS["h"], width=0.7)
    ax.set_xticks(range(len(text)), text, rotation=60, ha="right", rotation_mode="anchor")
    return figure


def lstm_graph(alt: str) -> Picture:
    """The LSTM's computation graph: forward along the arrows, and each one's factor on the way back."""
    figure = Picture(7.6, 4.2, alt)
    ax = figure.add_subplot(xlim=(0, 10.4), ylim=(0.1, 6))
    ax.set_title("Every arrow back is a factor", loc="left", fontsize=10, fontweight="bold")
    ax.axis("off")
    belt, middle, low = 5.3, 3.5, 1.9
    places = {
        "before": (0.5, belt, "c", r"$c_{t-1}$"), "forget": (2.2, belt, "c", r"$\odot$"),
        "add": (5.2, belt, "c", "+"), "after": (9.9, belt, "c", r"$c_t$"),
        "write": (5.2, middle, "c", r"$\odot$"), "tanh": (7.4, middle + 0.6, "c", "tanh"),
        "show": (8.7, low, "h", r"$\odot$"), "shown": (9.9, low, "h", r"$h_t$"),
        "f": (2.2, low, "f", "f"), "i": (4.2, low, "i", "i"), "g": (6.2, low, "g", "g"),
        "o": (7.4, low, "o", "o"), "in": (0.8, 0.45, "h", r"$x_t,\ h_{t-1}$"),
    }  # fmt: skip
    for x, y, color, text in places.values():
        box = dict(boxstyle="round,pad=0.35", fc="white", ec=COLORS[color], lw=1.6)
        bold = "bold" if len(text) == 1 else "normal"
        ax.text(x, y, text, ha="center", va="center", bbox=box, zorder=3, fontweight=bold)
    arrows = [  # from, to, the factor on the way back, where it stands beside the middle
        ("before", "forget", r"$\times f$", (0, 0.32)),
        ("forget", "add", r"$\times 1$", (0, 0.32)),
        ("add", "after", "", (0, 0)),
        ("f", "forget", r"$\times c_{t-1}$", (0.5, 0)),
        ("write", "add", r"$\times 1$", (0.4, 0)),
        ("i", "write", r"$\times g$", (-0.5, 0.15)),
        ("g", "write", r"$\times i$", (0.5, 0.15)),
        ("tanh", "show", r"$\times o$", (0.35, 0.2)),
        ("o", "show", r"$\times\tanh c$", (0.05, -0.42)),
        ("show", "shown", "", (0, 0)),
    ]
    for start, end, text, (dx, dy) in arrows:
        (x0, y0, *_), (x1, y1, *_) = places[start], places[end]
        _arrow(ax, (x0, y0), (x1, y1))
        ax.text(
            (x0 + x1) / 2 + dx, (y0 + y1) / 2 + dy, text, color="0.35", ha="center", va="center"
        )
    _arrow(ax, (7.4, belt), (7.4, middle + 0.6))
    ax.text(8.25, 4.75, r"$\times(1-\tanh^2 c)$", color="0.35", ha="center", va="center")
    slopes = {"f": "f(1-f)", "i": "i(1-i)", "g": "(1-g^2)", "o": "o(1-o)"}
    for gate, slope in slopes.items():  # the four branches out of x and h
        x = places[gate][0]
        ax.plot([1.4, x], [0.45, 0.45], color="0.55", lw=1.2)
        _arrow(ax, (x, 0.45), (x, low))
        ax.text(x + 0.08, 1.05, rf"$\times {slope}$", color="0.35", ha="left", va="center")
    return figure


def _arrow(ax, start, end) -> None:
    style = dict(arrowstyle="-|>", color="0.55", lw=1.2, shrinkA=0, shrinkB=13)
    ax.annotate("", end, start, arrowprops=style, zorder=2)


def lanes(title: str, alt: str, values: dict[str, Array]) -> Picture:
    """A row of bars over the steps for each letter, all on one scale."""
    figure = Picture(7.0, 0.7 * len(values) + 0.9, alt)
    grid = figure.subplots(len(values), 1, sharex=True, squeeze=False)[:, 0]
    reach = 1.15 * (max(np.abs(v).max() for v in values.values()) or 1)
    for ax, (name, value) in zip(grid, values.items(), strict=True):
        steps = np.arange(1, len(value) + 1)
        ax.bar(steps, value, color=COLORS[name], width=0.8, alpha=0.85)
        ax.axhline(0, color="0.4", lw=0.8)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set(ylim=(-reach, reach), xticks=steps)
        ax.set_ylabel(
            name, rotation=0, ha="right", va="center", fontweight="bold", color=COLORS[name]
        )
    grid[0].set_title(title, loc="left", fontsize=10, fontweight="bold")
    grid[-1].set_xlabel("step t")
    return figure


def forecast(figure: Figure, years: Array, truth: Array, widths: Array, errors: Array):
    """A forecast beside the truth, and its error by width; ``update((forecast, width, error))``."""
    title = "The forecast (dashed) follows the waves"
    ax = axes(figure, title, "year", "sunspots", (years[0], years[-1]), (-20, 240), (1, 3, (1, 2)))
    ax.plot(years, truth, color=COLORS["x"], lw=1.2)
    (line,) = ax.plot([], [], color="0.1", lw=1.4, ls="--")
    side = axes(
        figure,
        "A few years do best",
        "window width",
        "error",
        (0, widths[-1] + 1),
        (0, 40),
        (1, 3, 3),
    )
    side.plot(widths, errors, color="0.5", lw=1.5)
    (dot,) = side.plot([], [], "o", color="0.1", ms=7)

    def update(result):
        values, width, error = result
        line.set_data(years, values)
        dot.set_data([width], [min(error, 40)])
        return line, dot

    return update


def one_unit(figure: Figure):
    """Inputs and the hidden state of one unit over the steps; ``update((x, h))``, each (T,)."""
    title = "A hidden state carries what came on to the later steps"
    ax = axes(figure, title, "step t", "value", (0.4, 13.4), (-1.15, 1.15))
    ax.set_xticks(range(1, 13))
    ax.axhline(0, color="0.5", lw=0.8, zorder=0.5)
    bars = ax.bar(range(1, 13), np.zeros(12), color=COLORS["x"], width=0.6, alpha=0.6)
    (line,) = ax.plot([], [], color=COLORS["h"], lw=2, ms=5, **STYLE["h"])
    labels = [
        ax.text(12.5, 0, name, color=COLORS[name], va="center", fontweight="bold") for name in "xh"
    ]

    def update(result):
        x, h = result
        for bar, value in zip(bars, x, strict=True):
            bar.set_height(value)
        line.set_data(np.arange(1, 13), h)
        places = spread({"x": x[-1], "h": h[-1] + 0.001}, 0.2, 1.1)
        for label, name in zip(labels, "xh", strict=True):
            label.set_y(places[name])
        return [*bars, line, *labels]

    return update


def units(title: str, alt: str, text: list[str], values: dict[str, Array]) -> Picture:
    """All units over the words: a grey map for each letter, (T, H), dark where the value is high."""
    figure = Picture(7.6, 0.9 * len(values) + 1.6, alt)
    grid = figure.subplots(len(values), 1, sharex=True, squeeze=False)[:, 0]
    for ax, (name, value) in zip(grid, values.items(), strict=True):
        low = -1 if value.min() < 0 else 0
        ax.imshow(value.T, cmap="Greys", vmin=low, vmax=1, aspect="auto", interpolation="nearest")
        ax.set(yticks=[0, value.shape[1] - 1])
        ax.set_yticklabels(["unit 0", value.shape[1] - 1], fontsize=8)
        ax.set_ylabel(name, rotation=0, ha="right", color=COLORS[name], fontweight="bold")
    grid[0].set_title(title, loc="left", fontsize=10, fontweight="bold")
    size = 9 if len(text) < 40 else 7
    turn = dict(rotation=60, ha="right", rotation_mode="anchor") if len(text) < 40 else {}
    grid[-1].set_xticks(range(len(text)), text, fontsize=size, **turn)
    return figure


def answers(figure: Figure):
    """The likeliest answers as bars; ``update((words, probabilities))``, five of each."""
    title = "Your hand on one gate can change what it puts into the gap"
    ax = axes(figure, title, "probability", "", (0, 1), (4.6, -0.6))
    ax.set_yticks([])
    bars = ax.barh(range(5), np.zeros(5), color=COLORS["h"], height=0.7, alpha=0.6)
    labels = [ax.text(0.01, k, "", va="center", fontweight="bold") for k in range(5)]

    def update(result):
        for bar, label, word, p in zip(bars, labels, *result, strict=True):
            bar.set_width(p)
            label.set_text(f"{word}  {p:.0%}")
        return [*bars, *labels]

    return update
