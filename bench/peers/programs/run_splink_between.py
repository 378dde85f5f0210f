"""Splink's way with new records: trained on the known ones, then `predict_between` known and new, `predict_within` new.

Called with a file, how many of its first rows are known, and their kind; prints what matching the new ones took.
"""

import json
import sys
import time
from pathlib import Path

import duckdb
from exchange import Asked
from run_splink import FLOOR, prepared, trained
from splink import DuckDBAPI, Linker


def main() -> None:
    """Train once; match twice, for the second time knows the way."""
    file, known, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    base = duckdb.connect()
    base.execute("set enable_progress_bar = false")
    present = prepared(base, Asked(file, file.parent, kind, None))
    base.execute(f"create table fresh as select * from rows where unique_id >= {known}")
    base.execute(f"delete from rows where unique_id >= {known}")
    linker = trained(base, kind, present)
    for column in sorted(one.name for one in linker._settings_obj._term_frequency_columns):
        linker.table_management.compute_tf_table(column)
    told = [matched(base, linker) for _ in range(2)]
    print(json.dumps({"first": told[0], "again": told[1]}))


def matched(base: duckdb.DuckDBPyConnection, linker: Linker) -> tuple[float, float, int]:
    """Seconds on the wall and of the processor, and how many pairs, of the new records among themselves too."""
    wall, cpu = time.perf_counter(), time.process_time()
    api = linker._db_api
    assert isinstance(api, DuckDBAPI)
    known, fresh = api.register("rows"), api.register("fresh")
    across = linker.inference.predict_between(known, fresh, threshold_match_probability=FLOOR)
    inside = linker.inference.predict_within(fresh, threshold_match_probability=FLOOR)
    names = [one.physical_name for one in (across, inside)]
    count = sum(base.execute(f"select count(*) from {name}").fetchall()[0][0] for name in names)
    return time.perf_counter() - wall, time.process_time() - cpu, count


if __name__ == "__main__":
    main()
