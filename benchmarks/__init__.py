"""How fast `nwb_models` is, beside PyNWB and beside the fastest that h5py allows.

python -m benchmarks                            # a table, in a few minutes
python -m benchmarks --scale full --docs        # what docs/performance.md shows
python -m benchmarks --only metadata --json out.json

files.py        the files that are measured on, written with PyNWB
figures.py      what is measured, on which files, and the targets
contenders/     each figure as each library does it
worker.py       one library doing one thing in a process of its own, again and again, with a clock
measure.py      the workers of a figure, in turn
judge.py        medians, ratios, and whether they are what was aimed at
report.py       the table and the JSON
page.py         docs/performance.md
plots.py        the plots beside it
"""
