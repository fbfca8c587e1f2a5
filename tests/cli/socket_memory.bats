#!/usr/bin/env bats
# The memory that an open WebSocket, and an open stream of events, takes: the difference between 50 and 550 users.

load helper

setup_file() {
	"$SRCDIR/tests/faults/certs" "$BATS_FILE_TMPDIR/certs" >/dev/null
}

setup() {
	case ${SANITIZED:-} in "") ;; *) skip "a sanitizer needs more memory" ;; esac
	cd "$BATS_TEST_TMPDIR"
	certs="$BATS_FILE_TMPDIR/certs"
}

teardown() {
	kill "$(cat server.pid)" "$(cat run.pid)" 2>/dev/null || true
}

# resident USERS: the memory of a run with that number of open connections, in KB.
resident() {
	local users=$1 out=server.$1
	python3 -B "$SRCDIR/tests/cli/quiet_server.py" 300 "${tls[@]}" >"$out" 2>/dev/null </dev/null 3>&- &
	echo $! >server.pid
	wait_for 60 test -s "$out"
	scenario >/dev/null <<-END
		target: $scheme://127.0.0.1:$(head -1 "$out")
		defaults: {transport: $transport, timeout: 2m, tls: {verify: no}}
		load: {users: $users, iterations: 1}
		steps:
		  - $step
		  - wait_for: {body: {contains: hello}}
		  - wait_for: {body: {contains: never}}
	END
	"$REPRISE" run -j 1 -q scenario.yaml >run.out 2>&1 </dev/null 3>&- &
	echo $! >run.pid
	wait_for 60 grep -qx "open $users" "$out"
	sleep 1 # the last message
	sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB$/\1/p' "/proc/$(cat run.pid)/status"
	kill "$(cat server.pid)" "$(cat run.pid)"
	wait_for 60 gone "$(cat run.pid)"
}

gone() {
	case $(ps -o stat= -p "$1") in "" | Z*) ;; *) return 1 ;; esac
}

# each_takes KB
each_takes() {
	local few many each
	few=$(resident 50)
	many=$(resident 550)
	each=$(((many - few) / 500))
	echo "$each KB each"
	[ "$each" -gt 0 ]
	[ "$each" -le "$1" ]
}

@test "an open WebSocket takes at most 20 KB" {
	scheme=http transport=auto step="websocket: /ws" tls=()
	each_takes 20
}

@test "an open WebSocket with TLS takes at most 45 KB, with OpenSSL 3.5 at most 60 KB" {
	scheme=https transport=auto step="websocket: /ws" tls=("$certs/good.pem" "$certs/good.key")
	local limit=45
	"$REPRISE" --version | grep -q 'OpenSSL 3\.[0-4]\.' || limit=60
	each_takes $limit
}

@test "an open stream of events takes at most 20 KB" {
	scheme=http transport=auto step="listen: /events" tls=()
	each_takes 20
}

# libcurl itself takes 25 KB of it: src/README.md, Memory.
@test "an open stream of events takes at most 36 KB with libcurl" {
	scheme=http transport=curl step="listen: /events" tls=()
	each_takes 36
}
