"""How far a run is: counted, told, and drawn."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from qirjit_magic.display.progress import describe, is_long, progress_html
from qirjit_magic.display.terminal import TerminalBar
from qirjit_magic.protocol.messages import Progress
from qirjit_magic.protocol.shared_memory import RecordMemory, Word
from qirjit_magic.session.runs.watcher import ProgressReporter, RunWatcher


class _Run:
    """A run of a hundred shots under a clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.told: list[Progress] = []
        self.reporter = ProgressReporter(100, self.told.append, lambda: self.now)

    def look(self, after: float, done: int) -> Progress | None:
        """What is told when so many shots are done after so many seconds."""
        self.now += after
        before = len(self.told)
        self.reporter.update(done)
        return self.told[-1] if len(self.told) > before else None


@pytest.fixture
def run() -> _Run:
    return _Run()


# -- the arithmetic ------------------------------------------------------------------------------------------------


def test_rate_and_time_left_are_those_since_the_beginning(run: _Run) -> None:
    assert run.look(2.0, 20) == Progress(20, 100, 2.0, 10.0, 8.0)
    assert run.look(1.0, 45) == Progress(45, 100, 3.0, 15.0, 55 / 15)


def test_before_the_first_shot_is_finished_nobody_knows_how_long_it_takes(run: _Run) -> None:
    assert run.look(3.0, 0) == Progress(0, 100, 3.0, 0.0, None)


def test_only_the_last_seconds_make_the_rate(run: _Run) -> None:
    for _ in range(10):
        run.look(1.0, 0)
    for done in range(1, 7):
        last = run.look(1.0, 10 * done)
    assert last == Progress(60, 100, 16.0, 10.0, 4.0)
    for _ in range(6):
        last = run.look(1.0, 60)
    assert last == Progress(60, 100, 22.0, 0.0, None)  # it hangs


def test_it_is_told_ten_times_a_second_at_most(run: _Run) -> None:
    told = [run.look(0.01, done) for done in range(100)]
    assert 9 <= sum(progress is not None for progress in told) <= 10


@given(st.lists(st.integers(0, 2**64 - 1), max_size=20), st.integers(0, 100))
def test_whatever_the_process_says_shots_only_grow_and_are_no_more_than_asked_for(said: list[int], end: int) -> None:
    run = _Run()
    for done in said:
        run.look(0.2, done)
    run.reporter.end(end)
    counts = [progress.done for progress in run.told]
    assert counts[:-1] == sorted(counts[:-1])
    assert counts[-1] == end
    assert all(0 <= progress.done <= 100 for progress in run.told)
    assert all(progress.rate >= 0 and (progress.left is None or progress.left >= 0) for progress in run.told)
    assert [progress.ended for progress in run.told] == [False] * len(said) + [True]


def test_the_end_is_told_at_once_with_the_rate_of_the_whole_run(run: _Run) -> None:
    run.look(4.0, 10)
    run.now += 0.01
    run.reporter.end(100)
    seconds = run.now - 1000.0
    assert run.told[-1] == Progress(100, 100, seconds, 100 / seconds, 0.0, ended=True)


def test_a_run_that_stops_early_has_no_time_left_that_anybody_knows(run: _Run) -> None:
    run.now += 2.0
    run.reporter.end(50)
    assert run.told == [Progress(50, 100, 2.0, 25.0, None, ended=True)]


def test_whoever_could_not_take_one_is_not_told_the_end() -> None:
    told: list[Progress] = []

    def refuse(progress: Progress) -> None:
        told.append(progress)
        raise BrokenPipeError

    reporter = ProgressReporter(100, refuse, iter([0.0, 1.0]).__next__)
    with pytest.raises(BrokenPipeError):
        reporter.update(1)
    reporter.end(1)
    assert len(told) == 1


def test_a_run_that_took_no_time_has_no_rate(run: _Run) -> None:
    run.reporter.end(0)
    assert run.told == [Progress(0, 100, 0.0, 0.0, None, ended=True)]


def test_a_watch_knows_the_shot_that_is_run(memory: RecordMemory) -> None:
    watch = RunWatcher(memory, lambda _: None, stop=lambda: None, timeout_s=None)
    assert watch.done == 0
    memory.put_word(Word.SHOT, 7)
    assert watch.done == 7


