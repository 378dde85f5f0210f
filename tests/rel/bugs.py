"""Bugs to plant in the write protocol, each a failure that can destroy or duplicate a customer's data; written down
before the checker ever ran on one of them."""

from typing import NamedTuple


class Bug(NamedTuple):
    """A row of the failure catalogue, the file, the text there and what stands there instead, and the parts of the
    bench that are put to it."""

    name: str
    mode: str
    file: str
    old: str
    new: str
    parts: tuple[str, ...]


RUN, READBACK, SETTLE = "sync/apply/run.py", "sync/apply/readback.py", "sync/apply/settle.py"
PROGRESS, SCRIBE, RECOVER = "sync/apply/progress.py", "sync/apply/scribe.py", "sync/apply/recover.py"
LOOK, GUARD, JOURNAL, STORE = (
    "sync/apply/look.py",
    "sync/apply/guard.py",
    "sync/ledger/journal.py",
    "sync/ledger/store.py",
)
DATABASE, SESSION, LOST = "sync/database.py", "sync/session.py", "connectors/lost.py"
SENDING, TRANSPORT, WRITE = "connectors/hubspot/sending.py", "connectors/transport.py", "connectors/hubspot/write.py"
ANSWERS, SF_ANSWERS = "connectors/hubspot/answers.py", "connectors/salesforce/answers.py"
SOAP, JOBS = "connectors/salesforce/soap.py", "sync/jobs/apply.py"

