# Servers that are not ours, for the tests of this folder; loaded after the helper of tests/cli. They are
# installed by tests/stream_servers/install in STREAM_SERVERS; a test whose server is missing is skipped.

: "${STREAM_SERVERS:=$HOME/.cache/reprise-stream-servers}"
SERVERS_DIR="$SRCDIR/tests/stream_servers"

# python_server NAME [ARG…], node_server NAME [ARG…], go_server NAME [ARG…]: starts the server in the file NAME.
# Its port is in SERVER_PORT, its output in SERVER_OUT.
python_server() {
	[ -x "$STREAM_SERVERS/python/bin/pip" ] || skip "Python servers are missing: tests/stream_servers/install python"
	start_server "$1" "$STREAM_SERVERS/python/bin/python" -B "$SERVERS_DIR/$1" "${SERVER_LIMIT_S:-1500}" "${@:2}"
}

node_server() {
	[ -d "$STREAM_SERVERS/node/node_modules/ws" ] || skip "Node.js servers are missing: tests/stream_servers/install node"
	[ "$(node -p 'parseInt(process.versions.node) >= 20')" = true ] || skip "Node.js is older than 20"
	NODE_PATH=$STREAM_SERVERS/node/node_modules start_server "$1" node "$SERVERS_DIR/$1" "${SERVER_LIMIT_S:-1500}" "${@:2}"
}

go_server() {
	[ -x "$STREAM_SERVERS/go/$1" ] || skip "Go servers are missing: tests/stream_servers/install go"
	cmp -s "$SERVERS_DIR/$1.go" "$STREAM_SERVERS/go/main.go" ||
		skip "the Go server is older than its source: tests/stream_servers/install go"
	start_server "$1" "$STREAM_SERVERS/go/$1" "${SERVER_LIMIT_S:-1500}" "${@:2}"
}

start_server() {
	local name=$1
	shift
	SERVER_OUT="$(scratch)/$name.out"
	rm -f "$SERVER_OUT" # of a server that has ended
	"$@" >>"$SERVER_OUT" 2>"$SERVER_OUT.err" </dev/null 3>&- &
	wait_for 60 test -s "$SERVER_OUT" || { cat "$SERVER_OUT.err" >&2; return 1; }
	started "$name" $! "$(head -1 "$SERVER_OUT")"
}

# lines_of COUNT PATTERN: whether the server has printed COUNT lines that match.
lines_of() {
	[ "$(grep -c -E "$2" "$SERVER_OUT")" -ge "$1" ]
}
