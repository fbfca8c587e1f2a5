# Helpers of the tests with real servers, besides those of tests/cli/helper.bash. What is needed is installed by
# `contrib/install-deps servers` and tests/login_servers/install.

: "${LOGIN_SERVERS:=$HOME/.cache/reprise-login-servers}"

# needs_node PACKAGE…: skips the test if a package is missing.
needs_node() {
	local package
	command -v node >/dev/null || skip "no Node.js"
	for package in "$@"; do
		[ -d "$LOGIN_SERVERS/node_modules/$package" ] || skip "no npm package $package; tests/login_servers/install installs it"
	done
}

# start_node NAME [ARG…]: starts tests/login_servers/NAME.mjs, which prints its port.
start_node() {
	local name=$1 dir
	dir=$(scratch)
	shift
	cp "$SRCDIR/tests/login_servers/$name.mjs" "$dir"
	ln -sfn "$LOGIN_SERVERS/node_modules" "$dir/node_modules"
	timeout -k 5 "${SERVER_LIMIT_S:-600}" node "$dir/$name.mjs" "$@" >"$dir/$name.port" 2>"$dir/$name.err" </dev/null 3>&- &
	local pid=$!
	wait_for 60 grep -q '^[0-9]' "$dir/$name.port" || { cat "$dir/$name.err" >&2; return 1; }
	started "$name" $pid "$(grep -m 1 '^[0-9]' "$dir/$name.port")"
}
