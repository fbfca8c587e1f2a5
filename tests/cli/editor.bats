#!/usr/bin/env bats
# Completions and errors in an editor: yaml-language-server with the checked-in schema. The server is
# installed into the build folder once; without npm or the registry, the tests are skipped.

load helper

VERSION=1.15.0

setup_file() {
	local folder="$BUILDDIR/yaml-language-server-$VERSION"
	WHY=
	if [ -n "${SANITIZED:-}" ]; then
		WHY="the program does not run here"
	elif ! command -v npm >/dev/null || ! command -v node >/dev/null; then
		WHY="there is no npm"
	elif ! [ -e "$folder/done" ]; then
		if timeout 90 npm install --silent --no-audit --no-fund --prefix "$folder" \
			"yaml-language-server@$VERSION" >/dev/null 2>&1; then
			touch "$folder/done"
		else
			WHY="npm could not get it"
		fi
	fi
	SERVER="$folder/node_modules/yaml-language-server/bin/yaml-language-server"
	export WHY SERVER
}

setup() {
	[ -z "$WHY" ] || skip "$WHY"
}

ask() {
	local file=$1
	shift
	timeout 90 python3 "$SRCDIR/tests/editor/ask.py" "$SERVER" "$file" \
		"$SRCDIR/schemas/scenario.schema.json" "$@"
}

@test "an empty line at the top offers the keys of a scenario" {
	file=$(printf 'target: http://127.0.0.1:8080\n\n' | scenario)
	ask "$file" complete 2 1 >"$(scratch)/offered"
	grep -qx steps "$(scratch)/offered"
	grep -qx thresholds "$(scratch)/offered"
}

@test "a started step offers the keys that fit its action" {
	file=$(printf 'target: http://127.0.0.1:8080\nsteps:\n  - get: /\n    \n' | scenario)
	ask "$file" complete 4 5 >"$(scratch)/offered"
	grep -qx extract "$(scratch)/offered"
	grep -qx expect "$(scratch)/offered"
}

@test "an extraction offers the extractors" {
	file=$(printf 'target: http://127.0.0.1:8080\nsteps:\n  - get: /\n    extract:\n      id:\n        \n' | scenario)
	ask "$file" complete 6 9 >"$(scratch)/offered"
	grep -qx jsonpath "$(scratch)/offered"
	grep -qx css "$(scratch)/offered"
}

@test "hovering over a key shows its description" {
	file=$(printf 'target: http://127.0.0.1:8080\nload:\n  users: 5\nsteps:\n  - get: /\n' | scenario)
	ask "$file" hover 3 4 | grep -q 'Number of virtual users'
}

@test "errors are marked at their position; a valid file has none" {
	file=$(printf 'target: http://127.0.0.1:8080\nlaod:\n  users: 5\nsteps:\n  - get: /\n' | scenario)
	ask "$file" errors | grep -q '^2: .*laod'
	for file in "$SRCDIR"/examples/web-shop.yaml "$SRCDIR"/contrib/man/extract.yaml; do
		run ask "$file" errors
		[ -z "$output" ] || { echo "$file: $output"; false; }
	done
}
