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
