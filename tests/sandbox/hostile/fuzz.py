"""Runs in Schemathesis' own environment: requests of every operation, and a line of JSON for each bad answer."""

import json
import sys
from typing import Any

import requests
import schemathesis  # type: ignore[import-not-found,unused-ignore]
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

TRACE = ("Traceback (most recent", '.py", line ')


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(url: str, session: str, examples: int, number: int) -> None:
    """So many examples of each operation; the last line says how many requests there were."""
    schema = schemathesis.openapi.from_dict(requests.get(f"{url}/_sandbox/openapi.json", timeout=30).json())
    http, sent = requests.Session(), 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.startswith("/_sandbox"):
            continue
        token = session if operation.path.startswith(("/services", "/id")) else "pat-na1-sandbox-writer"
        sent += _tried(operation, http, (url, f"Bearer {token}"), (examples, number))
    say(json.dumps({"requests": sent}))


def _tried(operation: Any, http: requests.Session, where: tuple[str, str], how: tuple[int, int]) -> int:
    """How many requests of one operation were sent; what was wrong is printed."""
    sent = 0

    @seed(how[1])
    @settings(
        max_examples=how[0],
        deadline=None,
        database=None,
        verbosity=Verbosity.quiet,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def once(case: Any) -> None:
        nonlocal sent
        sent += 1
        answer = case.call(base_url=where[0], session=http, headers={"Authorization": where[1]}, timeout=30)
        wrong = [f"status {answer.status_code}"] if answer.status_code >= 500 and "Fault>" not in answer.text else []
        wrong += ["a stack trace"] if any(sign in answer.text for sign in TRACE) else []
        for what in wrong:
            say(json.dumps({"wrong": f"{what}: {case.as_curl_command()[:800]}"}))

    try:
        once()
    except requests.RequestException as lost:
        say(json.dumps({"wrong": f"{operation.method} {operation.path}: {lost!r:.300}"}))
    return sent


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
