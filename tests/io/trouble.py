"""What files can do to a process, for `tests.io.test_checking` to be protected from."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any


def make(request: dict[str, Any], at: Any) -> dict[str, Any]:
    """Get into the trouble that the name of a file asks for."""
    at("it was opened")
    match os.path.basename(request["path"]):
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "abort":
            os.abort()
        case "exit":
            print("what a library says at its end", file=sys.stderr)
            os._exit(3)
        case "hang":
            time.sleep(3600)
        case "memory":
            bytearray(1 << 40)
        case "fault":
            raise ZeroDivisionError("by nothing")
        case "talk":
            print("what a library prints")
            os.write(1, b"[1, 2]\n")
    return {"problems": [], "issues": [], "notes": [str(os.getpid())]}
