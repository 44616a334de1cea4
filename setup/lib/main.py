"""The entry of the commands: find the one asked for, turn errors into sentences."""

import importlib
import sys

from console import Stop, say
from environment import check_platform
from processes import Failed, terminate_as_interrupt

COMMANDS = ("demo", "serve", "shell", "test", "lint", "benchmark")


def main(arguments):
    name, *rest = arguments
    if name not in COMMANDS:
        raise SystemExit(f"There is no command {name}.")
    terminate_as_interrupt()
    try:
        check_platform()
        return importlib.import_module(f"commands.{name}").main(rest)
    except Stop as stop:
        say(f"Stopped: {stop}")
        return stop.exit_code
    except Failed as failure:
        say(f"Stopped: {failure}, the last words were: {failure.last_line()}")
        return 2
    except PermissionError as error:
        say(f"Stopped: {error.filename} cannot be written: give this user the right.")
        return 2
    except OSError as error:
        say(f"Stopped: {error}; if it stays so, remove the folder .local.")
        return 2
    except KeyboardInterrupt:
        say("interrupted; run it again to go on")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
