"""What can go wrong, as one small tree.

    PosturecamError          exit 2   anything the user can mend; the message says what, where, what next
    ├── PhotoError                    the picture cannot be read
    ├── NobodyFound          exit 1   nobody, or nobody whole enough, stands in the picture
    ├── ModelError                    the pose model is missing, damaged or of another kind
    ├── KnowledgeError                a knowledge table has faults (all of them are listed)
    ├── AnswersError                  an answers file has faults (all of them are listed)
    ├── StoredError                   a stored assessment cannot be read back
    ├── RecordsError                  the records cannot be opened, read or written
    │   └── NoRecordsError            there are none yet
    ├── OutputError                   a result cannot be written
    ├── RemoteError                   a place elsewhere (s3://, gs://, sftp://) cannot be reached, read or written
    ├── CameraError                   no camera, camera busy, no permission, empty film
    └── SettingsError                 options that contradict each other or make no sense

A bug is not in this tree: it stays a traceback, shown by ``--debug``.
"""

from posturecam.errors.facts import Fact


class PosturecamError(Exception):
    """Root of every error a user can mend."""

    exit_code = 2

    @property
    def problem(self) -> Fact | None:
        """What went wrong, as data; None where it is known in words alone."""
        told = self.args[0] if self.args else None
        return told if isinstance(told, Fact) else None


class PhotoError(PosturecamError):
    """The picture cannot be read."""


class NobodyFound(PosturecamError):
    """Nobody, or nobody whole enough, stands in the picture."""

    exit_code = 1


class ModelError(PosturecamError):
    """The pose model is missing, damaged or of another kind."""


class FaultsError(PosturecamError):
    """Several faults of one source, reported together.

    ``faults`` holds one line per fault.
    """

    def __init__(self, title: str, faults: tuple[str, ...]) -> None:
        """Join the faults under their title, one line each; ``{count}`` in the title is how many they are."""
        self.faults = faults
        heading = title.replace("{count}", str(len(faults)))
        super().__init__("\n".join((heading, *(f"  - {fault}" for fault in faults))))


class KnowledgeError(FaultsError):
    """A knowledge table has faults."""


class AnswersError(FaultsError):
    """An answers file has faults."""


class StoredError(PosturecamError):
    """A stored assessment cannot be read back."""


class RecordsError(PosturecamError):
    """The records cannot be opened, read or written."""


class NoRecordsError(RecordsError):
    """There are no records yet."""


class OutputError(PosturecamError):
    """A result cannot be written."""


class RemoteError(PosturecamError):
    """A place elsewhere (s3://, gs://, sftp://) cannot be reached, read or written."""


class CameraError(PosturecamError):
    """No camera, camera busy, no permission, or an empty film."""


class SettingsError(PosturecamError):
    """Options that contradict each other or make no sense."""
