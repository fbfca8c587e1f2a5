load helper

@test "explain: a code has a wrong and a right example" {
	run "$REPRISE" explain e148
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 'E148: not exactly one ${…}' ]
	[[ "$output" == *'Wrong:'*'- if: ${product} != ""'*'Right:'*'- if: ${product != ""}'* ]]
}

@test "explain: lists all places of a key" {
	run "$REPRISE" explain timeout
	[ "$status" -eq 0 ]
	[[ "$output" == *'timeout: under defaults'*'default: 30s.'* ]]
	[[ "$output" == *'timeout: in the step request'* ]]
}

@test "explain: steps, extractors and expectations" {
	run "$REPRISE" explain think regex status
	[ "$status" -eq 0 ]
	[[ "$output" == *'think: a step'*'- think: '* ]]
	[[ "$output" == *'regex: an extractor'*'extract: {value: {regex: '* ]]
	[[ "$output" == *'status: an assertion'* ]]
}

@test "explain: an unknown word fails and suggests the nearest one" {
	run "$REPRISE" explain tmeout
	[ "$status" -eq 2 ]
	[[ "$output" == *"'tmeout' is not an error code or a keyword; did you mean 'timeout'?"* ]]
}

@test "explain: a missing word is an error" {
	run "$REPRISE" explain
	[ "$status" -eq 2 ]
}

@test "explain: every code is explained in at most 80 columns, with examples" {
	codes=$(sed -n 's/^DIAG_CODE(\([EW][0-9]*\),.*/\1/p' "$SRCDIR/src/base/diag_codes.def")
	[ "$(echo "$codes" | wc -l)" -gt 60 ]
	run "$REPRISE" explain $codes
	[ "$status" -eq 0 ]
	[ "$(grep -cE '^Wrong( \(.*\))?:$' <<<"$output")" -eq "$(echo "$codes" | wc -l)" ]
	[ "$(grep -cE '^Right( \(.*\))?:$' <<<"$output")" -eq "$(echo "$codes" | wc -l)" ]
	run -1 grep -E '^.{81}' <<<"$output"
}
