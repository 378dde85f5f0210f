"""The account endpoints: who this portal is and how much of its daily calls is used."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.hubspot.call import Call
from sandbox.hubspot.times import iso
from sandbox.settings import setting
from sandbox.store import Store
from sandbox.wire import Response


def details(call: Call) -> Response:
    """The portal's id, type, currency and time zone."""
    local = _local(call.store, call.now)
    offset = local.utcoffset() or timedelta()
    return call.reply(
        200,
        {
            "portalId": call.setting("portal_id"),
            "accountType": call.setting("account_type"),
            "timeZone": call.setting("time_zone"),
            "companyCurrency": call.setting("currency"),
            "additionalCurrencies": [],
            "utcOffset": f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:],
            "utcOffsetMilliseconds": int(offset / timedelta(milliseconds=1)),
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        },
    )


def me(call: Call) -> Response:
    """The older form of the same facts."""
    local = _local(call.store, call.now)
    offset = local.utcoffset() or timedelta()
    return call.reply(
        200,
        {
            "portalId": call.setting("portal_id"),
            "timeZone": call.setting("time_zone"),
            "accountType": call.setting("account_type"),
            "currency": call.setting("currency"),
            "utcOffset": f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:],
            "utcOffsetMilliseconds": int(offset / timedelta(milliseconds=1)),
        },
    )


def daily_usage(call: Call) -> Response:
    """Calls made today by this account's private apps, against the daily limit."""
    used = used_today(call.store, call.now)
    row = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": call.setting("rate_day"),
        "currentUsage": used,
        "collectedAt": iso(call.now),
        "fetchStatus": "SUCCESS",
        "resetsAt": iso(day_end(call.store, call.now)),
    }
    return call.reply(200, {"results": [row]})


def used_today(store: Store, now: int) -> int:
    """HubSpot calls of this account since its own midnight."""
    start = day_end(store, now) - 86_400_000
    sql = "SELECT count(*) FROM call WHERE crm='hubspot' AND at >= ?"
    return int(store.db.execute(sql, (start,)).fetchone()[0])


def day_end(store: Store, now: int) -> int:
    """The account's next midnight, when the daily limit starts anew, in epoch ms."""
    tomorrow = _local(store, now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return round(tomorrow.timestamp() * 1000)


def _local(store: Store, now: int) -> datetime:
    return datetime.fromtimestamp(now / 1000, UTC).astimezone(ZoneInfo(setting(store, "hubspot", "time_zone")))
