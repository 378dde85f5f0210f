"""What the reader and the writer may call, by method and whole path."""

import re

from connectors.salesforce.paths import DATA, SOAP, TOKEN
from connectors.transport import Allowed

BUDGET = "api"
BASE = re.escape(DATA)
NAME = r"[A-Za-z][A-Za-z0-9_]*"
JOB = r"[A-Za-z0-9]{15,18}"

SIGN_IN = (Allowed.of("POST", TOKEN, BUDGET),)
READER = (
    *SIGN_IN,
    Allowed.of("GET", rf"{BASE}/sobjects/{NAME}/describe", BUDGET),
    Allowed.of("GET", rf"{BASE}/(?:query|queryAll)", BUDGET),
    Allowed.of("GET", rf"{BASE}/query/[A-Za-z0-9-]+", BUDGET),
    Allowed.of("POST", rf"{BASE}/composite/sobjects/{NAME}", BUDGET),  # retrieve by id: a read, for all its method
)
WRITER = (
    *SIGN_IN,
    Allowed.of("GET", rf"{BASE}/sobjects/{NAME}/describe", BUDGET),
    Allowed.of("PATCH", rf"{BASE}/composite/sobjects", BUDGET),
    Allowed.of("DELETE", rf"{BASE}/composite/sobjects", BUDGET),
    Allowed.of("POST", rf"{BASE}/composite", BUDGET),
    Allowed.of("POST", rf"{BASE}/jobs/ingest", BUDGET),
    Allowed.of("PUT", rf"{BASE}/jobs/ingest/{JOB}/batches", BUDGET),
    Allowed.of("PATCH", rf"{BASE}/jobs/ingest/{JOB}", BUDGET),
    Allowed.of("GET", rf"{BASE}/jobs/ingest/{JOB}", BUDGET),
    Allowed.of("GET", rf"{BASE}/jobs/ingest/{JOB}/(?:successfulResults|failedResults|unprocessedrecords)", BUDGET),
    Allowed.of("POST", re.escape(SOAP), BUDGET),
)
