"""What a client's program needs to say what it did: operations, comparisons and the sandbox's own endpoints."""

import json
import os
import ssl
import sys
import time
import traceback
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

Error = TypeVar("Error", bound=BaseException)


class NotTried(Exception):
    """Raised by an operation that cannot be tried here; the message says why."""


def perform(operations: Iterable[Callable[[Any], None]], subject: Any) -> None:
    """Call each operation with the subject, in order, and say of each how it went; its name is the function's."""
    for operation in operations:
        try:
            operation(subject)
        except NotTried as reason:
            say(operation.__name__, None, str(reason))
        except Exception as wrong:  # noqa: BLE001 - whatever goes wrong in a client is the finding
            say(operation.__name__, False, described(wrong))
        else:
            say(operation.__name__, True)


def say(name: str, ok: bool | None, why: str = "") -> None:
    """Print one operation as the suite reads it."""
    sys.stdout.write(json.dumps({"op": name.replace("_", " "), "ok": ok, "why": why}) + "\n")
    sys.stdout.flush()


def described(wrong: BaseException) -> str:
    """An exception in one line: its kind, its words, and the line of the program where it rose."""
    here = Path(sys.argv[0]).parent
    own = [item for item in traceback.extract_tb(wrong.__traceback__) if Path(item.filename).parent == here]
    line = f" ({Path(own[-1].filename).name} line {own[-1].lineno})" if own else ""
    # Generated clients put every header before the body; the status and the body say more.
    text = f"{wrong.status} {wrong.body}" if hasattr(wrong, "body") and hasattr(wrong, "status") else str(wrong)
    return f"{type(wrong).__name__}{line}: {' '.join(text.split())[:600]}"


def same(found: Any, wanted: Any) -> None:
    """Fail unless both are equal."""
    if found != wanted:
        raise AssertionError(f"{found!r:.300} is not {wanted!r:.300}")


def holds(fact: Any, text: str) -> None:
    """Fail with the text unless the fact holds."""
    if not fact:
        raise AssertionError(text)


def refusal(kind: type[Error], call: Callable[..., Any], *positional: Any, **named: Any) -> Error:
    """The exception of that kind which a call raises; fail where it raises none."""
    try:
        answer = call(*positional, **named)
    except kind as refused:
        return refused
    raise AssertionError(f"{kind.__name__} was not raised; the answer was {answer!r:.200}")


def control(method: str, path: str, body: Any = None) -> Any:
    """Call one of the sandbox's own endpoints, `path` being what follows `/_sandbox/`."""
    data = None if body is None else json.dumps(body).encode()
    url = f"{os.environ['SANDBOX_URL']}/_sandbox/{path}"
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    trust = ssl.create_default_context(cafile=os.environ.get("CA_FILE")) if url.startswith("https:") else None
    with urllib.request.urlopen(request, context=trust) as answer:
        return json.load(answer)


def eventually(call: Callable[[], Any], wanted: Callable[[Any], Any], tries: Sequence[float] = (0.5,) * 20) -> Any:
    """The first answer that is wanted, asking again after each pause (seconds); fail with the last one."""
    answer = call()
    for pause in tries:
        if wanted(answer):
            return answer
        time.sleep(pause)
        answer = call()
    raise AssertionError(f"not seen within {sum(tries):.0f} s; the last answer was {answer!r:.200}")
