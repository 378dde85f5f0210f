"""`python -m sync` is `revops-sync`."""

from sync.cli import main

main()
