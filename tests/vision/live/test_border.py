"""What is raised in a thread is kept for the one that waits; what ends the program gets out."""

import pytest

from posturecam.live.threads import CapturedError


def test_an_error_is_kept_and_a_good_end_leaves_none() -> None:
    """The same border serves again."""
    border, failure = CapturedError(), ValueError("no")
    with border:
        raise failure
    assert border.error is failure
    with border:
        pass
    assert border.error is None


def test_what_ends_the_program_gets_out() -> None:
    """Ctrl-C is nobody's error."""
    border = CapturedError()
    with pytest.raises(KeyboardInterrupt), border:
        raise KeyboardInterrupt
    assert border.error is None
