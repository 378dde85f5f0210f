"""Puts a file in its place whole, or not at all."""

import os
import secrets
from pathlib import Path

from connectors.errors import UsageError


def write(path: Path, content: bytes) -> None:
    """Put the file in place whole and on the disk, readable by its owner alone."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise UsageError(f"{path}: {error.strerror}", "Name a file in a folder that can be written") from None
