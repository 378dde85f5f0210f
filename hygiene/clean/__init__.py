"""One canonical form a file: a fast path for the plain case, a library for the rest."""
