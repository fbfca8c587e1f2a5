#!/bin/sh
# Checks the sources of the editor's page (src/edit/page) and its bundles; speaks TAP.
#
# What needs a tool that is missing is skipped: contrib/install-deps editor test installs all.
set -u
source=${SRCDIR:-.}/src/edit/page
bundles=${BUILDDIR:-build}/src/edit/page/dist
tests=${SRCDIR:-.}/tests/page
NODE_PATH=${NODE_PATH:-/usr/share/nodejs}
export NODE_PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
failed=0

# report STATUS TEXT: one test; its output is in $work/log.
report() {
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		failed=1
		echo "not ok $number - $2"
		sed 's/^/#   /' "$work/log"
	fi
}

# skip TEXT REASON
skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# Lines that a formatter would change: tabs, spaces at the end, long lines, single quotes around imports.
format() {
	find "$source" -name dist -prune -o \( -name '*.ts' -o -name '*.tsx' \) -print | sort | xargs awk '
		/\t/ { print FILENAME ":" FNR ": a tab"; bad = 1 }
		/ $/ { print FILENAME ":" FNR ": a space at the end"; bad = 1 }
		length($0) > 120 { print FILENAME ":" FNR ": longer than 120 characters"; bad = 1 }
		/^(import|export) .*from \x27/ { print FILENAME ":" FNR ": single quotes"; bad = 1 }
		match($0, /^ +/) && RLENGTH % 2 && $0 !~ /^ +\*/ { print FILENAME ":" FNR ": odd indentation"; bad = 1 }
		FNR > 500 { if (!(FILENAME in long)) print FILENAME ": more than 500 lines"; long[FILENAME] = bad = 1 }
		END { exit bad }'
}

# The bundles and index.html, as they are in the program.
packed_size() {
	sed -n 's|^/\* \(.*\): \([0-9]*\) bytes \*/$|\1 \2|p' "$bundles/../page_assets.c" |
		awk '$1 != "licences.txt" { sum += $2 } END { print sum + 0 }'
}

unit_tests() {
	for test in "$tests"/*.test.ts; do
		name=$(basename "$test" .test.ts)
		esbuild --bundle --platform=node --log-level=warning "$test" --outfile="$work/$name.cjs" >"$work/log" 2>&1 &&
			node "$work/$name.cjs" >"$work/log" 2>&1
		report $? "$name"
	done
}

format >"$work/log"
report $? "the sources are formatted"

if ! command -v tsc >/dev/null || [ ! -d "$NODE_PATH/@types/react" ]; then
	skip "the types are correct" "node-typescript or node-react is missing"
else
	tsc -p "$source" >"$work/log" 2>&1
	report $? "the types are correct"
fi

if [ ! -e "$bundles/page.js" ]; then
	skip "the page is at most 200 KB" "there is no page in this build"
else
	size=$(packed_size)
	echo "$size bytes, compressed" >"$work/log"
	[ "$size" -gt 100000 ] && [ "$size" -le 204800 ]
	report $? "the page is at most 200 KB"
fi

if ! command -v esbuild >/dev/null || ! command -v node >/dev/null; then
	skip "unit tests" "esbuild or node is missing"
else
	unit_tests
fi
echo "1..$number"
exit $failed
