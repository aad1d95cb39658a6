"""What a user gives beside the photos: answers, a balance test of the same person, tables of one's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posturecam.answers import Answers
    from posturecam.knowledge import Knowledge
    from posturecam.measures.balance import Balance


@dataclass(frozen=True, slots=True)
class Known:
    """What the files say."""

    tables: "Knowledge"
    answers: "Answers | None"
    balance: "Balance | None"


@dataclass(frozen=True, slots=True)
class Given:
    """The files, as they stand on the command line."""

    answers: Path | None
    balance: Path | None
    knowledge: Path | None

    def read(self) -> Known:
        """Read them all. Raises KnowledgeError, AnswersError, StoredError, SettingsError."""
        from posturecam.answers import read_answers
        from posturecam.knowledge import load
        from posturecam.reports.stored_balance import read_balance

        tables = load(self.knowledge)
        said = read_answers(self.answers, tables) if self.answers else None
        return Known(tables, said, read_balance(self.balance, tables, said))
