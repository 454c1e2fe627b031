"""How the site is built from the pages that scripts/website/pages.py writes."""

import re
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "src" / "lstm_lessons"

project = "LSTM Lessons"
author = "The LSTM Lessons authors"
copyright = "CC BY 4.0, " + author
extensions = ["myst_nb", "sphinx.ext.autodoc"]
nb_execution_mode = "off"  # they were run before
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
myst_heading_slug_func = "scripts.jupyter.anchor"
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it with shapes
python_maximum_signature_line_length = 80
html_math_renderer = "mathml"
html_theme = "furo"
html_title = project
html_favicon = str(HERE / "favicon.svg")
html_copy_source = False
html_show_sphinx = False
# The widgets' own files, wherever they lie in the package; the site's come last and have the last word.
widgets = sorted(path for kind in ("js", "css") for path in PACKAGE.rglob(f"*.{kind}"))
html_static_path = [str(path) for path in (HERE / "live", *widgets)]
html_css_files = [path.name for path in widgets if path.suffix == ".css"] + ["live.css"]
html_js_files = [("live.js", {"type": "module"})]
pygments_style = "friendly"
pygments_dark_style = "github-dark"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#b3261e", "color-brand-content": "#0f5fa8"},
    "dark_css_variables": {"color-brand-primary": "#ff8a7a", "color-brand-content": "#79b8ff"},
}


# Formulas become MathML, which browsers draw themselves: no script, nothing to load. Neither Sphinx
# nor MyST makes it, so latex2mathml does.
def inline_math(self, node):
    self.body.append(convert(node.astext()))
    raise nodes.SkipNode


def block_math(self, node):
    self.body.append(f'<div class="math">{convert(node.astext(), display="block")}</div>\n')
    raise nodes.SkipNode


# Docstrings are plain prose with code in backticks, and with formulas set in: no reStructuredText.
def plain(app, what, name, obj, options, lines):
    paragraphs = re.split(r"\n\s*\n", "\n".join(lines).strip())
    for k, paragraph in enumerate(paragraphs):
        if re.search(r"^ ", paragraph, re.MULTILINE):
            paragraphs[k] = "::\n\n" + re.sub(r"^", "   ", paragraph, flags=re.MULTILINE)
        else:
            words = re.split(r"`+(.+?)`+", paragraph)
            words[::2] = [re.sub(r"([\\*|_])", r"\\\1", text) for text in words[::2]]
            words[1::2] = [f"``{code}``" for code in words[1::2]]
            paragraphs[k] = "".join(words)
    lines[:] = "\n\n".join(paragraphs).split("\n")


def setup(app):
    app.connect("autodoc-process-docstring", plain)
    app.config.html_static_path.append(str(Path(app.srcdir) / "_static"))  # the pictures
    app.add_html_math_renderer("mathml", (inline_math, None), (block_math, None))
