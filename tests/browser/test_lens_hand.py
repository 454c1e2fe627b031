"""A lens under the mouse and the keys: the page computes what it shows, and Python hears of it."""

import itertools

import pytest

from lstm_lessons import GradientLens
from tests.hands import until

pytestmark = pytest.mark.browser
LENSES = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
NAMES = {
    "radius": "ρ, spectral radius",
    "activation": "activation",
    "scale": "s, recurrent scale",
    "forget_bias": "b_f, forget bias",
    "update_bias": "b_z, update bias",
    "steps": "T, steps",
    "seed": "seed",
}
# The boxes of the lines' names, and of the picture.
BOXES = """(svg) => [svg, ...svg.querySelectorAll("text[paint-order]")].map((node) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return [left, right, top, bottom];
})"""


def shown(desk, lens, kernel=True):
    desk.show(lens, kernel)
    root = desk.page.locator(".lesson-lens").last
    root.locator(".lens-plot path[d]").first.wait_for(state="attached")
    return root


LOOK = """(root) => {
    const [svg, sentence] = [".lens-plot > svg", ".lens-sentence"].map((it) => root.querySelector(it));
    return [svg.outerHTML, sentence.textContent, svg.role, svg.ariaLabel];
}"""


def picture(root):
    """What is drawn, and the sentence, which is its name as well."""
    drawn, sentence, role, label = root.evaluate(LOOK)
    assert (role, label) == ("img", sentence)
    return drawn, sentence


def moved(root, before):
    until(lambda: picture(root) != before)
    return picture(root)


def heard(desk, condition):
    """Wait for Python, which hears while the page is asked for something."""
    until(lambda: desk.page.evaluate("() => true") and condition())


def slider(root, name):
    return root.get_by_role("slider", name=NAMES[name], exact=True)


@LENSES
def test_each_slider_follows_the_keys_and_the_mouse_and_python_hears(desk, cell):
    lens = GradientLens(cell, steps=50)
    root = shown(desk, lens)
    assert picture(root)[1] == lens.sentence
    for name, knob in lens.controls.items():
        if name == "activation":
            continue
        handle, low = slider(root, name), knob.min
        for key, value in [("End", knob.max), ("ArrowLeft", knob.max - knob.step), ("Home", low)]:
            before = picture(root)
            handle.press(key)
            moved(root, before)
            heard(desk, lambda knob=knob, value=value: knob.value == pytest.approx(value))
            assert picture(root)[1] == lens.sentence
        before = picture(root)
        box = handle.bounding_box()
        y, width = (
            box["y"] + box["height"] / 2,
            box["width"] - 16,
        )  # the handle's middle stays within
        desk.page.mouse.move(box["x"] + 8 + width, y)
        desk.page.mouse.down()
        desk.page.mouse.move(box["x"] + 8 + 0.3 * width, y, steps=5)
        desk.page.mouse.up()
        moved(root, before)
        goal = low + 0.3 * (knob.max - low)
        heard(desk, lambda knob=knob, goal=goal: abs(knob.value - goal) <= knob.step)
        heard(desk, lambda: picture(root)[1] == lens.sentence)
        label = NAMES[name].partition(",")[0]
        text = handle.get_attribute("aria-valuetext").replace("−", "-")
        assert text.startswith(f"{label} ")
        assert float(text.removeprefix(label)) == pytest.approx(knob.value)


def test_the_activation_and_the_kind_of_picture_are_chosen_by_keys(desk):
    lens = GradientLens("rnn", radius=1.5)
    root = shown(desk, lens)
    before = picture(root)
    choice = root.get_by_role("combobox", name="activation")
    choice.press("l")  # a select goes to the option that begins with it
    before = moved(root, before)
    heard(desk, lambda: lens.activation == "linear")
    assert before[1] == lens.sentence and "it explodes." in before[1]
    choice.press("Home")
    before = moved(root, before)
    root.get_by_role("radio", name="root mean square").press("ArrowRight")
    drawn, said = moved(root, before)
    heard(desk, lambda: lens.picture == "singular values")
    singular = lens.singular_values(**lens.values)[0]
    kept = sum(singular >= 0.01)
    assert f" {kept} of the 32 directions keep" in said
    assert root.locator(".lens-note").text_content().count("∂h₁₀₀/∂hₜ") == 1
    assert all(name in drawn for name in ("largest", "root mean square", "median"))


