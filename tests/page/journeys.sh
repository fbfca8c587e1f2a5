#!/bin/sh
# Performs the journeys through the editor's page in Chromium; speaks TAP.
#
# A journey is tests/page/journeys/NAME.journey.mjs. JOURNEY=NAME performs only this one; SHOTS=FOLDER keeps its
# screenshots. Skipped without node, Chromium, or what tests/page/journeys/install installs.
set -u
SRCDIR=${SRCDIR:-.}
folder=$SRCDIR/tests/page/journeys
PAGE_TOOLS=${PAGE_TOOLS:-$HOME/.cache/reprise-page}
REPRISE=${REPRISE:-$PWD/build/reprise}
export PAGE_TOOLS REPRISE SRCDIR
bundles=${BUILDDIR:-build}/src/edit/page/dist

# skip REASON
skip() {
	echo "1..0 # SKIP $1"
	exit 0
}

command -v node >/dev/null || skip "node is missing"
command -v chromium >/dev/null || skip "chromium is missing"
[ -d "$PAGE_TOOLS/node_modules/playwright-core" ] || skip "tests/page/journeys/install installs playwright-core"
[ -d "$PAGE_TOOLS/node_modules/axe-core" ] || skip "tests/page/journeys/install installs axe-core"
[ -e "$bundles/page.js" ] || skip "there is no page in this build"

number=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "$folder"/${JOURNEY:-*}.journey.mjs; do
	number=$((number + 1))
	name=$(basename "$file" .journey.mjs)
	if timeout -k 10 "${JOURNEY_LIMIT_S:-240}" node "$file" >"$work/log" 2>&1; then
		echo "ok $number - $name"
	else
		failed=1
		echo "not ok $number - $name"
	fi
	sed 's/^/#   /' "$work/log"
done
echo "1..$number"
exit $failed
