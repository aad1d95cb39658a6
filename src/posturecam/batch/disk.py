"""What must not grow in memory with the number of photos: temporary databases on the disk.

They have no name in any folder, so whatever ends the process, nothing of them is left behind. SQLite puts them into
``SQLITE_TMPDIR``, else ``TMPDIR``, else ``/var/tmp`` (https://www.sqlite.org/tempfiles.html).
"""

import sqlite3
import weakref

_CACHE_KIB = 8192


def temporary(owner: object, *tables: str) -> sqlite3.Connection:
    """Open a database with these tables; it is closed and gone when its owner is."""
    base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    weakref.finalize(owner, base.close)
    for setting in (f"cache_size = -{_CACHE_KIB}", "journal_mode = OFF", "synchronous = OFF", "temp_store = FILE"):
        base.execute(f"PRAGMA {setting}")
    for table in tables:
        base.execute(f"CREATE TABLE {table}")
    base.execute("BEGIN")  # one transaction without an end: what does not fit into the cache is spilled to the disk
    return base


class Shelf:
    """A number for each key, on the disk."""

    def __init__(self) -> None:
        """Begin empty."""
        self._base = temporary(self, "shelf (key BLOB PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID")

    def __setitem__(self, key: bytes, value: int) -> None:
        """Put a key's number there, in the place of an older one."""
        self._base.execute("INSERT OR REPLACE INTO shelf VALUES (?, ?)", (key, value))

    def add(self, key: bytes, value: int = 0) -> bool:
        """Put a key there that is not there yet; false when it is."""
        return self._base.execute("INSERT OR IGNORE INTO shelf VALUES (?, ?)", (key, value)).rowcount > 0

    def get(self, key: bytes) -> int | None:
        """Give a key's number, None when it is not there."""
        row = self._base.execute("SELECT value FROM shelf WHERE key = ?", (key,)).fetchone()
        return None if row is None else int(row[0])

    def __contains__(self, key: bytes) -> bool:
        """Whether a key is there."""
        return self.get(key) is not None


def packed(text: str | None) -> bytes | None:
    """Bring a text to bytes that sort as it does, whatever bytes of a file's name stand in it."""
    return None if text is None else text.encode("utf-8", "surrogatepass")


def unpacked(data: bytes | None) -> str | None:
    """Bring bytes back to their text."""
    return None if data is None else data.decode("utf-8", "surrogatepass")
