load helper

@test "--version names the program and its version" {
	run "$REPRISE" --version
	[ "$status" -eq 0 ]
	[[ "$output" =~ ^reprise\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "no command is a mistake on the command line" {
	run "$REPRISE"
	[ "$status" -eq 2 ]
}

@test "an unknown command is named" {
	run "$REPRISE" trun
	[ "$status" -eq 2 ]
	[[ "$output" =~ ^error:\ unknown\ command\ \'trun\' ]]
}

@test "--help goes to standard output and ends well" {
	run --separate-stderr "$REPRISE" --help
	[ "$status" -eq 0 ]
	[[ "$output" =~ ^usage:\ reprise\ COMMAND ]]
	[ -z "$stderr" ]
}

@test "help, and help of a command" {
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
