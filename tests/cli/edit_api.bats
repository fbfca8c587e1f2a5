# The local API of the editor: `reprise edit --api`.
load helper

setup() {
	command -v python3 >/dev/null || skip "python3 is missing"
	cd "$BATS_TEST_TMPDIR" || return 1
}

api() {
	mkdir -p space
	python3 -B "$SRCDIR/tests/cli/edit_api.py" "$REPRISE" space/folder "$1"
}

@test "a request without the token, from another host or from another site is refused, and so is a path out of the folder" {
	api security
}

@test "--listen and --allow-host set the address and the names in the Host header" {
	api listen
}

@test "files are read with tree, places and diagnostics, checked and saved" {
	api files
}

@test "operations change a file, and their undo restores it" {
	api edits
}

@test "rows of a data file are read in windows" {
	api rows
}

@test "wrong options are reported" {
	run "$REPRISE" edit --api --listen 80x91: .
	[ "$status" -eq 2 ]
	[[ $output == *"--listen: '80x91:' is not a valid address; write HOST:PORT"* ]]
	run "$REPRISE" edit --api nowhere
	[ "$status" -eq 2 ]
	[[ $output == *"'nowhere' is not a folder"* ]]
	run "$REPRISE" edit --api . .
	[ "$status" -eq 2 ]
	run "$REPRISE" edit --api --apply x .
	[ "$status" -eq 2 ]
	[[ $output == *"use either --apply or --api"* ]]
}
