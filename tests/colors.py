"""How bright a colour is, and how far it stands out from another (WCAG 2)."""

import numpy as np
from matplotlib.colors import to_rgb

XYZ = np.array(  # from linear sRGB, D65; the second row is the luminance
    [[0.41246, 0.35758, 0.18044], [0.21267, 0.71515, 0.07217], [0.01933, 0.11919, 0.95030]]
)


def linear(color):
    v = np.array(to_rgb(color))
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    low, high = sorted(XYZ[1] @ linear(color) + 0.05 for color in (one, other))
    return high / low
