"""Named arrays in one file with a checksum over every byte: mapped, not read, and refused where anything is amiss."""

import json
import math
import os
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
MAGIC = b"revops-arrays-1\n"
ALIGNED = 64


class Damaged(Exception):
    """The file is not what was written; the message says how."""


def save(path: Path, version: str, arrays: Mapping[str, Array]) -> None:
    """Replace the file at once, readable by its owner alone; a crash leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    laid, end, checked = [], 0, 0
    for name, array in arrays.items():
        laid.append([name, array.dtype.str, list(array.shape), end])
        end += -(-array.nbytes // ALIGNED) * ALIGNED
        checked = zlib.crc32(_padding(array), zlib.crc32(_bytes(array), checked))
    head = json.dumps({"version": version, "arrays": laid, "size": end, "sum": checked}).encode()
    head += b" " * (-(len(MAGIC) + 16 + len(head)) % ALIGNED)
    handle, place = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + len(head).to_bytes(8, "big") + zlib.crc32(head).to_bytes(8, "big") + head)
            for array in arrays.values():
                file.write(_bytes(array))
                file.write(_padding(array))
            file.flush()
            os.fsync(file.fileno())
        Path(place).replace(path)
    except BaseException:
        Path(place).unlink(missing_ok=True)
        raise


def load(path: Path) -> tuple[str, dict[str, Array]]:
    """The version and the arrays, mapped read-only; `Damaged` where the file is missing or a checksum differs."""
    try:
        whole = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
    except (OSError, ValueError) as error:
        raise Damaged(f"{path.name} cannot be read: {error}") from None
    start = len(MAGIC) + 16
    size = int.from_bytes(whole[len(MAGIC) : len(MAGIC) + 8].tobytes(), "big")
    head = whole[start : start + size].tobytes()
    stated = int.from_bytes(whole[len(MAGIC) + 8 : start].tobytes(), "big")
    if whole[: len(MAGIC)].tobytes() != MAGIC or len(head) != size or zlib.crc32(head) != stated:
        raise Damaged(f"{path.name} has a damaged head")
    manifest = json.loads(head)
    if len(whole) != start + size + manifest["size"]:
        raise Damaged(f"{path.name} is cut short or has grown")
    body = whole[start + size :]
    if zlib.crc32(_bytes(body)) != manifest["sum"]:
        raise Damaged(f"{path.name} does not bear its checksum")
    return manifest["version"], {name: _mapped(body, *laid) for name, *laid in manifest["arrays"]}


def _mapped(body: Array, kind: str, shape: list[int], start: int) -> Array:
    dtype = np.dtype(kind)
    return body[start : start + dtype.itemsize * math.prod(shape)].view(dtype).reshape(shape)


def _padding(array: Array) -> bytes:
    return bytes(-array.nbytes % ALIGNED)


def _bytes(array: Array) -> memoryview | bytes:
    return np.ascontiguousarray(array).data.cast("B") if array.size else b""
