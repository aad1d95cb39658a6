"""What a user gives beside the photos: answers, a balance test of the same person, tables of one's own, patience."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from posturecam.pipeline.limits import checked_timeout

if TYPE_CHECKING:
    from posturecam.knowledge import Knowledge
    from posturecam.measures.balance import Balance
    from posturecam.patterns.answers import Answers


@dataclass(frozen=True, slots=True)
class Known:
    """What the files say, and how many seconds one photo may take."""

    tables: "Knowledge"
    answers: "Answers | None"
    balance: "Balance | None"
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Given:
    """The files, as they stand on the command line, and how many seconds one photo may take."""

    answers: Path | None
    balance: Path | None
    knowledge: Path | None
    timeout_s: float | None = None

    def read(self) -> Known:
        """Read them all. Raises KnowledgeError, AnswersError, StoredError, SettingsError."""
        from posturecam.knowledge import load
        from posturecam.patterns.answers import read_answers
        from posturecam.storage.stored_balance import read_balance

        tables = load(self.knowledge)
        said = read_answers(self.answers, tables) if self.answers else None
        return Known(tables, said, read_balance(self.balance, tables, said), checked_timeout(self.timeout_s))