# -- in words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(0, 1000, 2.04), "0 of 1,000 shots · 2.0 s so far"),
        (Progress(450, 1000, 2.0, 190.4, 2.89), "450 of 1,000 shots · 190 shots/s · 2.9 s left"),
        (Progress(450, 1000, 2.0, 0.0, None), "450 of 1,000 shots"),
        (Progress(1, 10**7, 2.0, 1_904_321, 59.4), "1 of 10,000,000 shots · 1,900,000 shots/s · 59 s left"),
        (Progress(1, 9, 2.0, 1.9043, 60.1), "1 of 9 shots · 1.90 shots/s · 1 min 00 s left"),
        (Progress(1, 9, 2.0, 0.0119, 3720), "1 of 9 shots · 0.012 shots/s · 1 h 02 min left"),
        (Progress(1, 9, 2.0, 12.34, 3e7), "1 of 9 shots · 12.3 shots/s · 347 days left"),
        (Progress(1, 1, 75.2, 0.0133, 0.0, ended=True), "1 shot in 1 min 15 s · 0.013 shots/s"),
        (Progress(3, 1000, 5.0, 0.6, None, ended=True), "3 of 1,000 shots in 5.0 s · 0.600 shots/s"),
        (Progress(0, 1000, 12.0, 0.0, None, ended=True), "0 of 1,000 shots in 12 s"),
    ],
)
def test_progress_in_words(progress: Progress, words: str) -> None:
    assert describe(progress) == words
    assert words in progress_html(progress)


def test_a_page_has_a_bar_while_the_run_goes_on() -> None:
    continues = Progress(450, 1000, 2.0, 190.0, 2.9)
    assert 'role="progressbar"' in progress_html(continues)
    assert 'aria-valuenow="45"' in progress_html(continues)
    assert "width:45%" in progress_html(continues)
    assert "progressbar" not in progress_html(structs.replace(continues, ended=True))


@given(st.integers(0, 2**63), st.floats(0, 1e300), st.floats(0, 1e300) | st.none(), st.booleans())
def test_there_are_words_for_every_progress(done: int, rate: float, left: float | None, ended: bool) -> None:  # noqa: FBT001
    assert "shots" in describe(Progress(done, 2**63, 1e300, rate, left, ended))


def test_only_what_still_goes_on_after_a_second_is_long() -> None:
    assert not is_long(Progress(1, 9, 0.99))
    assert is_long(Progress(1, 9, 1.0))
    assert not is_long(Progress(9, 9, 5.0, ended=True))


# -- on a terminal -------------------------------------------------------------------------------------------------


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    @property
    def rows(self) -> list[str]:
        """What stands there: after a carriage return, a row is written over."""
        return [_overwritten(row).rstrip() for row in self.getvalue().split("\n")]


def _overwritten(row: str) -> str:
    shown = ""
    for piece in row.split("\r"):
        shown = piece + shown[len(piece) :]
    return shown


_LONG = Progress(450, 1000, 2.0, 190.0, 2.9)


def test_a_long_run_has_tqdm_s_bar_with_the_rate_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    terminal = _Terminal()
    with TerminalBar(terminal) as bar:
        bar.show(_LONG)
        assert terminal.rows[-1].startswith(" 45%|")
        assert terminal.rows[-1].endswith("450/1000 [00:02<00:02, 190.00shot/s]")
        bar.show(Progress(500, 1000, 65.0, 0.0, None))
        assert terminal.rows[-1].endswith("500/1000 [01:05<?, ?shot/s]")
    assert terminal.rows == [""]


def test_a_short_run_has_none() -> None:
    terminal = _Terminal()
    with TerminalBar(terminal) as bar:
        bar.show(Progress(450, 1000, 0.5, 900.0, 0.6))
        bar.show(Progress(1000, 1000, 1.1, 909.0, 0.0, ended=True))
    assert terminal.getvalue() == ""


def test_a_file_has_none() -> None:
    file = io.StringIO()
    with TerminalBar(file) as bar:
        bar.show(_LONG)
    assert file.getvalue() == ""


def _printed(terminal: _Terminal) -> Callable[[str], None]:
    def write(text: str) -> None:
        terminal.write(text)

    return write


def test_what_is_printed_meanwhile_stands_alone_in_its_lines() -> None:
    terminal = _Terminal()
    with TerminalBar(terminal) as bar:
        show = bar.clearing_before(_printed(terminal))
        bar.show(_LONG)
        show("one\n")
        bar.show(_LONG)
        show("half a ")
        bar.show(_LONG)  # not over what has been begun
        show("line\n")
        bar.show(_LONG)
        assert [*terminal.rows[:2], terminal.rows[2][:5]] == ["one", "half a line", " 45%|"]
    assert terminal.rows == ["one", "half a line", ""]
