"""The tree of a scan: what its joins compute, how many they are, what it refuses; JavaScript against it."""

import itertools
import math
import subprocess

import numpy as np
import pytest

from lstm_lessons import ScanTree, cells, pictures
from lstm_lessons.widgets.base import script
from lstm_lessons.widgets.scan import SCHEMES, by_hand, nodes

LENGTHS = range(1, 17)
WHOLE = ("loop", "prefixes", "sweeps")  # the schemes that make every state
T_AND_SCHEME = pytest.mark.parametrize(
    ("T", "scheme"), list(itertools.product(LENGTHS, [*SCHEMES, "own"]))
)


def drawn(T, scheme):
    """Numbers at random and the nodes of a scheme; by hand all gaps in an order at random."""
    rng = np.random.default_rng([T, len(scheme)])
    f, b = rng.uniform(0, 1, T), rng.uniform(-1, 1, T)
    own = rng.permutation(np.arange(1, T))
    return f, b, nodes(f, b, by_hand(T, own) if scheme == "own" else SCHEMES[scheme](T))


def one_by_one(f, b):
    h = [0.0]
    for ft, bt in zip(f, b, strict=True):
        h.append(ft * h[-1] + bt)
    return h[1:]


def states(made):
    return {node.last: node.b for node in made if node.first == 1}


# --- what the joins compute


@T_AND_SCHEME
def test_a_node_is_what_its_own_steps_do_one_after_the_other(T, scheme):
    f, b, made = drawn(T, scheme)
    for node in made:
        steps = slice(node.first - 1, node.last)
        assert node.f == pytest.approx(np.prod(f[steps]), abs=1e-12)
        assert node.b == pytest.approx(one_by_one(f[steps], b[steps])[-1], abs=1e-12)


@T_AND_SCHEME
def test_a_join_is_of_two_neighbours_and_a_round_later_than_both(T, scheme):
    _, _, made = drawn(T, scheme)
    assert [node.parts for node in made[:T]] == [None] * T
    for node in made[T:]:
        one, two = (made[k] for k in node.parts)
        assert (one.first, one.last + 1, two.last) == (node.first, two.first, node.last)
        assert node.round == 1 + max(one.round, two.round)


@T_AND_SCHEME
def test_the_states_are_those_of_the_scan_and_of_a_plain_loop(T, scheme):
    f, b, made = drawn(T, scheme)
    reached = states(made)
    assert T in reached
    if scheme in WHOLE:
        assert sorted(reached) == list(range(1, T + 1))
    for expected in (cells.minimal.scan(f, b), one_by_one(f, b)):
        for step, h in reached.items():
            assert h == pytest.approx(expected[step - 1], abs=1e-12)


@pytest.mark.parametrize("T", LENGTHS)
def test_rounds_and_joins_are_as_many_as_is_known_of_each_scheme(T):
    counts = {}
    for scheme in SCHEMES:
        _, _, made = drawn(T, scheme)
        counts[scheme] = max(node.round for node in made), len(made) - T
    log = math.ceil(math.log2(T))
    assert counts["loop"] == (T - 1, T - 1)
    assert counts["halves"] == (log, T - 1)
    assert counts["prefixes"] == (log, T * log - (2**log - 1))
    rounds, joins = counts["sweeps"]
    assert rounds <= max(log, 2 * log - 2) and T - 1 <= joins <= 2 * T
    if T == 2**log and T > 2:
        assert counts["sweeps"] == (2 * log - 2, 2 * T - 2 - log)


@T_AND_SCHEME
def test_in_a_column_nothing_stands_between_a_node_and_the_join_that_it_goes_into(T, scheme):
    """So an edge may go down its column to the row above the join."""
    _, _, made = drawn(T, scheme)
    for node in made[T:]:
        for part in (made[k] for k in node.parts):
            between = [it for it in made if it.last == part.last and it is not node]
            assert not any(part.round < it.round < node.round for it in between)
    assert len({(node.last, node.round) for node in made}) == len(made)


# --- the widget's Python side


def test_a_tree_says_its_states_its_rounds_and_its_joins():
    tree = ScanTree([0.5, 0.5, 0.5, 1.0], [1.0, 0.0, 1.0, -1.0])
    assert (tree.rounds, tree.joins) == (3, 3)
    assert tree.h.tolist() == [1.0, 0.5, 1.25, 0.25]
    tree.scheme = "halves"
    assert (tree.rounds, tree.joins) == (2, 3)
    np.testing.assert_array_equal(tree.h, [1.0, 0.5, np.nan, 0.25])
    assert repr(tree) == (
        "ScanTree(scheme='halves'): 4 steps, 2 rounds, 3 joins, the last h is 0.25"
    )


def test_gaps_are_closed_in_their_order_and_those_beyond_the_steps_do_not_count():
    tree = ScanTree([0.5] * 4, [1.0] * 4, scheme="own")
    assert (tree.rounds, tree.joins) == (0, 0) and np.isnan(tree.h[-1])
    assert "no last h yet" in repr(tree)
    tree.own = [2, 9, 3]
    assert [(it.first, it.last, it.round) for it in tree.nodes[4:]] == [(2, 3, 1), (2, 4, 2)]
    tree.own = [2, 3, 1]
    assert tree.h[-1] == one_by_one(tree.f, tree.b)[-1] and tree.rounds == 3


