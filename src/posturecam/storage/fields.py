"""Read the fields of a JSON object with one clear complaint for whatever is missing or of another kind."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Never

import numpy as np

from posturecam.body import Array
from posturecam.errors import StoredError
from posturecam.storage import strict_json
from posturecam.text.language import N_, _

ANEW = N_("Write it anew: posturecam analyze PHOTO --json FILE")


def read_value(path: Path, anew: str = ANEW) -> Any:
    """Read a JSON file; raises StoredError. ``anew`` says how to come by a sound one."""
    data = read_data(path, anew)
    try:
        return strict_json.loads(data)
    except ValueError as error:
        first = str(error).splitlines()[0][:80]
        msg = _("{path} is not JSON ({splitlines}). {anew}", path=path, splitlines=first, anew=_(anew))
        raise StoredError(msg) from error


def read_data(path: Path, anew: str = ANEW) -> bytes:
    """Read a file; raises StoredError."""
    try:
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or error
        msg = _("{path} cannot be read: {strerror}. Check the name. {anew}", path=path, strerror=why, anew=_(anew))
        raise StoredError(msg) from error


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one JSON object; ``source`` is the file, ``place`` where the object stands in it.

    ``anew`` says how to come by a sound file.
    """

    source: str
    value: Any
    place: str = ""
    anew: str = ANEW

    def __post_init__(self) -> None:
        """Refuse what is not an object."""
        if not isinstance(self.value, dict):
            self._complain(self.place or _("the whole"), self.value, _("an object { … }"))

    def has(self, key: str) -> bool:
        """Whether a field is there and not null."""
        return self.value.get(key) is not None

    def inner(self, key: str) -> "Fields":
        """Read an object."""
        return Fields(self.source, self.value.get(key), self._path(key), self.anew)

    def rows(self, key: str) -> list["Fields"]:
        """Read a list of objects."""
        found = self.value.get(key)
        if not isinstance(found, list):
            self._complain(self._path(key), found, _("a list of objects"))
        return [Fields(self.source, entry, f"{self._path(key)}[{at}]", self.anew) for at, entry in enumerate(found)]

    def text(self, key: str) -> str:
        """Read a text."""
        found = self.value.get(key)
        if not isinstance(found, str):
            self._complain(self._path(key), found, _("a text"))
        return found

    def texts(self, key: str) -> list[str]:
        """Read a list of texts."""
        found = self.value.get(key)
        if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
            self._complain(self._path(key), found, _("a list of texts"))
        return found

    def day(self, key: str) -> date:
        """Read a day such as 2024-03-05."""
        found = self.value.get(key)
        try:
            return date.fromisoformat(found)
        except (TypeError, ValueError):
            self._complain(self._path(key), found, _("a day such as 2024-03-05"))

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        """Read a text out of a list."""
        found = self.value.get(key)
        if found not in allowed:
            named = (
                ", ".join(allowed)
                if len(allowed) < 10
                else _("{some}, … or {last}", some=", ".join(allowed[:4]), last=allowed[-1])
            )
            self._complain(self._path(key), found, _("one of {named}", named=named))
        return str(found)

    def number(self, key: str) -> float:
        """Read a finite number."""
        found = self.value.get(key)
        if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) < strict_json.MOST:
            self._complain(self._path(key), found, _("a finite number"))
        return float(found)

    def number_or_nan(self, key: str) -> float:
        """Read a finite number; null or nothing is NaN."""
        return self.number(key) if self.has(key) else np.nan

    def count(self, key: str, least: int = 0) -> int:
        """Read a whole number that is not below ``least``."""
        found = self.number(key)
        if found < least or not found.is_integer():
            self._complain(self._path(key), self.value.get(key), _("a whole number"))
        return int(found)

    def flag(self, key: str) -> bool:
        """Read yes or no; nothing is no."""
        found = self.value.get(key, False)
        if not isinstance(found, bool):
            self._complain(self._path(key), found, _("true or false"))
        return found

    def array(self, key: str, shape: tuple[int | None, ...]) -> Array:
        """Read nested lists of numbers of a shape; None = any length but 0, null inside = NaN."""
        found = self.value.get(key)
        try:
            array = np.array(found if isinstance(found, list) else [], dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            array = np.empty(0)
        fits = array.ndim == len(shape) and all(w in (None, n) for w, n in zip(shape, array.shape, strict=True))
        if not fits or not array.size or np.isinf(array).any():
            sizes = " × ".join("N" if size is None else str(size) for size in shape)
            self._complain(self._path(key), found, _("nested lists of {sizes} numbers", sizes=sizes))
        return array

    def _path(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _complain(self, place: str, found: Any, wanted: str) -> Never:
        seen = _("missing") if found is None else f"{str(found)[:40]!r}"
        msg = _(
            "{source}: {place} is {seen}; {wanted} is expected. {anew}",
            source=self.source,
            place=place,
            seen=seen,
            wanted=wanted,
            anew=_(self.anew),
        )
        raise StoredError(msg)
