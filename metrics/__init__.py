"""Measures without proposing: one number a file, each with its formula, its version and the records behind it."""
