"""Describe many model sources with Ray Data: one SOURCE a line on standard input, one line of JSON each.

    pip install "ray[data]"
    ls -d ~/models/* | python ray_data.py > models.ndjson

Each task starts one `arch-extract batch --stdin` for its block of lines. What it answers for a line depends on that
line alone, so that blocks may be of any size and run anywhere, any number of times.
"""

import subprocess
import sys

import ray


def describe(block):
    lines = "".join(source + "\n" for source in block["source"])
    # The exit status is 2 where one of the sources failed; its line says so.
    out = subprocess.run(["arch-extract", "batch", "--stdin"], input=lines, stdout=subprocess.PIPE, text=True).stdout
    return {"source": block["source"], "answer": out.splitlines()}


sources = [{"source": line.rstrip("\n")} for line in sys.stdin]
ray.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR")
ray.data.DataContext.get_current().enable_progress_bars = False
ray.data.DataContext.get_current().execution_options.preserve_order = True
for row in ray.data.from_items(sources).map_batches(describe, batch_size=16, batch_format="numpy").iter_rows():
    print(row["answer"])
