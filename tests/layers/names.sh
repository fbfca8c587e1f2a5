#!/bin/sh
# Checks the names under src/ and the lists of Makefile.am (names.py); speaks TAP.
if ! command -v python3 >/dev/null; then
	echo "1..0 # SKIP python3 is not installed"
	exit 0
fi
exec python3 "$(dirname "$0")/names.py" "${SRCDIR:-.}"
