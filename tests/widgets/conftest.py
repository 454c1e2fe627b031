"""What the tests of pictures have in common, and those of the JavaScript that node runs."""

import json
import subprocess

import numpy as np
import pytest

from lstm_lessons.widgets.base import script


@pytest.fixture
def stands_free():
    """Call it with a figure and its texts: none may leave the picture or cover another."""

    def stands_free(figure, texts):
        boxes = [text.get_window_extent() for text in texts]
        for k, box in enumerate(boxes):
            assert np.all(box.min >= 0) and np.all(box.max <= figure.bbox.max), texts[k]
            assert not any(box.overlaps(other) for other in boxes[:k]), texts[k]

    return stands_free


@pytest.fixture
def fits():
    """Call it with a figure: nothing of it, the words at its axes included, may be cut off."""

    def fits(figure):
        figure.canvas.draw()
        tight, size = figure.get_tightbbox(), figure.get_size_inches()
        assert min(tight.x0, tight.y0) > -0.01 and np.all(tight.max < size + 0.01)

    return fits


RUN = """
import { readFileSync } from "node:fs";
import * as all from "./all.mjs";
const { ask, given } = JSON.parse(readFileSync(0, "utf8"));
const plain = (value) => ArrayBuffer.isView(value) ? Array.from(value) : value;
console.log(JSON.stringify(all[ask](given), (_, value) => plain(value)));
"""


@pytest.fixture(scope="module")
def in_node(node, tmp_path_factory):
    """Call it with a script's name and what is put after it, for a function that runs a name of that.

    It is called with the name and what is given, and returns the answer; both go as JSON.
    """

    def in_node(name, after):
        folder = tmp_path_factory.mktemp("node")
        (folder / "all.mjs").write_text(script(name) + after, encoding="utf-8")
        (folder / "run.mjs").write_text(RUN, encoding="utf-8")

        def run(ask, **given):
            done = subprocess.run(
                [node, folder / "run.mjs"],
                input=json.dumps({"ask": ask, "given": given}),
                capture_output=True,
                text=True,
                encoding="utf-8",
            )
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        return run

    return in_node
