# Files that other programs change while they are edited with `reprise edit --api`.
load helper

setup() {
	command -v python3 >/dev/null || skip "python3 is missing"
	cd "$BATS_TEST_TMPDIR" || return 1
}

others() {
	mkdir -p space
	python3 -B "$SRCDIR/tests/cli/edit_others.py" "$REPRISE" space/folder "$1"
}

@test "operations for an older version are applied to the text of another program; only one that no longer fits is refused" {
	others merge
}

@test "operations that another program has overwritten are applied again, unless it restores an earlier text" {
	others overwritten
}

@test "the undos of a session keep the changes of other programs" {
	others undo
}

@test "a file that was removed, replaced, made unreadable, too large or not UTF-8 is reported and not damaged" {
	others unusual
}

@test "the pages are informed of files that are created, changed and removed, with their versions" {
	others watch
}
