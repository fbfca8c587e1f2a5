# The errors that users make in their first hours, and what the program says about each of them:
# tests/golden/newcomers.txt.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_servers
}

@test "the messages for 95 errors of newcomers match the golden file" {
	command -v python3 || skip
	start_demo
	cases="$SRCDIR/tests/golden/newcomers.txt"
	[ "$(grep -c '^== ' "$cases")" -eq 95 ]
	python3 "$SRCDIR/tests/cli/cases.py" "$REPRISE" "$cases" >out
	golden newcomers.txt <out
}
