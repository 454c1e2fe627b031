"""What the tests of the course share: what is solved and heard, and what a check prints."""

import pytest

from lstm_lessons.course import exercise


@pytest.fixture(autouse=True)
def heard(monkeypatch):
    """The names that were heard so far; nothing is solved at first, and nothing is left behind."""
    names = []
    monkeypatch.setattr(exercise, "solved", set())
    exercise.listen(names.append)
    yield names
    exercise.listen(None)


@pytest.fixture
def said(capsys):
    """What a check or a solution prints: one line."""

    def said(method, *answers, **named):
        assert method(*answers, **named) is None
        line = capsys.readouterr().out
        assert line.endswith("\n") and line.count("\n") == 1
        return line.rstrip("\n")

    return said
