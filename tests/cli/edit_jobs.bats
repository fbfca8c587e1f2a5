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

jobs() {
	mkdir -p space
	python3 -B "$SRCDIR/tests/cli/edit_jobs.py" "$REPRISE" space/folder "$@"
}

@test "each page has an event stream, and a page that disconnects disturbs no other" {
	jobs events
}

@test "uploads are sent in pieces, in their order, and removed" {
	jobs uploads
}

@test "a report is served once, from another address and in a sandbox" {
	jobs reports
}

@test "a run and a comparison are followed to their end, on two pages at the same time" {
	jobs runs "$SHOP"
}

@test "a try runs up to a step; its requests, responses and their bodies can be read" {
	jobs tries "$SHOP"
}

@test "many tries in a row need no more memory" {
	jobs many_tries "$SHOP"
}

@test "a visit is recorded, its steps get names, and stopping it writes the files" {
	jobs records "$SHOP"
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
