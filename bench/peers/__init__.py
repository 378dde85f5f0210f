"""The contestants of the matching bench: programs that run in environments of their own, and what judges them.

A contestant is one file `programs/run_<name>.py`, called with the raw or the cleaned columns of a case, a folder for
its answer, the kind and, where it learns, the columns of another case with their truth beside.
`programs/exchange.py` reads and writes for it, `programs/lessons.py` makes blocks and labels for those that learn.
A case is a folder: `raw.csv` (the roles of the match table as columns, the number of the row as id), `cleaned.csv` (our
cleaned columns), `truth.npy` (the entity of every row) and, where the pairs are given, `given.npy`. An answer is
`a.npy`, `b.npy`, `score.npy` (every pair that was scored), `verdict.npy` (2: merged unasked, 1: for a person) and
`group.npy` (a label a row), the last two at a threshold that was fixed beforehand.
"""
