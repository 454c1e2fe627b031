"""network.js in node: what it computes is what Python computes."""

import base64

import numpy as np
import pytest

from lstm_lessons import LSTM, Readout, Stack, tasks, train
from lstm_lessons.widgets.learning import weights_text

# NaN is null in JSON, and a hand that is not set.
ASKED = """
const hands = (values) => values && Float64Array.from(values, (v) => v ?? NaN);
export function run({ text, sizes, words, by_hand, dy, k }) {
  const net = unpack(text, sizes);
  const run = forward(net, words, hands(by_hand));
  const back = backward(net, run, dy, hands(by_hand));
  return { run, back, felt: felt(net, run, k, hands(by_hand)), text: pack(net) };
}
export function train({ text, sizes, batches, lr, max_norm }) {
  const net = unpack(text, sizes);
  const [adam, grads] = [newAdam(net), blank(net)];
  const loss = [], accuracy = [];
  for (const { stories, answers } of batches) {
    const share = 1 / answers.length;
    const judged = stories.map((words, n) => study(net, grads, words, answers[n], share));
    const mean = (name) => judged.reduce((sum, one) => sum + one[name] * share, 0);
    loss.push(mean("loss"));
    accuracy.push(mean("right"));
    descend(net, adam, grads, lr, max_norm);
  }
  return { loss, accuracy, net };
}
export function diverge({ text, sizes, words }) {
  const net = unpack(text, sizes);
  const [adam, grads] = [newAdam(net), blank(net)];
  study(net, grads, words, 0, 1);
  try {
    descend(net, adam, grads, 0.01, 1);
  } catch (error) {
    return { said: error.message, text: pack(net), adam, grads };
  }
}
export function refuse({ texts, sizes }) {
  return texts.map((text) => {
    try {
      unpack(text, sizes);
    } catch (error) {
      return error.message;
    }
  });
}
"""


@pytest.fixture(scope="module")
def page(in_node):
    return in_node("network", ASKED)


D, K = len(tasks.WORDS), len(tasks.CITIES)


def network(H, rng, scale=1.0, n_words=D, n_answers=K):
    """A network with random weights, and nothing at 0."""
    model = Stack([LSTM(n_words, H, rng), Readout(H, n_answers, rng)])
    for values in model.params.values():
        values[...] = scale * rng.normal(size=values.shape)
    return model


def sizes(model):
    return {"D": model.cells[0].n_inputs, "H": model.cells[0].n_hidden, "K": model.readout.n_out}


def one_hot(words, n_words):
    return np.eye(n_words)[words][:, None]


def by_hand(T, H, share, rng):
    """A share of all gates set to random values, by gate, and as one row of numbers or None."""
    low = {gate: -1 if gate == "g" else 0 for gate in LSTM.gates}
    override = {gate: rng.uniform(low[gate], 1, (T, 1, H)) for gate in LSTM.gates}
    for values in override.values():
        values[rng.random(values.shape) >= share] = np.nan
    row = np.stack([override[gate] for gate in LSTM.gates], axis=2).ravel()
    return override, [None if np.isnan(value) else value for value in row]


# Sizes T, H, vocabulary and answers; the weights' scale; the share of gates that are set by hand.
SETTINGS = [
    (1, 1, 2, 2, 1.0, 0.0),
    (1, 5, 7, 3, 1.0, 0.5),
    (2, 3, 4, 2, 1.0, 1.0),
    (30, 16, D, K, 0.3, 0.0),
    (30, 16, D, K, 0.3, 0.1),
    (25, 32, D, K, 0.2, 0.02),
    (12, 4, 6, 5, 1.0, 1.0),
    (12, 4, 6, 5, 60.0, 0.0),  # gates at exactly 0 and 1
    (12, 4, 6, 5, 60.0, 0.3),
]


@pytest.mark.parametrize("setting", SETTINGS)
def test_javascript_and_numpy_compute_the_same_states_answers_and_gradients(setting, page):
    T, H, n_words, n_answers, scale, share = setting
    rng = np.random.default_rng(T + H)
    model = network(H, rng, scale, n_words, n_answers)
    words, dy = rng.integers(n_words, size=T), rng.normal(size=n_answers)
    override, row = by_hand(T, H, share, rng)
    k, text = int(rng.integers(n_answers)), weights_text(model)
    given = dict(text=text, sizes=sizes(model), words=words.tolist(), dy=dy.tolist(), k=k)
    for hands in [row] if share else [row, None]:
        there = page("run", by_hand=hands, **given)
        assert there["text"] == text

        def holds(name, got, here):
            np.testing.assert_allclose(got, np.ravel(here), rtol=1e-9, atol=1e-9, err_msg=name)

        trace = model.forward(one_hot(words, n_words), override={0: override})
        layer, y = trace.layers[0], trace.y[-1, 0]
        gates = np.stack([getattr(layer, gate)[:, 0] for gate in LSTM.gates], axis=1)
        holds("gates", there["run"]["gates"], gates)
        holds("c", there["run"]["c"], layer.c)
        holds("h", there["run"]["h"], layer.h)
        holds("y", there["run"]["y"], y)
        holds("p", there["run"]["p"], np.exp(y - y.max()) / np.exp(y - y.max()).sum())
        grads = model.backward(trace, at_the_end(trace, dy))
        for name in model.params:
            holds(name, there["back"]["weights"][name.split(".")[1]], grads[name])
        holds("words", there["back"]["words"], grads["xs"])
        back = model.backward(trace, at_the_end(trace, np.eye(n_answers)[k]))
        holds("felt", there["felt"], np.linalg.norm(back["xs"][:, 0], axis=1))


