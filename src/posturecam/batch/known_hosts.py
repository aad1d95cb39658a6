"""Which SSH servers are talked to: those whose key the user has accepted before, as ``ssh`` keeps them."""

from pathlib import Path
from typing import Any

import paramiko

from posturecam.text.language import _

FILES = (Path("~/.ssh/known_hosts"), Path("/etc/ssh/ssh_known_hosts"))


class KnownHosts(paramiko.MissingHostKeyPolicy):  # type: ignore[misc,unused-ignore]
    """Refuses every server that is not in the user's or the system's list."""

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:  # noqa: ARG002
        """Look the server up; raises SSHException for a strange one."""
        known = paramiko.HostKeys()
        for file in (file_name.expanduser() for file_name in FILES):
            if file.is_file():
                known.load(str(file))
        if not known.check(hostname, key):
            msg = _(
                "the key of {hostname} is not in known_hosts; connect once with ssh and compare it", hostname=hostname
            )
            raise paramiko.AuthenticationException(msg)
