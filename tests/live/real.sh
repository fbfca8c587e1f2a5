#!/bin/sh
# Runs in a terminal, as one test of `make check`; skipped if it cannot run.
set -eu

: "${SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${BUILDDIR:=$SRCDIR/build}"
if ! command -v python3 >/dev/null; then
	echo "1..0 # SKIP no python3"
	exit 0
fi
exec python3 "$SRCDIR/tests/live/real.py" "${REPRISE:-$BUILDDIR/reprise}" "$SRCDIR"
