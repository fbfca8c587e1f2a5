# Hosts, secrets, results and extractors of `reprise edit --api`.
load helper

setup_file() {
	start_demo
	export DEMO_URL=$SERVER_URL
}

teardown_file() {
	stop_servers
}

setup() {
	command -v python3 >/dev/null || skip "python3 is missing"
	cd "$BATS_TEST_TMPDIR" || return 1
}

api() {
	mkdir -p space
	python3 -B "$SRCDIR/tests/cli/edit_extracts.py" "$REPRISE" space/folder "$@"
}

@test "hosts that a scenario contacts are listed, and the user confirms those of other machines" {
	api hosts
}

@test "the plan of a run is that of reprise show" {
	api plan
}

@test "secrets are kept in memory or in .env, and never returned" {
	api secrets
}

@test "results are listed with their numbers, and a pipe in a result folder does not block" {
	api results
}

@test "extractors are proposed for a selected value, tried, and tried again on another response" {
	api extracts
}

@test "a place without a value and an entry that the language does not accept are refused" {
	api extract_errors
}

@test "values of the responses of a try are proposed, and tried again on a second try" {
	api tries "$DEMO_URL"
}
