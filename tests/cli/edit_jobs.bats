# Jobs, uploads and the event stream of the API: `reprise edit --api`.
load helper

setup() {
	command -v python3 >/dev/null || skip "python3 is missing"
	cd "$BATS_TEST_TMPDIR" || return 1
}

jobs() {
	mkdir -p space
	python3 -B "$SRCDIR/tests/cli/edit_jobs.py" "$REPRISE" space/folder "$@"
}

@test "each page has an event stream, and a page that disconnects disturbs no other" {
	jobs events
}
