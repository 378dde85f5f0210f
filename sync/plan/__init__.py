"""Findings -> one reviewable plan; the plan as a file; the plan that undoes a run."""
