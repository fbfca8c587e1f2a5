# Standard output that cannot be written: every command reports it and exits with status 5.
load helper

setup_file() {
	start_nginx
	export DIR=$BATS_FILE_TMPDIR
	cd "$DIR"
	cat >shop.yaml <<-END
		target: $SERVER_URL
		load: {users: 1, iterations: 2}
		steps: [get: /]
	END
	"$REPRISE" run -q -o result shop.yaml
	"$REPRISE" run -q --shard 1/1 -o shard shop.yaml
	printf "curl '%s/'\n" "$SERVER_URL" >visit.sh
	echo '{"id": 7}' >body.json
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$DIR"
}

# unwritten ARGUMENT…: standard output is full, then closed.
unwritten() {
	local status=0
	"$REPRISE" "$@" >/dev/full 2>message || status=$?
	[ "$status" -eq 5 ] || { echo "$*: status $status instead of 5"; cat message; return 1; }
	grep -Eq 'cannot write|could not be written' message || { echo "$*:"; cat message; return 1; }
	status=0
	"$REPRISE" "$@" >&- 2>message || status=$?
	[ "$status" -eq 5 ] || { echo "$*: status $status instead of 5, with a closed output"; return 1; }
}

@test "help and version" {
	unwritten --help
	unwritten -h
	unwritten help
	unwritten --version
	unwritten --version --licences
	for command in $("$REPRISE" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		unwritten "$command" --help
		unwritten help "$command"
	done
}

@test "the tests below include every command" {
	for command in $("$REPRISE" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		grep -Eq "^	unwritten $command( |\$)" "$BATS_TEST_FILENAME" || { echo "no test of $command"; false; }
	done
}

@test "commands that print a text" {
	unwritten check shop.yaml
	echo 'nothing: 1' >bad.yaml
	for format in json github; do
		status=0
		"$REPRISE" check --format $format shop.yaml bad.yaml >/dev/full 2>message || status=$?
		[ "$status" -eq 2 ]
		grep -q 'cannot write standard output' message
	done
	unwritten check --format json shop.yaml
	unwritten show shop.yaml
	unwritten show --config shop.yaml
	unwritten show --program shop.yaml
	unwritten show --format json shop.yaml
	unwritten import curl visit.sh --force -q -o visit.yaml --json -
	unwritten try jsonpath '$.id' body.json
	unwritten explain timeout
	unwritten explain E148
	unwritten schema
	unwritten schema --forms
	echo '[{"op": "set", "path": "/steps/0/get", "value": "/a"}]' >ops.json
	unwritten edit --apply ops.json --stdout shop.yaml
	unwritten mcp . < <(yes '{"jsonrpc": "2.0", "id": 1, "method": "ping"}')
	unwritten doctor
	unwritten doctor --format json
	unwritten init -
	unwritten reference bash
	unwritten reference zsh
	unwritten reference fish
	unwritten import curl visit.sh -o -
	export XDG_DATA_HOME=$DIR
	unwritten record ca create
}

@test "commands that print a result" {
	unwritten run shop.yaml
	for output in json csv events ndjson junit; do
		unwritten run --$output - shop.yaml
	done
	unwritten replay visit.sh --once
	unwritten report result
	unwritten merge shard
	unwritten merge --json - shard
	unwritten watch shard
	unwritten compare result result
	unwritten compare --format json result result
	unwritten compare --format markdown result result
	unwritten compare --junit - result result
}

@test "the sample shop does not run if its address cannot be printed" {
	unwritten demo -p 0
	unwritten demo -p 0 --format json
}
