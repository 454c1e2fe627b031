"""The choices that scripts/frontends.py makes; `make test-frontends` runs the lessons themselves."""

import os
import sys

import pytest
from packaging.requirements import Requirement

from scripts import frontends

OWN = sys.version_info[:2]
NAME = "python{}.{}".format(*OWN)


def program(folder, text):
    folder.mkdir()
    path = folder / NAME
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_python_that_does_not_start_is_passed_over_for_the_next_of_its_name(tmp_path):
    shim = program(tmp_path / "shims", f"echo '{NAME}: command not found' >&2; exit 127")
    works = program(tmp_path / "bin", f'exec "{sys.executable}" "$@"')
    assert frontends.usable([shim, works]) == {OWN: works}


@pytest.mark.parametrize("says", ["3 12 beta", "3 9 final", "2 7 final"])
def test_a_python_that_is_unfinished_or_too_old_is_not_used(tmp_path, says):
    assert frontends.usable([program(tmp_path / "bin", f"echo {says}")]) == {}


def test_a_python_is_looked_for_on_path_and_the_one_that_runs_is_there_too(tmp_path, monkeypatch):
    path = program(tmp_path / "bin", "exit 1")
    (tmp_path / "bin" / f"{NAME}-config").touch()
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "absent"), str(path.parent)]))
    assert [str(found) for found in frontends.candidates()] == [str(path), sys.executable]


def test_each_front_end_is_tested_with_its_own_python_and_newest_with_the_newest_there_is():
    found = [(3, 11), (3, 15), (3, 12)]
    versions = {name: frontends.version_for(name, found) for name in frontends.NAMES}
    assert versions == {"colab": (3, 13), "binder": (3, 12), "oldest": (3, 10), "newest": (3, 15)}


def test_the_oldest_packages_are_the_lower_bounds_of_the_dependencies():
    assert frontends.lowest(["one>=1.2", "two>=0.3.1,<9"]) == ["one==1.2", "two==0.3.1"]
    with pytest.raises(SystemExit, match="not 'three<4'"):
        frontends.lowest(["three<4"])


@pytest.mark.parametrize("name", frontends.NAMES)
def test_the_versions_that_a_front_end_has_are_in_the_ranges_that_the_package_asks_for(name):
    pins = {pin.name: pin for pin in map(Requirement, frontends.pins(name))}
    for needed in map(Requirement, frontends.PROJECT["dependencies"]):
        for part in pins[needed.name].specifier if needed.name in pins else []:
            assert part.version in needed.specifier, f"{pins[needed.name]} is not {needed}"


def test_colab_has_all_that_the_package_needs_because_there_nothing_else_is_installed():
    needed = {Requirement(line).name for line in frontends.PROJECT["dependencies"]}
    assert needed <= {Requirement(line).name for line in frontends.pins("colab")}


def test_what_is_missing_is_said_and_is_a_failure_only_if_it_was_asked_for(monkeypatch, capsys):
    monkeypatch.setattr(frontends, "candidates", list)
    monkeypatch.setattr(frontends, "usable", lambda paths: {(3, 9): None})
    monkeypatch.setattr(frontends, "NAMES", ["colab", "binder"])
    for arguments, code, end in [([], 0, " 2 skipped in "), (["colab"], 1, " 1 error in ")]:
        monkeypatch.setattr(sys, "argv", ["frontends", *arguments])
        with pytest.raises(SystemExit) as stopped:
            frontends.main()
        assert stopped.value.code == code
        said = capsys.readouterr().out
        assert "colab was NOT tested: Python 3.13 is missing." in said
        assert end in said.splitlines()[-1]
