"""What files can do to a process, for `tests.io.test_checking` to be protected from."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


def make(request: dict[str, Any], at: Any) -> dict[str, Any]:
    """Get into the trouble that the name of a file asks for."""
    at("it was opened")
    match Path(request["path"]).name:
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "abort":
            os.abort()
        case "exit":
            sys.stderr.write("what a library says at its end\n")
            os._exit(3)
        case "hang":
            time.sleep(3600)
        case "memory":
            bytearray(1 << 40)
        case "fault":
            raise ZeroDivisionError("by nothing")
        case "talk":
            sys.stdout.write("what a library prints\n")
            os.write(1, b"[1, 2]\n")
    return {"problems": [], "issues": [], "notes": [str(os.getpid())]}
