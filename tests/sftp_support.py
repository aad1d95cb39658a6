"""A real SSH server on loopback with keys and settings of its own, for the tests of ``sftp://``."""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from batch_support import free_port

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
"""Where the server is; None where Debian's openssh-server is missing."""


@dataclass
class SshServer:
    """A server that lets one key in; ``home`` is the home folder of a user who has that key and knows the server."""

    folder: Path
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def home(self) -> Path:
        """The user's home."""
        return self.folder / "home"

    @property
    def url(self) -> str:
        """The server's address."""
        return f"sftp://{getpass.getuser()}@127.0.0.1:{self.port}"

    def make(self) -> None:
        """Make keys, settings and the user's home."""
        self.port = free_port()
        ssh = self.home / ".ssh"
        ssh.mkdir(parents=True, mode=0o700)
        for path in (self.folder / "host_key", self.folder / "strange_key", ssh / "id_ed25519"):
            made_key(path)
        (self.folder / "allowed").write_bytes((ssh / "id_ed25519.pub").read_bytes())
        (self.folder / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1:{self.port}\nHostKey {self.folder}/host_key\nPidFile none\n"
            f"AuthorizedKeysFile {self.folder}/allowed\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n"
        )
        self.know("host_key")

    def know(self, key: str) -> None:
        """Let the user know the server by this key."""
        kind, text, *_ = (self.folder / f"{key}.pub").read_text().split()
        (self.home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {kind} {text}\n")

    def start(self) -> None:
        """Start the server and wait until it listens."""
        assert SSHD is not None
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # the server of root gives up its rights there
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(self.folder / "sshd_config")], stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
                return
            time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """End the server; connections that are open go on."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()


def made_key(path: Path) -> None:
    """Make a key without a passphrase."""
    subprocess.run([shutil.which("ssh-keygen") or "", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
