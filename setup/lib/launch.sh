#!/usr/bin/env bash
# Run one of the commands with a Python that is new enough for it.
set -eu

command=$1
shift
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

for python in "${CM_PYTHON:-python3}" python3 /usr/bin/python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
        exec "$python" -B "$lib/main.py" "$command" "$@"
    fi
done
echo "[setup] Python 3.10 or later is needed: install the package python3" \
    "or name one with CM_PYTHON." >&2
exit 2
