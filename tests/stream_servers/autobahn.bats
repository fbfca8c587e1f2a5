#!/usr/bin/env bats
# The cases of Autobahn's test suite for WebSockets, which PyPI's kosoku serves, with the WebSockets of src/net.

load ../cli/helper
load servers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "Autobahn's cases: framing, UTF-8, closing, large messages, compression" {
	local status=0
	[ -x "$STREAM_SERVERS/python/bin/kosoku" ] || skip "kosoku (PyPI) is missing: tests/stream_servers/install python"
	# In a sanitizer build without the cases that send much.
	local sections
	[ -z "$SANITIZED" ] || sections="1 2 3 4 5 6 7 10"
	# shellcheck disable=SC2086
	"$STREAM_SERVERS/python/bin/python" -B "$SERVERS_DIR/autobahn.py" \
		"$BUILDDIR/tests/stream_servers/websocket_echo" $sections >table || status=$?
	sed 's/^/# /' table >&3
	[ "$status" -eq 0 ]
	[ "$(grep -c '^[0-9]' table)" = "$(wc -w <<<"${sections:-1 2 3 4 5 6 7 9 10 12 13}")" ]
}
