# The suggested lines of diagnostics: each is right, or absent.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# suggestions FOLDER MINIMUM: applies all suggestions for the files of a folder of golden files.
suggestions() {
	command -v python3 || skip
	cp -r "$SRCDIR/tests/golden/$1" files
	run python3 "$SRCDIR/tests/cli/apply_suggestions.py" "$REPRISE" files/*.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" -gt "$2" ]
}

@test "every suggested line for an invalid file fixes the error" {
	suggestions check 60
}

@test "every suggested line for an error of a newcomer fixes the error" {
	command -v python3 || skip
	export SERVER_URL=http://127.0.0.1:8080
	python3 "$SRCDIR/tests/cli/cases.py" --files "$SRCDIR/tests/golden/newcomers.txt" files
	run python3 "$SRCDIR/tests/cli/apply_suggestions.py" "$REPRISE" files/*/*.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" -gt 30 ]
}

@test "every suggested line for a trap of YAML fixes the error" {
	suggestions diag 30
}
