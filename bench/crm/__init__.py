"""A seeded generator of dirty CRM data for the matching bench: records, truth and named traps.

Truth has one id for what may be merged. What is related and must stay apart (a subsidiary, a namesake, a colleague with
the same initial) has another id and, with the record it resembles, a line in the traps. The mix of `mix.yaml` was
committed before any weight was tuned on it; the dirt under `unseen` is left out while tuning.
"""
