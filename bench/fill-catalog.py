"""Puts segments into the catalog of a stopped server: file, their number for each camera, length of each
and end of the last (milliseconds), size of each (bytes)."""

import sqlite3
import sys

INSERT = """
insert into segments (camera_id, start_ms, end_ms, name, run_id, number, size_bytes, state, kind, payload_sha256)
with recursive row(number, start_ms) as (
  select 0, :first_ms
  union all
  select number + 1, start_ms + :length_ms from row where number < :count - 1
)
select :camera, start_ms, start_ms + :length_ms, strftime('%Y-%m-%d_%H-%M-%S.mp4', start_ms / 1000, 'unixepoch'),
  printf('00000000-0000-4000-8000-%012d', :camera), number, :size_bytes, 'closed', 'continuous', randomblob(32)
from row
"""
TOTALS = """
insert into segment_totals (camera_id, segment_count, size_bytes, duration_ms)
values (:camera, :count, :count * :size_bytes, :count * :length_ms)
"""


def main(file, count, length_ms, end_ms, size_bytes):
    database = sqlite3.connect(file, isolation_level=None)
    # What a crash leaves is not needed: the file is made anew.
    database.execute("pragma synchronous = off")
    for (camera,) in database.execute("select id from cameras").fetchall():
        row = {"camera": camera, "count": count, "length_ms": length_ms, "size_bytes": size_bytes}
        database.execute("begin")
        database.execute(INSERT, {**row, "first_ms": end_ms - count * length_ms})
        database.execute(TOTALS, row)
        database.execute("commit")
    # As the server leaves it when it ends: one whole file.
    database.execute("pragma wal_checkpoint(truncate)")
    print(database.execute("select count(*) from segments").fetchone()[0])


main(sys.argv[1], *map(int, sys.argv[2:]))
