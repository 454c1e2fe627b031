"""How the site is built from the pages that scripts/website/pages.py writes, and names and dates it says."""

import re
import textwrap
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert

from lstm_lessons.course import LESSONS
from scripts.website.images import SENTENCE

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "src" / "lstm_lessons"

extensions = ["myst_nb", "sphinx.ext.autodoc"]
nb_execution_mode = "off"  # they were run before
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
myst_heading_slug_func = "scripts.jupyter.anchor"
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it with shapes
html_math_renderer = "mathml"
html_theme = "furo"
html_title = "LSTM Lessons"
html_favicon = str(HERE / "favicon.svg")
html_copy_source = False
html_show_copyright = False  # the foot of the page says more
html_show_sphinx = False
html_use_index = False  # of all names: the search finds them
html_domain_indices = False
templates_path = ["templates"]
# The widgets' own files, wherever they lie in the package; the site's come last and have the last word.
widgets = sorted(path for kind in ("js", "css") for path in PACKAGE.rglob(f"*.{kind}"))
html_static_path = [str(path) for path in (HERE / "live", *widgets)]
html_css_files = [path.name for path in widgets if path.suffix == ".css"] + ["live.css"]
html_js_files = [("live.js", {"type": "module"})]
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "github-dark"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0f5fa8",
        "color-brand-content": "#0f5fa8",
        "color-code-background": "#f4f5f7",
    },
    "dark_css_variables": {"color-brand-primary": "#79b8ff", "color-brand-content": "#79b8ff"},
}
SUBTITLE = "an interactive course on RNN, LSTM and GRU"
IDEA = " ".join(SENTENCE.split())


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


# What others show of a page: its title, and a sentence or two on it. A lesson's is its question. Two
# of the words that Sphinx and MyST have for screen readers are wanting.
def head(app, name, template, context, doctree):
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace(
        'role="heading"', 'role="heading" aria-level="2"'
    )
    if "body" in context:
        context["body"] = context["body"].replace(' aria-label="Toggle hidden content"', "")
    context["metatags"] = ""  # docutils' own, a second viewport
    context["card_alt"] = IDEA
    context["site"] = app.config.html_baseurl
    title = re.sub("<.*?>", "", context.get("title") or "Search")
    front = name == app.config.root_doc
    context["page_title"] = (
        f"{app.config.project}: {SUBTITLE}" if front else f"{title} – {app.config.project}"
    )
    lesson = next((lesson for lesson in LESSONS if lesson.notebook == name), None)
    if lesson:
        place = f"Lesson {lesson.number} of {len(LESSONS)}"
        context["description"] = f"{lesson.question} {place} on recurrent networks. {IDEA}"
    else:
        paragraph = doctree and doctree.next_node(nodes.paragraph)
        text = paragraph.astext() if paragraph else IDEA
        context["description"] = textwrap.shorten(text, 240, placeholder=" …")
    if name in ("404", "search"):  # no place to send anybody
        context["pageurl"] = None
    elif front and context["pageurl"]:
        context["pageurl"] = app.config.html_baseurl


def sitemap(app, error):
    if error or not app.config.html_baseurl:
        return
    names = sorted(app.env.found_docs - {"404", app.config.root_doc})
    pages = ["", *(f"{name}.html" for name in names)]
    urls = "".join(f"<url><loc>{app.config.html_baseurl}{page}</loc></url>" for page in pages)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>\n'
    Path(app.outdir, "sitemap.xml").write_text(text, encoding="utf-8")


def setup(app):
    app.connect("html-page-context", head, priority=900)  # after the theme
    app.connect("build-finished", sitemap)
    app.connect("autodoc-process-docstring", plain)
    app.config.html_static_path.append(str(Path(app.srcdir) / "_static"))  # the pictures
    app.add_html_math_renderer("mathml", (inline_math, None), (block_math, None))
