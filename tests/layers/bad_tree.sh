#!/bin/sh
# Shows that layers.sh and names.py can fail: a small valid tree, then the same with one invalid line.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
count=0
failed=0

good_tree() {
	rm -rf "$tree/src" "$tree/tests" "$tree/Makefile.am"
	mkdir -p "$tree/src/base" "$tree/src/net/tls" "$tree/src/net/dns" "$tree/src/steps"
	cat >"$tree/src/LAYERS" <<-'END'
		room base:
		room net: base
		room net/*: base net
		room steps: base
		room steps/deep: base
		above steps/steps.c: steps/deep
		plugin steps
		shared steps/common.h
		library curl/*.h: net/client.c
		system stdio.h sys/*.h
	END
	printf '#include <stdio.h>\n#include <sys/types.h>\n' >"$tree/src/base/str.h"
	printf '#include "base/str.h"\n#include <curl/curl.h>\n' >"$tree/src/net/client.c"
	: >"$tree/src/net/loop.h"
	: >"$tree/src/net/dns/dns.h"
	printf '#include "%s"\n' base/str.h net/loop.h >"$tree/src/net/tls/tls.c"
	printf '#include "base/str.h"\n' >"$tree/src/steps/think.h"
	: >"$tree/src/steps/common.h"
	printf '#include "steps/%s"\n' think.h steps.def common.h >"$tree/src/steps/think.c"
	printf '#include "steps/think.h"\n' >"$tree/src/steps/steps.c"
	: >"$tree/src/steps/steps.def"
	mkdir -p "$tree/src/steps/deep"
	printf 'struct deep {\n};\nvoid deep_dive(struct deep *d);\n' >"$tree/src/steps/deep/deep.h"
	printf '#include "steps/deep/deep.h"\n' >>"$tree/src/steps/steps.c"
	(cd "$tree" && echo 'all = \' && find src -type f ! -name LAYERS | LC_ALL=C sort |
		sed 's/.*/\t& \\/' && printf '\t$(NULL)\n') >"$tree/Makefile.am"
}

# expect NUMBER TEXT: only rule NUMBER of layers.sh must fail (0: no rule must fail); N1 is rule 1 of
# names.py.
expect() {
	count=$((count + 1))
	case $1 in
	N*) output=$(python3 "$here/names.py" "$tree") ;;
	*) output=$(sh "$here/layers.sh" "$tree") ;;
	esac
	status=$?
	broken=$(printf '%s\n' "$output" | sed -n 's/^not ok \([0-9]*\).*/\1/p' | tr '\n' ' ')
	rule=${1#N}
	if [ "$rule" -eq 0 ] && [ -z "$broken" ] && [ $status -eq 0 ]; then
		echo "ok $count - $2"
	elif [ "$rule" -ne 0 ] && [ "$broken" = "$rule " ] && [ $status -ne 0 ]; then
		echo "ok $count - $2"
	else
		failed=1
		echo "not ok $count - $2"
		printf '%s\n' "$output" | sed 's/^/# /'
	fi
	good_tree
}

echo 1..25
good_tree
expect 0 "a tree in order passes"

printf 'room low: high\n' >>"$tree/src/LAYERS"
expect 1 "a room that names one not above it"

printf 'rooom low:\n' >>"$tree/src/LAYERS"
expect 1 "a line that says nothing"

printf '#include "str.h"\n' >"$tree/src/base/str.h"
expect 2 "an include without its room"

printf '  #  include "../net/client.h"\n' >"$tree/src/base/str.h"
expect 2 "an include with a way upwards"

printf '#include "net/client.h"\n' >"$tree/src/base/str.h"
expect 3 "a low room that includes a higher one"

printf '#include "attic/box.h"\n' >"$tree/src/base/str.h"
expect 3 "an include of an unknown room"

printf '#include "steps/log.h"\n' >"$tree/src/steps/think.c"
expect 4 "a plug-in that includes its sibling"

printf '#include <curl/multi.h>\n' >"$tree/src/base/str.h"
expect 5 "a library's header outside the file named for it"

printf '#include <jansson.h>\n' >"$tree/src/net/client.c"
expect 5 "a library that is not listed"

: >"$tree/src/base/new.c"
expect 6 "a source file that no list has"

mkdir -p "$tree/tests/cli"
: >"$tree/tests/cli/new.bats"
expect 6 "a test that no list has"

yes | head -601 >"$tree/src/base/str.h"
expect 7 "a file of 601 lines"

yes | head -600 >"$tree/src/base/str.h"
expect 0 "a file of 600 lines"

yes | head -601 >"$tree/src/steps/steps.def"
expect 0 "a table as long as it must be"

expect N0 "names in order pass"

printf 'void string_find(void);\n' >"$tree/src/base/str.h"
expect N1 "a function without its header's prefix"

printf 'struct deep {\n};\n' >"$tree/src/base/str.h"
expect N2 "a tag that is defined twice"

: >"$tree/src/net/str.h"
expect N3 "a file name that exists twice"

printf 'all = \\\n\tsrc/net/client.c \\\n\tsrc/base/str.h \\\n\t$(NULL)\n' >"$tree/Makefile.am"
expect N4 "a list that is not sorted"

printf 'all = \\\n\tsrc/base/str.h \\\n\tsrc/base/str.h \\\n\t$(NULL)\n' >"$tree/Makefile.am"
expect N4 "a list with a duplicate"

printf '#include "steps/deep/deep.h"\n' >"$tree/src/steps/think.c"
expect 3 "a room that includes a sub-room it may not"

printf '#include "steps/steps.h"\n' >>"$tree/src/steps/deep/deep.h"
expect 3 "a sub-room that includes its room without saying so"

printf '#include "net/dns/dns.h"\n' >>"$tree/src/net/tls/tls.c"
expect 3 "a sub-room under the common line that includes another"

printf '#include "steps/common.h"\n' >>"$tree/src/net/tls/tls.c"
expect 3 "a sub-room under the common line that includes what the common line does not have"
exit $failed
