load helper

@test "--version prints the program name and its version" {
	run "$REPRISE" --version
	[ "$status" -eq 0 ]
	[[ "$output" =~ ^reprise\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	# Programs of an earlier configure are compiled again; tests/lint/version.sh compares the other files.
	grep -qF "AC_INIT([reprise], [${output#reprise }])" "$SRCDIR/configure.ac"
}

@test "a missing command is an error" {
	run "$REPRISE"
	[ "$status" -eq 2 ]
}

@test "an unknown command is reported by name" {
	run "$REPRISE" trun
	[ "$status" -eq 2 ]
	[[ "$output" =~ ^error:\ unknown\ command\ \'trun\' ]]
}

@test "--help prints to standard output and exits with status 0" {
	run --separate-stderr "$REPRISE" --help
	[ "$status" -eq 0 ]
	[[ "$output" =~ ^usage:\ reprise\ COMMAND ]]
	[ -z "$stderr" ]
}

@test "help, and help for a command" {
	run "$REPRISE" help
	[ "$status" -eq 0 ]
	[ "$output" = "$("$REPRISE" --help)" ]
	run "$REPRISE" help check
	[ "$status" -eq 0 ]
	[ "$output" = "$("$REPRISE" check --help)" ]
	run "$REPRISE" help chek
	[ "$status" -eq 2 ]
	[[ "$output" == *"did you mean 'check'?"* ]]
}
