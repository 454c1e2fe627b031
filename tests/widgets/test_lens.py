"""A lens's curves against other ways to compute them, its still, its sentence, its sliders and its start."""

import itertools

import numpy as np
import pytest
import traitlets

from lstm_lessons import GRU, LSTM, RNN, GradientLens, pictures

CELLS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}
SHOWN = {"rnn": ["radius", "h"], "lstm": ["c", "direct", "h"], "gru": ["h", "direct"]}
LENSES = pytest.mark.parametrize("cell", CELLS)


def corners(lens):
    """All controls at their ends and middles, each with each."""
    ways = [
        [knob.min, type(knob.value)((knob.min + knob.max) / 2), knob.max]
        if hasattr(knob, "min")
        else knob.options
        for knob in lens.controls.values()
    ]
    return [dict(zip(lens.controls, values, strict=True)) for values in itertools.product(*ways)]


def tenths(number):
    return f"{number:.1e}".replace("-", "\N{MINUS SIGN}")


def put(lens, values):
    for name, value in values.items():
        lens.controls[name].value = value
    assert lens.values == values


def built(cell, steps, seed, radius=None, activation="tanh", scale=1.0, **bias):
    """The cell and the inputs that a lens's docstring tells of, made by hand; the cell's trace."""
    rng = np.random.default_rng(seed)
    made = RNN(4, 32, rng, activation) if cell == "rnn" else CELLS[cell](4, 32, rng)
    p = made.params
    if cell == "rnn":
        W = rng.standard_normal((32, 32))
        p["Wh"] = radius * W / max(abs(np.linalg.eigvals(W)))
    else:
        for gate in np.split(p["Wh"], len(p["Wh"]) // 32):
            assert gate @ gate.T == pytest.approx(np.eye(32), abs=1e-12)
        p["Wh"] = scale * p["Wh"]
        (p["b"][32:64],) = bias.values()  # f and z are the second gates of the rows
    xs = rng.standard_normal((steps, 1, 4))
    return made, xs, made.forward(xs)


def multiplied_out(cell, trace):
    """|dh_T/dh_t| of an RNN, one Jacobian after the other."""
    h, W, J, norms = trace.h[:, 0], cell.params["Wh"], np.eye(32), []
    slopes = {"tanh": 1 - h**2, "relu": 1.0 * (h > 0), "linear": np.ones_like(h)}
    for slope in slopes[cell.activation][::-1]:
        norms.insert(0, np.linalg.norm(J) / np.sqrt(32))
        J = J @ np.diag(slope) @ W
    return norms


def by_nudges(cell, xs, trace, of, t, size=1e-5):
    """|d of_T / d of_t|: each unit is moved a little to both sides, and the cell runs on."""
    nudges, still = size * np.concatenate([np.eye(32), -np.eye(32)]), np.zeros((64, 1))
    if isinstance(cell, GRU):
        state = trace.h[t] + nudges
    elif of == "c":
        c = trace.c[t] + nudges
        state = trace.o[t] * np.tanh(c), c
    else:
        state = trace.h[t] + nudges, trace.c[t] + still
    later = cell.forward(np.repeat(xs[t + 1 :], 64, axis=1), state)
    up, down = np.split(getattr(later, of)[-1], 2)
    return np.linalg.norm((up - down) / (2 * size)) / np.sqrt(32)


def test_the_curve_of_an_rnn_is_the_product_of_its_jacobians():
    lens = GradientLens("rnn")
    for values in corners(lens):
        cell, _, trace = built("rnn", **values)
        made = lens.make(np.random.default_rng(values["seed"]), values["radius"], "tanh")
        assert all(np.array_equal(made.params[name], cell.params[name]) for name in cell.params)
        curves = lens.compute(**values)
        # loose, for at radius 3 the states double each rounding's share from step to step
        assert curves["h"] == pytest.approx(multiplied_out(cell, trace), rel=1e-4, abs=1e-290)
        assert curves["radius"] == pytest.approx(
            [values["radius"] ** k for k in reversed(range(values["steps"]))], rel=1e-9
        )


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_curves_of_a_gated_cell_are_what_a_nudge_does_and_its_gates_multiplied(cell):
    lens = GradientLens(cell)
    for values in corners(lens):
        made, xs, trace = built(cell, **values)
        curves = lens.compute(**values)
        for of, lag in itertools.product(curves.keys() - {"direct"}, (1, 6)):
            nudged = by_nudges(made, xs, trace, of, values["steps"] - 1 - lag)
            assert curves[of][-1 - lag] == pytest.approx(nudged, rel=1e-5, abs=1e-10)
        keep = trace.f[:, 0] if cell == "lstm" else 1 - trace.z[:, 0]
        path = [np.prod(keep[t + 1 :], axis=0) for t in range(values["steps"])]
        assert curves["direct"] == pytest.approx(np.sqrt(np.mean(np.square(path), axis=1)))


@pytest.mark.parametrize(("cell", "of"), [("lstm", "c"), ("gru", "h")])
def test_without_its_recurrent_weights_a_gated_cell_has_the_direct_road_alone(cell, of):
    lens = GradientLens(cell, scale=0.0)
    curves = lens.compute(**lens.values)
    assert curves[of] == pytest.approx(curves["direct"], rel=1e-10, abs=0)
    assert (cell == "lstm") is not curves["h"][:-1].any()  # in the LSTM nothing reads h


@LENSES
def test_the_root_mean_square_of_the_singular_values_is_the_curve(cell):
    lens = GradientLens(cell)
    for values in corners(lens)[::3]:  # of one seed
        singular = lens.singular_values(**values)
        assert singular.shape == (values["steps"], 32) and np.all(np.diff(singular) <= 0)
        curve = lens.compute(**values)["c" if cell == "lstm" else "h"]
        mean = np.sqrt(np.mean(singular**2, axis=1))
        assert mean == pytest.approx(curve, rel=1e-9, abs=1e-150)  # squares of less do not fit


def test_a_random_rnn_lets_a_few_directions_grow_and_most_die():
    lens = GradientLens("rnn", radius=1.8)
    singular = lens.singular_values(**lens.values)
    assert singular[-1] == pytest.approx(1) and singular[0, 0] > 10
    assert np.sum(singular[0] < 0.01) > 16
    assert np.sum(singular[0] == 0) > 0  # below the roundings of the largest nothing is known


@LENSES
def test_its_still_has_its_curves_and_their_names_apart(cell, stands_free):
    lens, drawn = GradientLens(cell), {}
    for values in corners(lens):
        if values["seed"] != 0 or values["steps"] == 55:
            continue
        put(lens, values)
        figure = lens.still()
        png = pictures.png(figure)
        (ax,) = figure.axes
        assert len({line.get_linestyle() for line in ax.lines}) == len(ax.lines)
        assert len({line.get_color() for line in ax.lines}) == len(ax.lines) == len(SHOWN[cell])
        curves, lines = lens.compute(**values), [line.get_xydata() for line in ax.lines]
        for name, line in zip(SHOWN[cell], lines, strict=True):
            assert line[:, 0].tolist() == list(reversed(range(values["steps"])))
            assert line[:, 1] == pytest.approx(np.maximum(curves[name], 1e-13), abs=0)
        seen = [np.log10(line[:, 1].clip(1e-13, 1e13)).round(2) for line in lines]
        seen = [line[abs(line) <= 12].tolist() for line in seen]
        assert drawn.setdefault(png, seen) == seen  # other curves, another picture
        stands_free(figure, ax.texts)
        assert figure.alt == lens.sentence and figure.axes[0].get_title("left") == lens.title


@LENSES
def test_at_every_corner_it_says_what_is_left(cell):
    lens, fates = GradientLens(cell), set()
    for values in corners(lens):
        put(lens, values)
        curves = lens.compute(**values)
        for name in SHOWN[cell]:
            assert curves[name].shape == (values["steps"],) and np.all(np.isfinite(curves[name]))
            assert curves[name][-1] == pytest.approx(1, rel=1e-12)
        left = curves["c" if cell == "lstm" else "h"][0]
        fate = "vanishes" if left < 0.01 else "arrives" if left < 100 else "explodes"
        other = curves["radius" if cell == "rnn" else "direct"][0]
        said = f"{values['steps'] - 1} steps back, {tenths(left)} of the gradient is left"
        said += f" (root mean square): it {fate}."
        assert said in lens.sentence and tenths(other) in lens.sentence
        assert lens.sentence in repr(lens)
        fates.add(fate)
    assert fates == {"vanishes", "arrives", "explodes"}


@pytest.mark.parametrize(
    ("left", "fate"),
    [(0, "vanishes"), (0.0099, "vanishes"), (0.01, "arrives"), (99, "arrives"), (100, "explodes")],
)
@LENSES
def test_a_gradient_arrives_from_a_hundredth_to_a_hundredfold_of_it(cell, left, fate):
    curves = {name: [1e9, 1.0] for name in SHOWN[cell]}
    curves["c" if cell == "lstm" else "h"] = [left, 1.0]
    said = GradientLens(cell).say(curves)
    assert f" {tenths(left)} of the gradient is left (root mean square): it {fate}. " in said
    assert "1.0e+09" in said


@pytest.mark.parametrize(
    ("cell", "start"),
    [
        ("rnn", dict(radius=1.1, activation="linear")),
        ("rnn", dict(radius=0, steps=10, seed=9, activation="relu")),
        ("lstm", dict(forget_bias=6, scale=4.0)),
        ("gru", dict(update_bias=-6.0, seed=3)),
    ],
)
def test_a_lens_starts_where_it_is_told_to_as_if_the_reader_had_gone_there(cell, start):
    lens, other = GradientLens(cell, **start), GradientLens(cell)
    assert lens.values == other.values | start != other.values
    put(other, lens.values)
    assert lens.png() == other.png() != GradientLens(cell).png()
    assert lens.sentence == other.sentence and repr(lens) == repr(other)


# --- its sliders, which the page and Python move


def test_a_slider_is_a_trait_and_a_control_and_the_two_agree():
    lens, heard = GradientLens("rnn"), []
    lens.observe(lambda change: heard.append((change.name, change.new)))
    lens.set_state({"radius": 2, "activation": "relu"})  # as a page does it
    assert (lens.controls["radius"].value, lens.controls["activation"].value) == (2.0, "relu")
    lens.controls["seed"].value = 4
    assert lens.seed == 4 and lens.get_state(["seed"]) == {"seed": 4}
    lens.steps = 20
    assert lens.values == dict(radius=2.0, activation="relu", steps=20, seed=4)
    assert [*map(type, lens.values.values())] == [float, str, int, int]
    assert {"radius", "activation", "seed", "steps"} == {
        name for name, _ in heard if name[0] != "_"
    }
    assert lens.view is lens


@pytest.mark.parametrize(
    ("bad", "error", "said"),
    [
        (dict(radius=3.01), ValueError, "radius: got 3.01, expected a number from 0 to 3"),
        (dict(radius=float("nan")), ValueError, "radius: got nan, expected a finite number"),
        (dict(steps=99.5), TypeError, "steps: got 99.5, expected a whole number"),
        (dict(seed=10), ValueError, "seed: got 10, expected 0 to 9"),
        (dict(activation="<b>"), ValueError, "activation: got '<b>', expected one of 'tanh'"),
        (dict(picture="all"), ValueError, "picture: got 'all', expected one of 'root mean square'"),
    ],
)
def test_what_a_slider_cannot_be_is_refused_and_nothing_moves(bad, error, said):
    lens = GradientLens("rnn")
    before = lens.get_state()
    for put_there in (lambda: lens.set_state(bad), lambda: lens.set_trait(*bad.popitem())):
        with pytest.raises(error, match=said.replace("<b>", ".b.")):
            put_there()
        assert lens.get_state() == before
    with pytest.raises(traitlets.TraitError):
        lens.draws = ""


def test_the_page_is_given_the_numbers_that_python_draws_and_not_too_many():
    for cell in CELLS:
        lens = GradientLens(cell)
        assert len(lens.draws) < 550_000
        assert lens.draws is GradientLens(cell).draws


@pytest.mark.parametrize(
    ("cell", "start", "error", "said"),
    [
        ("RNN", {}, ValueError, "cell: got 'RNN', expected one of 'rnn', 'lstm', 'gru'"),
        (np.ones(2), {}, ValueError, "cell: got array"),
        ("rnn", dict(forget_bias=1), ValueError, "start: got 'forget_bias', expected one of 'rad"),
        ("lstm", dict(T=50), ValueError, "start: got 'T', expected one of 'scale', 'forget_bias'"),
        ("rnn", dict(radius=9), ValueError, "radius: got 9, expected a number from 0 to 3"),
        ("rnn", dict(radius=np.nan), ValueError, "radius: got nan, expected a finite number"),
        ("rnn", dict(radius="1"), TypeError, "radius: got '1', expected a number"),
        ("gru", dict(steps=500), ValueError, "steps: got 500, expected 10 to 100"),
        ("gru", dict(steps=10.5), TypeError, "steps: got 10.5, expected a whole number"),
        ("rnn", dict(activation="sin"), ValueError, "activation: got 'sin', expected one of 'tanh"),
        ("rnn", dict(activation=np.ones(2)), ValueError, "activation: got array"),
    ],
)
def test_a_cell_and_a_start_that_a_lens_does_not_have_are_named(cell, start, error, said):
    with pytest.raises(error, match=said):
        GradientLens(cell, **start)
