"""What went wrong, in words that a page may show: one line, without a path of this machine."""

import re
import sys
import traceback

from posturecam.errors import PosturecamError
from posturecam.text.language import _, without_controls

_PATH = re.compile(r"(?<!\w)(?:[A-Za-z]:)?[\\/](?:[^\s\\/:*?\"<>|][^\\/:*?\"<>|\n]*[\\/])+([^\s\\/:*?\"<>|,;']*)")
"""An absolute path, blanks in its folders' names included; its last part stays."""

_WEB = re.compile(r"\b[a-z]+://\S+")


def without_paths(words: str) -> str:
    """Leave of every path its last part only, and of a database's address nothing."""
    return _PATH.sub(r"\1", _WEB.sub("the database", words))


def error_line(error: BaseException) -> str:
    """Say an error of the program's own in one line, beginning with a capital."""
    line = without_paths(" ".join(str(error).split()))
    return line[:1].upper() + line[1:]


def told_error(error: Exception) -> str:
    """Say what went wrong in one line: an error of the program's own as it is, anything else as a bug."""
    return error_line(error) if isinstance(error, PosturecamError) else told_bug(error)


def told_bug(error: BaseException) -> str:
    """Tell of a bug: on the terminal what it is, and give the page's own words, which say nothing of it."""
    at = traceback.extract_tb(error.__traceback__)
    place = f"{at[-1].name}, line {at[-1].lineno}" if at else "nowhere"
    said = (str(error).splitlines() or [""])[0][:160]
    told = f"posturecam: this should not have happened ({type(error).__name__}: {said}; in {place})"
    sys.stderr.write(without_controls(told) + "\n")
    return _("This should not have happened. The terminal in which posturecam runs says more. Please try again.")