def test_the_page_follows_what_python_sets(desk):
    lens = GradientLens("lstm")
    root = shown(desk, lens)
    before = picture(root)
    lens.controls["forget_bias"].value = 4.0
    before = moved(root, before)
    assert before[1] == lens.sentence and "∂c₁₀₀" in before[0]
    assert slider(root, "forget_bias").input_value() == "4"
    lens.steps = 30
    before = moved(root, before)
    assert before[1] == lens.sentence and "∂c₃₀" in before[0]
    lens.picture = "singular values"
    moved(root, before)
    assert root.get_by_role("radio", name="singular values").is_checked()


@LENSES
def test_it_is_alive_without_a_kernel_and_a_phrase_can_move_it(desk, cell):
    root = shown(desk, GradientLens(cell), kernel=False)
    before = picture(root)
    name = next(iter(GradientLens(cell).controls))
    put = "(input) => { input.value = '2'; input.dispatchEvent(new Event('input')); }"
    root.locator(f"[data-name={name}]").evaluate(put)  # as the site's phrases do it
    moved(root, before)
    assert picture(root)[1] == GradientLens(cell, **{name: 2}).sentence


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("radius", 7, "radius: got 7, expected a number from 0 to 3"),
        ("radius", None, "radius: got null, expected a number from 0 to 3"),
        ("steps", 10.5, "steps: got 10.5, expected a whole number from 10 to 100"),
        ("activation", "<img>", "activation: got <img>, expected one of tanh, relu, linear"),
        ("picture", "x", "picture: got x, expected one of root mean square, singular values"),
    ],
)
def test_what_cannot_be_is_named_and_the_last_picture_stays(desk, name, value, said):
    lens = GradientLens("rnn", radius=1.2)
    root = shown(desk, lens)
    before = picture(root)
    given = [lens.model_id, {"method": "update", "state": {name: value}}]
    desk.page.evaluate("(given) => fromPython(...given)", given)
    note = root.locator(".lens-note")
    until(lambda: note.text_content() == said)
    assert picture(root) == before
    slider(root, "radius").press("ArrowRight")
    moved(root, before)
    assert note.text_content() == ""


@LENSES
@pytest.mark.parametrize("width", [1400, 390])
def test_names_stand_apart_and_inside_and_nothing_is_wider_than_the_page(desk, cell, width):
    lens = GradientLens(cell)
    desk.page.set_viewport_size({"width": width, "height": 900})
    root = shown(desk, lens)
    main = next(iter(lens.controls))
    knob = lens.controls[main]
    for view in ("singular values", "root mean square"):
        lens.picture = view
        for steps, at in itertools.product((10, 100), (0, 0.25, 0.5, 1)):
            lens.steps, knob.value = steps, knob.min + at * (knob.max - knob.min)
            desk.page.evaluate(
                "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
            )
            edge, *names = root.locator(".lens-plot > svg").evaluate(BOXES)
            assert len(names) == (3 if view == "singular values" else len(lens.lines))
            for left, right, top, bottom in names:
                assert edge[0] <= left and right <= edge[1] and edge[2] <= top and bottom <= edge[3]
            names.sort(key=lambda box: box[2])
            for above, below in itertools.pairwise(names):
                # A line of letters has room above and below them.
                assert below[2] >= above[3] - 3 or below[0] > above[1] or above[0] > below[1]
    wide = "document.documentElement.scrollWidth - window.innerWidth"
    assert desk.page.evaluate(wide) <= 0


def test_a_lens_that_has_left_the_page_hears_nothing_more(desk):
    lens = GradientLens("gru")
    root = shown(desk, lens)
    before = picture(root)
    desk.leave(lens)
    lens.seed = 5
    desk.page.wait_for_timeout(100)
    assert picture(root) == before
