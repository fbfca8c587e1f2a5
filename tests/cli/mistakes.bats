# Invalid files and their messages: tests/golden/check/NAME.yaml and NAME.txt. After an intended
# change: UPDATE_GOLDEN=yes bats tests/cli/mistakes.bats, and read the difference.
load helper

# The lists of known names grow with each kind, so their content is not compared.
told() {
	"$REPRISE" check "$1" 2>&1 |
		sed -E 's/(one of|valid keys:) ([a-z_]+), [a-z_, ]*[a-z_]+/\1 …/'
}

@test "the messages for every invalid file match the golden files" {
	cd "$SRCDIR/tests/golden/check"
	wrong=
	for file in *.yaml; do
		told "$file" | golden "check/${file%.yaml}.txt" || wrong="$wrong $file"
	done
	[ -z "$wrong" ] || { echo "other messages:$wrong"; false; }
}

@test "every invalid file is rejected with a position and a code" {
	cd "$SRCDIR/tests/golden/check"
	[ "$(ls *.yaml | wc -l)" -gt 120 ]
	for file in *.yaml; do
		run "$REPRISE" check "$file"
		[ "$status" -eq 2 ] || { echo "$file: status $status"; false; }
		grep -qE '^[a-z0-9-]+\.yaml:[0-9]+:[0-9]+: error: .*  \[E[0-9]+\]$' <<<"$output" ||
			{ echo "$file: $output"; false; }
		[[ "${lines[-1]}" == *"in $file; nothing was sent." ]]
	done
}

@test "no invalid file crashes the program" {
	cd "$SRCDIR/tests/golden/check"
	for file in *.yaml; do
		# The file, truncated at several positions.
		size=$(stat -c %s "$file")
		for at in 10 30 $((size / 2)) $((size - 3)); do
			status=0
			head -c "$at" "$file" | "$REPRISE" check - >/dev/null 2>&1 || status=$?
			[ "$status" -le 2 ] || { echo "$file cut at $at: status $status"; false; }
		done
	done
}
