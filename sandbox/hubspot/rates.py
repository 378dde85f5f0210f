"""HubSpot's call limits: ten seconds rolling, search by the second, and the day."""

import uuid
from collections import deque

from sandbox.hubspot import account, errors
from sandbox.hubspot.errors import Refusal
from sandbox.hubspot.oauth import is_oauth
from sandbox.settings import setting
from sandbox.store import Store
from sandbox.wire import Request, Response

TEN_SECONDS, SECOND = 10_000, 1000


class Rates:
    """Counts calls by token (searches by account) and refuses those above a limit."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[int]] = {}
        self._searches: deque[int] = deque()
        self._day: tuple[int, int] = (0, 0)  # when it ends, calls so far

    def admit(self, request: Request, store: Store, now: int) -> tuple[Response | None, dict[str, str]]:
        """(the 429, or None; the headers that go with the answer). OAuth's own endpoints are not counted."""
        if request.path.startswith("/oauth"):
            return None, {}
        oauth = is_oauth(request, store)
        headers = {} if oauth else self._daily(store, now)
        if headers.get("X-HubSpot-RateLimit-Daily-Remaining") == "0" and self._day[1] > int(
            setting(store, "hubspot", "rate_day")
        ):
            return self._refused(request, store, now, _daily_limit(request, store, now)), headers
        if request.method == "POST" and request.path.rstrip("/").endswith("/search"):
            limit = int(setting(store, "hubspot", "rate_search_second"))
            full = not _take(self._searches, now, SECOND, limit)
            return (self._refused(request, store, now, SECONDLY) if full else None), headers
        limit = int(setting(store, "hubspot", "rate_ten_seconds_oauth" if oauth else "rate_ten_seconds"))
        calls = self._calls.setdefault(request.headers.get("authorization", ""), deque())
        full = not _take(calls, now, TEN_SECONDS, limit)
        left = limit - len(calls)
        headers |= {
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(TEN_SECONDS),
            "X-HubSpot-RateLimit-Max": str(limit),
            "X-HubSpot-RateLimit-Remaining": str(left),
            "X-HubSpot-RateLimit-Secondly": str(limit // 10),
            "X-HubSpot-RateLimit-Secondly-Remaining": str(min(limit // 10, left)),
        }
        return (
            self._refused(request, store, now, _rolling(setting(store, "hubspot", "portal_id"))) if full else None
        ), headers

    def _daily(self, store: Store, now: int) -> dict[str, str]:
        ends, used = self._day
        if not ends - 86_400_000 <= now < ends:
            ends, used = account.day_end(store, now), account.used_today(store, now)
        self._day = (ends, used + 1)
        limit = int(setting(store, "hubspot", "rate_day"))
        left = max(0, limit - self._day[1])
        return {"X-HubSpot-RateLimit-Daily": str(limit), "X-HubSpot-RateLimit-Daily-Remaining": str(left)}

    @staticmethod
    def _refused(request: Request, store: Store, now: int, refusal: Refusal) -> Response:
        return errors.answer(refusal, errors.correlation_id(request, store, now))


def _take(calls: deque[int], now: int, window: int, limit: int) -> bool:
    """Count a call; False (and not counted) where the window is full. A clock set back starts anew."""
    while calls and not now - window < calls[0] <= now:
        calls.popleft()
    if len(calls) >= limit:
        return False
    calls.append(now)
    return True


SECONDLY = Refusal(429, "You have reached your secondly limit.", "RATE_LIMITS")


def _rolling(portal: int) -> Refusal:
    group = {"groupName": f"publicapi:private-app-api-calls-ten-secondly:{portal}"}
    extra = {"errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING", **group}
    return Refusal(429, "You have reached your ten_secondly_rolling limit.", extra=extra)


def _daily_limit(request: Request, store: Store, now: int) -> Refusal:
    """As documented: with a request id, and without the group that the rolling limit's body names."""
    request_id = str(uuid.uuid5(errors.NAMESPACE, errors.correlation_id(request, store, now)))
    extra = {"errorType": "RATE_LIMIT", "policyName": "DAILY", "requestId": request_id}
    return Refusal(429, "You have reached your daily limit.", extra=extra)
