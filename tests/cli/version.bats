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
