# Jobs, uploads and the event stream of the API: `reprise edit --api`.
load helper

setup_file() {
	start_demo
	export SHOP=$SERVER_URL
}

teardown_file() {
	stop_servers
}

setup() {
	command -v python3 >/dev/null || skip "python3 is missing"
	cd "$BATS_TEST_TMPDIR" || return 1
}

# jobs TEST [URL]: performs a test of edit_jobs.py; visits does so with edit_visits.py.
jobs() {
	mkdir -p space
	python3 -B "$SRCDIR/tests/cli/${SCRIPT:-edit_jobs.py}" "$REPRISE" space/folder "$@"
}

visits() {
	SCRIPT=edit_visits.py jobs "$@"
}

@test "each page has an event stream, and a page that disconnects disturbs no other" {
	jobs events
}

@test "uploads are sent in pieces, in their order, and removed" {
	jobs uploads
}

@test "a report is served once, from another address and in a sandbox" {
	visits reports
}

@test "a run and a comparison are followed to their end, on two pages at the same time" {
	jobs runs "$SHOP"
}

@test "a try runs up to a step; its requests, responses and their bodies can be read" {
	visits tries "$SHOP" >shape
	golden edit_jobs.json <shape
}

@test "an upload or a file is imported, and --verify contacts only confirmed hosts" {
	visits imports "$SHOP"
}

@test "many tries in a row need no more memory" {
	visits many_tries "$SHOP"
}

@test "a visit is recorded, its steps get names, and stopping it writes the files" {
	visits records "$SHOP"
}

@test "wrong requests for jobs are refused; at most four jobs run, and few are kept" {
	jobs hostile "$SHOP"
}

@test "a job is cancelled at any time; a child that is killed or does not react is reported" {
	jobs cancels "$SHOP"
}

@test "no job is left when the server ends" {
	jobs server_ends "$SHOP"
}
