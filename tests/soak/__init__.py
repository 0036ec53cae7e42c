"""Long runs, by hand: damaged files, faults while writing, hostile specifications.

    python -m tests.soak.mutants --count 2000      # bit flips and cuts of files
    python -m tests.soak.api --count 200           # all that the library can do, to such files
    python -m tests.soak.faults --points 200       # faults at the file operations of everything that writes
    python -m tests.soak.loader --minutes 10       # specifications that a fuzzer makes up; needs atheris

Their figures are in docs/reliability.md; `tests/test_soak.py` runs a little of the first two.
"""
