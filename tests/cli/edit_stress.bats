# Many random operations with `reprise edit --api`. contrib/test --all performs 10,000.
load helper

setup() {
	command -v python3 >/dev/null || skip "python3 is missing"
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "random operations on 2,000 lines and their undos give the text of a model, and the memory does not grow" {
	python3 -B "$SRCDIR/tests/cli/edit_stress.py" "$REPRISE" folder alone 200
}

@test "operations beside another program that writes the file: no change of either is lost or mixed" {
	python3 -B "$SRCDIR/tests/cli/edit_stress.py" "$REPRISE" folder beside 60
}
