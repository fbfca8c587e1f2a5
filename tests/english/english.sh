#!/bin/sh
# Checks that the project's texts are written in plain English; speaks TAP.
#
#   tests/english/english.sh               all texts of the project
#   tests/english/english.sh PATH…         these files and folders only, such as src/net
#   tests/english/english.sh --counts      how often each rule is broken
#
# The rules are in tests/english/banned, what they may not catch is in tests/english/exceptions.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
if ! command -v python3 >/dev/null; then
	echo "1..0 # SKIP python3 is not installed"
	exit 0
fi
exec python3 -B "$here/english.py" "$@"