def at_the_end(trace, dy):
    """dL/dy that is ``dy`` at the last step, and 0 before it."""
    every = np.zeros_like(trace.y)
    every[-1, 0] = dy
    return every


@pytest.mark.parametrize("share", [0, 0.4, 1])
def test_the_gradient_to_a_gate_s_value_is_what_a_small_change_of_it_by_hand_does(share, page):
    T, H, n_words, n_answers = 5, 3, 6, 4
    rng = np.random.default_rng(3)
    model = network(H, rng, 0.7, n_words, n_answers)
    words, dy = rng.integers(n_words, size=T), rng.normal(size=n_answers)
    override, row = by_hand(T, H, share, rng)
    given = dict(text=weights_text(model), sizes=sizes(model), words=words.tolist(), k=0)
    there = page("run", by_hand=row, dy=dy.tolist(), **given)
    xs = one_hot(words, n_words)
    layer = model.forward(xs, override={0: override}).layers[0]

    def loss(gate, t, j, by):
        moved = {name: values.copy() for name, values in override.items()}
        moved[gate][t, 0, j] = getattr(layer, gate)[t, 0, j] + by
        return model.forward(xs, override={0: moved}).y[-1, 0] @ dy

    d = 1e-5  # which no gate here is nearer to its ends than
    for k, gate in enumerate(LSTM.gates):
        for t in range(T):
            for j in range(H):
                slope = (loss(gate, t, j, d) - loss(gate, t, j, -d)) / (2 * d)
                got = there["back"]["gates"][(4 * t + k) * H + j]
                assert got == pytest.approx(slope, rel=1e-7, abs=1e-9), (gate, t, j)


@pytest.mark.parametrize("start", [{"chrono": 40}, {"forget_bias": 1.0}, {}])
@pytest.mark.parametrize("lr, max_norm", [(0.01, 1.0), (0.03, 0.05), (0.001, 100.0)])
def test_twenty_steps_of_training_are_those_of_fit(start, lr, max_norm, page):
    rng = np.random.default_rng(5)
    model = Stack([LSTM(D, 16, rng, **start), Readout(16, K, rng)])
    task = tasks.filled_in(3, rng)
    drawn = [next(task) for _ in range(20)]
    batches = [
        {"stories": xs.argmax(axis=2).T.tolist(), "answers": answers.tolist()}
        for xs, answers in drawn
    ]
    given = dict(text=weights_text(model), sizes=sizes(model))
    there = page("train", batches=batches, lr=lr, max_norm=max_norm, **given)
    history = train.fit(model, drawn, steps=20, lr=lr, max_norm=max_norm)
    np.testing.assert_allclose(there["loss"], history.loss, rtol=0, atol=1e-9)
    np.testing.assert_allclose(there["accuracy"], history.accuracy, rtol=0, atol=1e-12)
    for name, values in model.params.items():
        got = there["net"][name.split(".")[1]]
        np.testing.assert_allclose(got, values.ravel(), rtol=0, atol=1e-9, err_msg=name)


def test_a_step_beyond_all_bounds_is_a_sentence_and_changes_nothing(page):
    model = network(4, np.random.default_rng(0))
    model.params["1.V"][...] = 1e308
    model.params["0.b"][...] = 40.0
    text = weights_text(model)
    there = page("diverge", text=text, sizes=sizes(model), words=[0, 1, 2])
    assert there["said"] == (
        "The loss, a gradient or a weight grew beyond all bounds at step 1, with a learning rate of 0.01."
    )
    assert there["text"] == text
    assert there["adam"]["steps"] == 0 and not np.any(there["adam"]["m"])
    assert not np.any(there["grads"]["all"])


def test_a_text_that_is_not_these_weights_is_refused_with_a_sentence(page):
    model = network(2, np.random.default_rng(0), 1.0, 3, 2)
    numbers = np.concatenate([values.ravel() for values in model.params.values()])

    def text(numbers):
        return base64.b64encode(np.asarray(numbers, "<f8").tobytes()).decode()

    texts = [text(numbers[:-1]), text([*numbers, 1.0]), "", "AAAA", "<b>no</b>"]
    texts += [text(np.where(numbers == numbers[7], bad, numbers)) for bad in (np.nan, np.inf)]
    count = len(numbers)
    assert page("refuse", texts=[*texts, text(numbers)], sizes=sizes(model)) == [
        f"weights: got {count - 1} numbers, expected {count}",
        f"weights: got {count + 1} numbers, expected {count}",
        f"weights: got 0 numbers, expected {count}",
        f"weights: got 0.375 numbers, expected {count}",
        "weights: got a text that is not base64, expected numbers in base64",
        "weights: got a number that is not finite, expected finite numbers",
        "weights: got a number that is not finite, expected finite numbers",
        None,
    ]
