"""Requests that no honest client sends, and the rules that every answer to them keeps.

`python -m tests.sandbox.hostile [--requests N] [--seed S]` starts a seeded sandbox in a process of its own and sends it
(1) calls made by mutating valid ones, (2) what is no HTTP, or only just, over sockets, (3) what Schemathesis makes of
`/_sandbox/openapi.json`, where it can be installed. The last line is `N requests, N violations`; exit 1 if there are.
The same requests are made from the same seed. `tests/sandbox/test_hostile.py` runs a smaller share in process.
"""
