"""Real client programs of both CRMs, run unmodified against the sandbox and judged by what they read back.

`python -m tests.sandbox.outsiders [NAME...] [--light] [--list]` runs them, prints a table and exits 1 if one failed.

A client is one folder `clients/<name>/` with a `client.toml` and the program that uses it; nothing else is edited:

    language = "python"             # or "node"
    package = "hubspot-api-client"  # whose installed version the table shows
    requires = ["hubspot-api-client==12.0.0"]  # exact versions, of PyPI or of npm ("jsforce@3.10.8")
    program = "run.py"              # a node program is CommonJS (run.cjs): its packages are found by NODE_PATH
    about = "HubSpot's own client"  # one line for the list
    # The rest may be left out:
    light = true                    # part of --light; where Python: run in the interpreter that runs the suite
    tls = true                      # https (CA_FILE, SSL_CERT_FILE, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS are set)
    tunnel = true                   # HTTPS_PROXY leads every host to the sandbox: for a client with a fixed address
    reference = "specs/..."         # a file of the reference data without which it cannot run
    install_scripts = true          # npm packages whose binary is put in place by their own install script
    empty = true                    # no records to begin with
    timeout = 300                   # seconds
    variables = { NAME = "value" }  # of its environment, besides those named below

The program gets a sandbox of its own, seeded (300 companies, 700 contacts, 150 leads, 200 deals in each CRM), and finds
in its environment: HUBSPOT_URL, HUBSPOT_TOKEN (may write), HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET,
HUBSPOT_REFRESH_TOKEN; SALESFORCE_URL (another origin and host), SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET (it may
write); SANDBOX_URL (for `/_sandbox/...`), CA_FILE (a PEM file, with TLS), REVOPS_REFERENCE, SCRATCH (an empty
folder, also its HOME and its working directory), BIN (the scripts that its packages install, first on PATH).
It prints one JSON line for each operation, {"op": "...", "ok": true|false|null, "why": "..."}, null being "not tried,
because"; other lines are ignored. `script/tell.py` (on PYTHONPATH) and `script/tell.cjs` (on NODE_PATH) do that:
functions are operations, run in the order given, and one that raises has failed. The suite adds two operations of its
own: that the program ended with exit code 0, and that no call made the sandbox itself stumble (`/_sandbox/errors`).
Environments are made once, under $REVOPS_OUTSIDERS, else $XDG_CACHE_HOME/revops-sync/outsiders, else ~/.cache/...
"""
