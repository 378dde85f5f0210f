"""What the reader and the writer may call: everything else is refused before a socket is touched.

The irreversible erasure of a person (`gdpr-delete`) stands on neither list.
"""

from connectors.hubspot.version import ACCOUNT, ASSOCIATIONS, OBJECTS, OWNERS, PIPELINES, PROPERTIES
from connectors.pace import Budget
from connectors.transport import Allowed

TYPE = r"([a-z]+|[0-9]+-[0-9]+)"
ID = r"[A-Za-z0-9_-]{1,64}"

BUDGETS = {"general": Budget(100, 10.0), "search": Budget(4, 1.0)}
"""The smallest allowance of any plan (100 per 10 s); what the answers' headers say replaces it. Search is 5 a second
for the whole account and states nothing, so that one call is left to other tools."""

SHARED = (
    Allowed.of("GET", ACCOUNT, "general"),
    Allowed.of("GET", f"{ASSOCIATIONS}/{TYPE}/{TYPE}/labels", "general"),
)
READER = (
    *SHARED,
    Allowed.of("GET", f"{OBJECTS}/{TYPE}", "general"),
    Allowed.of("GET", f"{OBJECTS}/{TYPE}/{ID}", "general"),
    Allowed.of("POST", f"{OBJECTS}/{TYPE}/batch/read", "general"),
    Allowed.of("POST", f"{OBJECTS}/{TYPE}/search", "search"),
    Allowed.of("POST", f"{ASSOCIATIONS}/{TYPE}/{TYPE}/batch/read", "general"),
    Allowed.of("GET", f"{PROPERTIES}/{TYPE}", "general"),
    Allowed.of("GET", f"{PIPELINES}/{TYPE}", "general"),
    Allowed.of("GET", OWNERS, "general"),
)
WRITER = (
    *SHARED,
    Allowed.of("POST", f"{OBJECTS}/{TYPE}/batch/(create|update|archive)", "general"),
    Allowed.of("POST", f"{OBJECTS}/{TYPE}/merge", "general"),
    Allowed.of("POST", f"{ASSOCIATIONS}/{TYPE}/{TYPE}/batch/(create|archive|labels/archive)", "general"),
    Allowed.of("POST", f"{PROPERTIES}/{TYPE}", "general"),
)
