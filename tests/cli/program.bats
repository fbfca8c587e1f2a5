load helper

# Each scenario in tests/golden/program compiles to the listing next to it.
listing() {
	cd "$SRCDIR/tests/golden/program"
	reprise show --program "$1.yaml" | golden "program/$1.txt"
}

@test "program: requests, their URLs, headers and bodies" {
	listing requests
}

@test "program: blocks, loops, think times and fibers" {
	listing control
}

@test "program: expectations and extractions" {
	listing responses
}

@test "program: sockets and streams of events" {
	listing sockets
}

@test "program: variables, parameters and constants" {
	listing values
}
