"""The command `lifering`, as the wheel carries it."""

import signal
import sys

from lifering import _lifering


def main() -> int:
    """Run the command line and return its exit status."""
    # Python would only note Ctrl-C and go on; the command ends at once, as programs do.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _lifering.command(["lifering", *sys.argv[1:]], [sys.executable, "-m", "lifering"])


if __name__ == "__main__":
    sys.exit(main())
