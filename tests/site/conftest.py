"""The site, built anew and served on this machine."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from scripts.website import lite, pages


@pytest.fixture(scope="session")
def site(tmp_path_factory, untested: Callable, serve: Callable) -> SimpleNamespace:
    """The site: its .folder and .url."""
    folder = tmp_path_factory.mktemp("built") / "site"
    pages.build(folder)
    try:
        lite.build(folder / "lite")
    except lite.Offline as error:
        untested(f"the site was NOT tested: {str(error).strip().splitlines()[-1]}")
    return SimpleNamespace(folder=folder, url=serve(folder))
