"""Webhook deliveries as values: which events go out together, signed, and what becomes of them afterwards."""

import base64
import hashlib
import hmac
import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.hubspot.events import QUEUE
from sandbox.settings import setting
from sandbox.store import Store

BATCH, MAX_ATTEMPTS, MINUTE_MS = 100, 10, 60_000
# Ten retries spread over a day (documented); how they are spread is not, so this is one way.
WAITS = (1, 3, 10, 30, 60, 120, 180, 240, 360, 420)
AGENT = (
    "HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client) - "
    "WebhooksExecutorDaemon-executor"
)
# Decoded in the URI before it is signed, and nothing else (documented).
DECODED = {"%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'"}
DECODED |= {"%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST: `events` are the queue's numbers of what its body tells, in the body's order."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    events: tuple[int, ...]


def take(store: Store, now: int) -> list[Delivery]:
    """The deliveries that are due; their events are taken until `settle` says what came of each.

    Out of order, up to 100 events each, and some events twice: the same in every run with the same seed.
    """
    url = store.setting("hubspot", "webhook_settings", {}).get("targetUrl")
    if not url:
        return []
    store.db.execute(QUEUE)
    sql = "SELECT seq, attempt, data FROM hubspot_event WHERE taken=0 AND due<=? ORDER BY seq"
    found = store.db.execute(sql, (now,)).fetchall()
    store.db.execute("UPDATE hubspot_event SET taken=1 WHERE taken=0 AND due<=?", (now,))
    dice = random.Random(f"{setting(store, 'hubspot', 'webhook_seed')} {[row[0] for row in found]}")  # noqa: S311
    share = float(setting(store, "hubspot", "webhook_repeats"))
    rows = [*found, *(row for row in found if dice.random() < share)]
    dice.shuffle(rows)
    parts = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    return [_delivery(store, url, part, now) for part in parts]


def _delivery(store: Store, url: str, rows: list[tuple[int, int, str]], now: int) -> Delivery:
    told = [{**json.loads(data), "attemptNumber": attempt} for _, attempt, data in rows]
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    secret = setting(store, "hubspot", "oauth_client")["client_secret"]
    return Delivery(url, body, signed(secret, url, body, now), tuple(seq for seq, _, _ in rows))


def signed(secret: str, url: str, body: bytes, now: int) -> dict[str, str]:
    """The headers of a delivery, with the signatures of version 1 (hex) and 3 (base64) that live ones carry."""
    plain = re.sub("|".join(DECODED), lambda found: DECODED[found[0].upper()], url, flags=re.IGNORECASE)
    source = f"POST{plain}".encode() + body + str(now).encode()
    third = hmac.new(secret.encode(), source, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "X-HubSpot-Signature": hashlib.sha256(secret.encode() + body).hexdigest(),
        "X-HubSpot-Signature-Version": "v1",
        "X-HubSpot-Signature-v3": base64.b64encode(third).decode("ascii"),
        "X-HubSpot-Request-Timestamp": str(now),
    }


def settle(store: Store, delivery: Delivery, accepted: bool, now: int) -> None:
    """Forget what was accepted; what was not comes again, ten times at most."""
    for seq in dict.fromkeys(delivery.events):
        row = store.db.execute("SELECT attempt FROM hubspot_event WHERE seq=?", (seq,)).fetchone()
        if row is None:
            continue
        if accepted or row[0] >= MAX_ATTEMPTS:
            store.db.execute("DELETE FROM hubspot_event WHERE seq=?", (seq,))
        else:
            sql = "UPDATE hubspot_event SET taken=0, attempt=?, due=? WHERE seq=?"
            store.db.execute(sql, (row[0] + 1, now + WAITS[row[0]] * MINUTE_MS, seq))


def left(store: Store) -> int:
    """How many events are in the queue."""
    store.db.execute(QUEUE)
    return int(store.db.execute("SELECT count(*) FROM hubspot_event").fetchone()[0])


def waiting(store: Store) -> list[dict[str, Any]]:
    """What is in the queue: each event with when it is due and how often it was tried."""
    store.db.execute(QUEUE)
    rows = store.db.execute("SELECT due, attempt, data FROM hubspot_event ORDER BY seq")
    return [{"due": due, "attempt": attempt, "event": json.loads(data)} for due, attempt, data in rows]
