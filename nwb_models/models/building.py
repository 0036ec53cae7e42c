"""The lock of whoever builds models of what is stored, or lets them say what was edited.

Threads share the models of a file, and an object has to be one model for all of them.  There is one lock for all files:
files link to each other, and two threads that come from two sides would wait for each other for ever.  Nothing is lost
by that: HDF5 lets one thread at a time do anything at all, whichever file it is about.

Reading the data of an array does not take it.  Whoever takes it together with the lock of an open file takes it first.
"""

from __future__ import annotations

import os
import threading

BUILDING = threading.RLock()

if hasattr(os, "register_at_fork"):
    # A process is forked when no thread is in the middle of anything; h5py does so with the lock of HDF5.
    os.register_at_fork(before=BUILDING.acquire, after_in_parent=BUILDING.release, after_in_child=BUILDING.release)
