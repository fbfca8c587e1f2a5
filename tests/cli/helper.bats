load helper

# The servers of the other tests start, respond and stop.

teardown() {
	stop_servers
}

@test "nginx starts on its own port and stops" {
	start_nginx
	[ "$(fetch "$SERVER_URL/any" | json - 'd["ok"]')" = true ]
	[ "$(wc -l <"$NGINX_DIR/access.log")" -eq 1 ]
	stop_servers
	run ! listens "$SERVER_PORT"
}

@test "near distinguishes near from far values" {
	near 98 100 2
	run ! near 97 100 2
}

@test "the scripted origin responds, counts and stops" {
	start_origin
	fetch "$SERVER_URL/ok"
	[ "$(origin_saw | json - 'd["sends"]')" = 1 ]
	origin_reset
	[ "$(origin_saw | json - 'd["sends"]')" = 0 ]
	[ "$(origin_port https)" -gt 0 ]
	[ -s "$ORIGIN_CERTS/ca.pem" ]
}

@test "golden distinguishes same from different" {
	echo "one" | UPDATE_GOLDEN=yes SRCDIR=$(golden_tree) golden one.txt
	echo "one" | SRCDIR=$(golden_tree) golden one.txt
	SRCDIR=$(golden_tree) run ! golden one.txt <<<"two"
}

golden_tree() {
	mkdir -p "$BATS_TEST_TMPDIR/tests/golden"
	echo "$BATS_TEST_TMPDIR"
}
