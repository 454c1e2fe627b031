"""A cell that runs again closes what it made before, and nothing else."""

from functools import partial
from types import SimpleNamespace

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from lstm_lessons.widgets import reruns

ONE, TWO = {"cellId": "one"}, {"cellId": "two"}


@pytest.fixture
def run(monkeypatch):
    """Call it with a request's metadata and id, and things to keep; it gives the closed ones."""
    closed, request = [], {}
    kernel = SimpleNamespace(get_parent=lambda: request)
    monkeypatch.setattr(reruns, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
    monkeypatch.setattr(reruns, "_kept", {})

    def run(metadata, msg_id, *names):
        request.update(metadata=metadata, header={"msg_id": msg_id})
        closed.clear()
        for name in names:
            reruns.keep(partial(closed.append, name))
        return list(closed)

    return run


def test_a_cell_s_next_run_closes_what_its_last_one_kept_and_nothing_of_another(run):
    assert run(ONE, "1", "a", "b") == []
    assert run(TWO, "2", "c") == []
    assert run(ONE, "3", "d", "e") == ["a", "b"]
    assert run(ONE, "4", "f") == ["d", "e"]
    assert run(TWO, "5", "g") == ["c"]


@pytest.mark.parametrize(
    ("shell", "metadata"),  # a slider's message or a plain client, no IPython, a terminal's
    [(None, {}), (None, {"cellId": ""}), (lambda: None, ONE), (SimpleNamespace, ONE)],
)
def test_where_no_cell_is_known_nothing_is_closed(run, monkeypatch, shell, metadata):
    monkeypatch.setattr(reruns, "get_ipython", shell or reruns.get_ipython)
    assert run(metadata, "1", "a") == run(metadata, "2", "b") == []


LENS = """lens = GradientLens("rnn", steps=10)
lenses.append(lens)
print([one.comm is not None for one in lenses])
lens"""


def test_in_a_kernel_a_cell_that_shows_a_lens_again_lets_the_earlier_one_go():
    own = KernelSpecManager(kernel_dirs=[], ensure_native_kernel=True)
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=own)
    manager.start_kernel(extra_arguments=["--log-level=ERROR"])
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)

        def execute(code, cell):
            content = dict(code=code, silent=False, store_history=True)
            message = client.session.msg("execute_request", content, metadata={"cellId": cell})
            client.shell_channel.send(message)
            printed = ""
            while True:
                reply = client.get_iopub_msg(timeout=60)
                if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                    continue
                assert reply["msg_type"] != "error", reply["content"]
                printed += reply["content"].get("text", "")
                if reply["content"].get("execution_state") == "idle":
                    return printed

        execute("from lstm_lessons import GradientLens\nlenses = []", "first")
        assert execute(LENS, "one") == "[True]\n"
        assert execute(LENS, "two") == "[True, True]\n"
        assert execute(LENS, "one") == "[False, True, True]\n"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
