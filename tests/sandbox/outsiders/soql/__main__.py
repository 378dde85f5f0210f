"""Compares the sandbox's SOQL parser with the outside ones."""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.sandbox.outsiders.client import Client
from tests.sandbox.outsiders.environment import Unavailable, made
from tests.sandbox.outsiders.soql.differences import accepted, known
from tests.sandbox.outsiders.soql.texts import Writer
from tests.sandbox.salesforce_org import Org

HERE = Path(__file__).parent
PACKAGES = ("@salesforce/soql-common@0.2.2", "antlr4ts@0.5.0-alpha.4", "@jetstreamapp/soql-parser-js@6.3.1")
PARSERS = Client(HERE, "node", "@salesforce/soql-common", PACKAGES, "judge.cjs", "outside parsers of SOQL")
DECIDES = "vendor"
Verdicts = dict[str, bool]


def judged(texts: Sequence[str]) -> list[Verdicts]:
    """What the judges say of each text."""
    environment = made(PARSERS)
    lines = "\n".join(json.dumps(text) for text in texts)
    command = [environment.interpreter, HERE / PARSERS.program]
    paths = {**os.environ, "NODE_PATH": str(environment.modules)}
    done = subprocess.run(command, input=lines, capture_output=True, text=True, env=paths, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def stumbles(texts: Sequence[str]) -> list[str]:
    """The texts at which the sandbox itself fails."""
    org = Org()
    account = org.create("Account", Name="A")
    org.create("Task", WhoId=org.create("Contact", LastName="L", AccountId=account), WhatId=account)
    failed = []
    for text in texts:
        org.query(text)
        failed += [f"{text}\n    {error['error']}" for error in org.sandbox.errors]
        org.sandbox.errors.clear()
    return failed


def compare(texts: Sequence[str]) -> tuple[Counter[str], list[str]]:
    """How often the judges and we agree, differ as known, and disagree; and the disagreements."""
    counts: Counter[str] = Counter({"agree": 0, "known": 0, "disagree": 0})
    differences, report = known(), []
    for text, verdicts in zip(texts, judged(texts), strict=True):
        ours = accepted(text)
        for judge, theirs in verdicts.items():
            if ours == theirs:
                counts["agree"] += 1
            elif (judge != DECIDES and ours == verdicts[DECIDES]) or any(
                each.accepts == theirs and each.pattern.search(text) for each in differences
            ):
                counts["known"] += 1
            else:
                counts["disagree"] += 1
                report.append(f"{judge} {'accepts' if theirs else 'refuses'}: {text}")
    return counts, report


def write(file: Path, texts: Sequence[str]) -> None:
    """Keep the vendor's verdicts as the tests have them: + or - and the text, one a line."""
    verdicts = [each[DECIDES] for each in judged(texts)]
    lines = [f"{'+' if verdict else '-'} {text}\n" for verdict, text in zip(verdicts, texts, strict=True)]
    file.write_text("".join(lines), "utf-8")


def main(argv: Sequence[str]) -> int:
    """Run the comparison; 1 for any disagreement."""
    options = argparse.ArgumentParser(prog="python -m tests.sandbox.outsiders.soql", description=__doc__)
    options.add_argument("--count", type=int, default=6000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--texts", type=Path, help="judge the texts of this file, one a line, too")
    options.add_argument("--write", type=Path, help="write the vendor's verdicts to this file")
    chosen = options.parse_args(argv)
    more = chosen.texts.read_text("utf-8").splitlines() if chosen.texts else []
    texts = list(dict.fromkeys([*more, *Writer(chosen.seed).texts(chosen.count)]))
    try:
        if chosen.write:
            lines = [
                f"{'+' if each[DECIDES] else '-'} {text}\n" for text, each in zip(texts, judged(texts), strict=True)
            ]
            chosen.write.write_text("".join(lines), "utf-8")
        counts, report = compare(texts)
    except Unavailable as reason:
        sys.stdout.write(f"the parsers cannot run here: {reason}\n")
        return 2
    failed = stumbles([text for text in texts if accepted(text)])
    for line in [*report, *(f"sandbox stumbles: {each}" for each in failed)]:
        sys.stdout.write(line + "\n")
    taken = sum(map(accepted, texts))
    sys.stdout.write(f"{len(texts)} texts, {taken} accepted here, {len(failed)} stumbles\n")
    sys.stdout.write(f"{counts['agree']} agree, {counts['known']} known, {counts['disagree']} disagree\n")
    return 1 if report or failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