def test_what_is_given_is_kept_and_the_rest_is_as_usual():
    usual = ScanTree()
    assert len(usual.f) == len(usual.b) == 8
    assert ScanTree(b=[0.25] * 3).f == usual.f[:3]
    given = ScanTree(f=np.full(12, 0.5))
    assert given.f == (0.5,) * 12 and given.b[:8] == usual.b


def test_a_row_that_gets_longer_or_shorter_takes_the_other_with_it():
    tree = ScanTree()
    b, heard = tree.b, []
    tree.f = [0.5] * 3
    assert tree.b == b[:3]
    tree.b = [0.125] * 10
    assert len(tree.f) == 10 and tree.f[:3] == (0.5,) * 3 and tree.f[3:8] == ScanTree().f[3:]
    tree.observe(lambda change: heard.append(change.name), ["f", "b"])
    tree.set_state({"f": [0.25] * 5, "b": [0.75] * 5})  # as a page does it, at once
    assert (tree.f, tree.b, sorted(heard)) == ((0.25,) * 5, (0.75,) * 5, ["b", "f"])


BAD = [
    (dict(f=[0.5, 1.5]), ValueError, "f: got 1.5, expected values from 0 to 1"),
    (dict(f=[0.5, -0.5]), ValueError, "f: got -0.5, expected values from 0 to 1"),
    (dict(b=[0.5, -1.5]), ValueError, "b: got -1.5, expected values from -1 to 1"),
    (dict(b=[0.5, np.nan]), ValueError, "b: got nan at index"),
    (dict(f=[0.5]), ValueError, "f: got 1 numbers, expected 2 to 16"),
    (dict(f=[0.5] * 17), ValueError, "f: got 17 numbers, expected 2 to 16"),
    (dict(f="0.5"), TypeError, "f: got '0.5', expected an array of real numbers"),
    (dict(f=[[0.5]]), ValueError, "f: got shape"),
    (dict(scheme="tree"), ValueError, "scheme: got 'tree', expected one of 'loop', 'halves'"),
]


@pytest.mark.parametrize(("bad", "error", "said"), BAD)
def test_what_a_tree_cannot_be_is_refused_and_nothing_moves(bad, error, said):
    with pytest.raises(error, match=said):
        ScanTree(**bad)
    tree = ScanTree(scheme="sweeps")
    before = tree.get_state()
    for put in (
        lambda: tree.set_state(dict(bad)),
        lambda: tree.set_trait(*next(iter(bad.items()))),
    ):
        with pytest.raises(error, match=said):
            put()
        assert tree.get_state() == before


@pytest.mark.parametrize("own", [[0], [16], [1, 1], [1.0], [True], ["1"], None, 3, [None]])
def test_gaps_that_there_are_not_are_refused(own):
    tree = ScanTree(scheme="own")
    tree.own = (2, 1)
    with pytest.raises(ValueError, match="own: got .*, expected different whole numbers from 1 to"):
        tree.own = own
    assert tree.own == (2, 1)


def test_two_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"b: got shape \(3,\), expected \(2,\)"):
        ScanTree([0.5] * 2, [0.5] * 3)


@pytest.mark.parametrize("T", [2, 8, 16])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_its_still_has_the_numbers_of_each_node_apart(T, scheme, stands_free, fits):
    tree = ScanTree(np.resize([0.9, 1.0, 0.25], T), np.resize([-0.5, 1.0], T), scheme)
    figure = tree.still()
    pictures.png(figure)
    (ax,) = figure.axes
    boxes = [text.get_text() for text in ax.texts[:-1]]
    number = "{:.2f}".format
    expected = [f"{number(it.f)}\n{number(it.b)}".replace("-", "−") for it in tree.nodes]
    assert [text.partition("\n")[2] for text in boxes] == expected
    assert f"{tree.rounds} round" in ax.texts[-1].get_text()
    stands_free(figure, ax.texts)
    fits(figure)
    fits(figure.for_phone())
    assert figure.alt == repr(tree)


# --- the JavaScript

ASK = """
export function scanned({ f, b, scheme, own, letter = "f", step = 1 }) {
  const nodes = nodesOf(f, b, joinsOf(scheme, f.length, own));
  const result = resultOf(f, b, nodes);
  const value = { f, b }[letter][step - 1];
  const said = sayScan({ scheme, letter, step, value, nodes, result });
  const joined = nodes.filter(({ parts }) => parts).map((node) => sayJoin(nodes, node));
  const gaps = gapsOf(nodes).map(gapLabel);
  return { nodes, result, said, joined, gaps };
}
export const all = ({ asked }) => asked.map(scanned);
export const possible = ({ asked }) => asked.map((one) => isScan(one, [{ low: 0 }, { low: -1 }]));
"""


