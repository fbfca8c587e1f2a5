load helper

# The servers that the other tests stand on start, answer and end.

teardown() {
	stop_servers
}

@test "nginx answers on its own port and ends" {
	start_nginx
	[ "$(fetch "$SERVER_URL/any" | json - 'd["ok"]')" = true ]
	[ "$(wc -l <"$NGINX_DIR/access.log")" -eq 1 ]
	stop_servers
	! listens "$SERVER_PORT"
}

@test "near tells far from near" {
	near 98 100 2
	! near 97 100 2
}