BUGS = (
    Bug("no intent is written", "E01", RUN, "        self.scribe.intend(batch, live)\n", "", ("nth", "kill")),
    Bug("only the first row of a batch gets an intent", "E01", RUN, "self.scribe.intend(batch, live)",
        "self.scribe.intend(batch[:1], live)", ("nth", "kill")),
    Bug("an intent is written after the sending", "E01", RUN,
        "        self.scribe.intend(batch, live)\n        outcomes = self._send(batch)\n",
        "        outcomes = self._send(batch)\n        self.scribe.intend(batch, live)\n", ("nth", "kill")),
    Bug("an intent does not hold what stood there", "E01", RUN, "self.scribe.intend(batch, live)",
        "self.scribe.intend(batch, {})", ("kill", "nth")),
    Bug("nothing is recovered before the run goes on", "E02", RECOVER, "    if rows:\n", "    if rows and not rows:\n",
        ("kill", "nth")),
    Bug("a row with an intent alone is not recovered", "E01", JOURNAL,
        "OPEN = frozenset({State.INTENT, State.APPLIED, State.UNKNOWN})",
        "OPEN = frozenset({State.APPLIED, State.UNKNOWN})", ("kill", "nth")),
    Bug("a row whose answer came is not recovered", "E01", JOURNAL,
        "OPEN = frozenset({State.INTENT, State.APPLIED, State.UNKNOWN})",
        "OPEN = frozenset({State.INTENT, State.UNKNOWN})", ("kill",)),
    Bug("a row of unknown outcome is not recovered", "A05", JOURNAL,
        "OPEN = frozenset({State.INTENT, State.APPLIED, State.UNKNOWN})",
        "OPEN = frozenset({State.INTENT, State.APPLIED})", ("nth", "ambiguous")),
    Bug("what was verified is forgotten on resume", "E01", PROGRESS, "        if entry.key in keys:\n",
        "        if entry.key in keys and entry.state is not State.VERIFIED:\n", ("kill", "nth")),
    Bug("a write is retried like a read", "A04", TRANSPORT, "        return self._checked(call)\n\n    def _fresh",
        "        return retrying(self.pace.sleep)(self._checked, call)\n\n    def _fresh", ("nth", "ambiguous")),
    Bug("a lost answer is sent again", "A05", SENDING, "    except (Ambiguous, Garbled):\n        return NOTHING\n",
        "    except (Ambiguous, Garbled):\n        return _received(transport.write(call))\n", ("nth", "ambiguous")),
    Bug("a reset connection counts as never made", "A05", LOST,
        'return Ambiguous(f"the connection', 'return Unreachable(f"the connection', ("nth", "ambiguous")),
    Bug("a gateway error counts as a refusal", "A04", ANSWERS,
        "kind = Rejected if answer.status < 500 and", "kind = Rejected if answer.status < 600 and",
        ("nth", "ambiguous")),
    Bug("Salesforce's failure counts as a refusal", "A04", SF_ANSWERS,
        'return Ambiguous("Salesforce failed', 'return Rejected("Salesforce failed', ("nth", "ambiguous")),
    Bug("an answer is joined to rows by position", "E08", SENDING,
        'key = str(row.get("objectWriteTraceId") or match(row) or "")',
        "key = next((key for key in keys if key not in applied), \"\")", ("ambiguous", "nth")),
    Bug("a read-back is not asked for what the CRM confirmed", "E06", SETTLE,
        "    if sent is State.APPLIED:\n        return Proof(State.REVERTED, ref, against)\n",
        "    if sent is State.APPLIED:\n        return Proof(State.VERIFIED, ref)\n", ("drift",)),
    Bug("every field read back counts as written", "E06", SETTLE,
        "    if not against:\n        return Proof(State.VERIFIED, ref)\n    if sent",
        "    if not against or sent is State.UNKNOWN:\n        return Proof(State.VERIFIED, ref)\n    if sent",
        ("nth", "ambiguous")),
    Bug("a tie or an archive counts as done unseen", "E05", SETTLE, "    if reached and known:\n", "    if known:\n",
        ("nth", "ambiguous")),
    Bug("a merge counts as done when any party is gone", "E24", SETTLE,
        "    if all(isinstance(found[ref], Gone) for ref in merged) and into == {left} and left is not None:\n",
        "    if any(isinstance(found[ref], Gone) for ref in (survivor, *merged)) or left is not None:\n",
        ("nth", "ambiguous")),
    Bug("an unknown merge is sent again at once", "E24", SCRIBE,
        "if isinstance(work.change, Merge) or work.track.tries >= TRIES:", "if work.track.tries >= TRIES:",
        ("nth", "ambiguous")),
    Bug("a lost create is not looked for", "E09", READBACK,
        "    if not isinstance(change, Create) or row.answer.ref is not None:\n        return row\n",
        "    if isinstance(change, Create) or row.answer.ref is not None:\n        return row\n", ("nth", "ambiguous")),
    Bug("a create bears another key each time", "E09", PROGRESS, "            case Create() | Archive():\n",
        '            case Create():\n                return replace(change, key=f"{change.key}{id(self)}")\n'
        "            case Archive():\n", ("nth", "ambiguous")),
    Bug("expectations are not looked at", "E11", LOOK,
        "if not work.track.begun or ref in acted_on(work.change):", "if work.track.begun and ref in ():", ("drift",)),
    Bug("expectations count for the first step alone", "E11", LOOK,
        "if not work.track.begun or ref in acted_on(work.change):", "if not work.track.begun:", ("drift",)),
    Bug("changed fields are no drift", "E11", SETTLE,
        "        if name not in reading.fields or not same(reading.fields[name], value)\n    ]\n    ties",
        "        if name not in reading.fields\n    ]\n    ties", ("drift",)),
    Bug("a record that is gone is no drift", "E19", SETTLE,
        '        return ("it was merged by somebody else",) if merged else ("it is gone",)\n', "        return ()\n",
        ("drift", "refuse")),
    Bug("a step that holds already is taken before its group is looked at", "E11", RUN,
        "        batch = [work for work in batch if self._as_expected(work, live)]\n", "", ("drift", "refuse")),
    Bug("the CRM refuses a batch and half of it goes out twice", "E04", RUN,
        "waiting[:1] = [rows[:middle], rows[middle:]] if middle else []",
        "waiting[:1] = [rows[:middle], rows[middle:], rows[:middle]] if middle else []", ("refuse", "nth", "reject")),
    Bug("a refused row counts as unknown and goes out again", "E03", SENDING,
        "return Outcome(key, Status.REJECTED, None, code(error), said(error), self.request_id)",
        "return Outcome(key, Status.APPLIED, None, code(error), said(error), self.request_id)", ("reject",)),
    Bug("the journal swallows a failing disk", "F07", DATABASE,
        '        raise LocalError(f"the {name} cannot be written: {error.orig}", "Free the disk',
        '        del name  # ', ("nth",)),
    Bug("the journal is not synced", "F07", DATABASE, '_pragmas(connection, "FULL")', '_pragmas(connection, "OFF")',
        ("nth",)),
    Bug("the chain does not join its entries", "F10", JOURNAL, '            head = row["hash"]\n', "", ("nth",)),
    Bug("an open outcome ends with exit code 3", "F19", SCRIBE,
        "        if self.stopped or self.states.get(State.UNKNOWN):\n            return 5\n", "",
        ("drift", "nth", "ambiguous")),
    Bug("the exit code is always 0", "F19", SCRIBE, "return 0 if self.groups_done == self.groups else 3", "return 0",
        ("drift", "refuse")),
    Bug("a stopped run is put down as done", "F19", JOBS,
        '"stopped" if report.exit_code == 5 else "done"', '"done"', ("nth", "ambiguous")),
    Bug("a plan is applied though nobody approved it", "I14", GUARD,
        "    if ledger.approval(plan_hash) is None:\n", "    if ledger.approval(plan_hash) is None and runs:\n",
        ("refuse",)),
    Bug("a plan that is too old is applied", "D06", GUARD, "    if now >= plan.expires_at and", "    if runs and",
        ("refuse",)),
    Bug("two writers at once", "F01", SESSION, "            lock.acquire(timeout=0)\n", "            pass\n",
        ("refuse",)),
    Bug("the fence is never passed", "F20", RUN, "            self.tools.fence()\n", "", ("refuse",)),
    Bug("any lease is good", "F20", STORE, "        if row is None or row.token != token:\n",
        "        if row is None:\n", ("refuse",)),
    Bug("the rest goes on after a canary that failed", "E13", RUN,
        "                if not all(track.done for track in self.tracks[:canary]):\n",
        "                if not self.tracks:\n", ("refuse",)),
    Bug("HubSpot's merge goes the other way round", "D01", WRITE,
        '{"primaryObjectId": resolved(change.survivor).id, "objectIdToMerge": change.merged[0].id}',
        '{"objectIdToMerge": resolved(change.survivor).id, "primaryObjectId": change.merged[0].id}', ("nth",)),
    Bug("Salesforce's merge leaves a party out", "D01", SOAP, "        for id_ in item.merged:\n",
        "        for id_ in item.merged[:1]:\n", ("nth",)),
    Bug("a merge's new id is not remembered", "D03", SCRIBE, "                    if ref != proof.ref:\n",
        "                    if not proof.ref:\n", ("nth", "kill", "drift")),
    Bug("all steps of a group bear one key", "I16", PROGRESS, '{group.id}/{step.id}".encode()', '{group.id}".encode()',
        ("nth",)),
    Bug("a refused row's group goes on", "E20", PROGRESS,
        "ENDED = frozenset({State.REJECTED, State.REVERTED, State.HALTED, State.SKIPPED})",
        "ENDED = frozenset({State.REVERTED, State.HALTED, State.SKIPPED})", ("reject",)),
    Bug("a group goes on after a step that was written over", "E12", PROGRESS,
        "ENDED = frozenset({State.REJECTED, State.REVERTED, State.HALTED, State.SKIPPED})",
        "ENDED = frozenset({State.REJECTED, State.HALTED, State.SKIPPED})", ("drift",)),
    Bug("a halted group goes on", "E11", PROGRESS,
        "ENDED = frozenset({State.REJECTED, State.REVERTED, State.HALTED, State.SKIPPED})",
        "ENDED = frozenset({State.REJECTED, State.REVERTED, State.SKIPPED})", ("drift",)),
    Bug("a reason shows the values", "I08", RUN, 'against += [name for name in found if name not in reached]',
        'against += [f"{name} {expected.fields}" for name in found if name not in reached]', ("drift",)),
)  # fmt: skip