@pytest.fixture(scope="module")
def model(in_node):
    return in_node("scan_model", ASK)


def test_the_script_with_what_it_imports_is_one_module_that_runs_alone(node, tmp_path):
    (tmp_path / "joined.mjs").write_text(script("scan_tree"), encoding="utf-8")
    load = "import('./joined.mjs').then((made) => console.log(made.default))"
    done = subprocess.run([node, "-e", load], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "{ render: [Function: render] }\n", done.stderr


def test_javascript_and_python_make_the_same_nodes(model):
    rng, trees = np.random.default_rng(1), []
    for T, scheme in itertools.product(LENGTHS[1:], [*SCHEMES, "own", "own"]):
        tree = ScanTree(rng.uniform(0, 1, T), rng.uniform(-1, 1, T), scheme)
        tree.own = rng.permutation(np.arange(1, 16))[: rng.integers(16)]
        trees.append(tree)
    asked = [dict(f=it.f, b=it.b, scheme=it.scheme, own=it.own) for it in trees]
    for tree, answer in zip(trees, model("all", asked=asked), strict=True):
        for there, here in zip(answer["nodes"], tree.nodes, strict=True):
            parts = tuple(there["parts"]) if "parts" in there else None
            assert (there["first"], there["last"], there["round"], parts) == (
                *(here.first, here.last, here.round, here.parts),
            )
            assert [there["f"], there["b"]] == pytest.approx([here.f, here.b], abs=1e-15)
        result, h = answer["result"], tree.h
        there = np.array(result["h"], float)
        np.testing.assert_allclose(there, h, rtol=0, atol=1e-15)
        assert (result["rounds"], result["joins"]) == (tree.rounds, tree.joins)
        assert result["reached"] == np.sum(np.isfinite(h))
        off = np.nanmax(np.abs(there - one_by_one(tree.f, tree.b)))
        assert result["off"] == pytest.approx(off, abs=1e-18) and off < 1e-14


def test_the_sentences_say_what_was_computed(model):
    given = dict(f=[0.5] * 4, b=[1, 0, -0.75, -1], step=3)
    said = [
        model("scanned", scheme=scheme, own=own, letter=letter, **given)
        for scheme, own, letter in [
            ("loop", [], "f"),
            ("halves", [], "b"),
            ("own", [2], "f"),
            ("own", [], "f"),
        ]
    ]
    assert [it["said"] for it in said] == [
        "f at step 3 is 0.50: it goes into 2 of 3 joins."
        " The last h is −1.25, in 3 rounds and 3 joins, one after the other.",
        "b at step 3 is −0.75: it goes into 2 of 3 joins. The last h is −1.25, in 2 rounds and"
        " 3 joins; one after the other takes 3 rounds and 3 joins."
        " 3 of the 4 states come out, the same as one after the other.",
        "f at step 3 is 0.50: it goes into 1 of 1 join."
        " There are 3 pieces left, after 1 round and 1 join; the last h needs one.",
        "f at step 3 is 0.50."
        " There are 4 pieces left, after 0 rounds and 0 joins; the last h needs one.",
    ]
    assert said[1]["joined"] == [
        "Step 2 after step 1: f = 0.500 · 0.500 = 0.250, b = 0.500 · 1.000 + 0.000 = 0.500.",
        "Step 4 after step 3: f = 0.500 · 0.500 = 0.250, b = 0.500 · (−0.750) − 1.000 = −1.375.",
        "Steps 3 to 4 after steps 1 to 2: f = 0.250 · 0.250 = 0.063,"
        " b = 0.250 · 0.500 − 1.375 = −1.250.",
    ]
    assert said[2]["gaps"] == ["Join step 1 and steps 2 to 3", "Join steps 2 to 3 and step 4"]


def test_where_roundings_differ_the_sentence_says_by_how_much(model):
    rng = np.random.default_rng(0)
    f, b = rng.uniform(0.5, 1, 16).tolist(), rng.uniform(-1, 1, 16).tolist()
    answer = model("scanned", f=f, b=b, scheme="halves", own=[])
    off = f"{answer['result']['off']:.0e}".replace("-", "−").replace("e−0", "e−")
    assert answer["result"]["off"] > 0
    assert f"but for {off[0]}" in answer["said"] and answer["said"].endswith(" at most.")


def test_the_page_takes_what_python_takes_and_nothing_else(model):
    good = dict(f=[0.5, 1], b=[-1, 0], scheme="own", own=[15, 1])
    bad = [
        *({**good, **one} for one, _, _ in BAD[:3]),
        *({**good, **one} for one, _, _ in BAD[4:7]),
        *({**good, "own": own} for own in ([0], [16], [1, 1], [0.5], ["1"], None, 3, [None])),
        *({**good, "scheme": scheme} for scheme in ("tree", None, "toString")),
        {**good, "b": [0.5] * 3},
        {**good, "f": None},
        {**good, "f": [None, 1]},
    ]
    assert model("possible", asked=[good, *bad]) == [True] + [False] * len(bad)
