"""What the tests of pictures have in common."""

import numpy as np
import pytest


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
