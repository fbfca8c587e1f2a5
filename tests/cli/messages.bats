# The most frequent messages in one file for reviewers: tests/golden/messages.txt.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_servers
}

@test "the 40 most frequent messages match the golden file" {
	command -v python3 || skip
	# Slower than the time limit of the last message.
	start_demo --latency 300ms..300ms
	cases="$SRCDIR/tests/golden/messages.txt"
	[ "$(grep -c '^== ' "$cases")" -eq 40 ]
	python3 "$SRCDIR/tests/cli/cases.py" "$REPRISE" "$cases" >out
	golden messages.txt <out
}
