# Requests to `reprise edit --api` that no page sends.
load helper

setup() {
	command -v python3 >/dev/null || skip "python3 is missing"
	cd "$BATS_TEST_TMPDIR" || return 1
}

hostile() {
	mkdir -p space
	python3 -B "$SRCDIR/tests/cli/edit_hostile.py" "$REPRISE" space/folder "$1"
}

@test "a token that is wrong, or not in its header, is refused" {
	hostile tokens
}

@test "other names of this address and other origins are refused" {
	hostile sites
}

@test "no spelling of a path, and no link, leads out of the folder" {
	hostile paths
}

@test "unknown methods, large heads, wrong lengths and random bytes are refused" {
	hostile protocol
}

@test "JSON that is deep, wrong or not as expected changes nothing" {
	hostile bodies
}

@test "slow clients and many connections do not keep others out" {
	hostile connections
}
