#!/usr/bin/env bats
# contrib/from-molotov.md: each command works as documented.

load helper

setup_file() {
	start_demo
}

teardown_file() {
	stop_servers
}

lines() {
	sed -n 's/^|.*| `\(reprise [^`]*\)` |$/\1/p' "$SRCDIR/contrib/from-molotov.md" | sort -u
}

@test "every command of the Molotov guide works" {
	cp -r "$SRCDIR/examples" "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	chmod -R u+w examples
	patient examples/*.yaml
	[ "$(lines | wc -l)" -ge 20 ]
	while read -r program command rest; do
		target=
		[ "$command" = explain ] || target="--target $SERVER_URL"
		# shellcheck disable=SC2086
		"$REPRISE" $command $target $rest >"$BATS_TEST_TMPDIR/out" 2>&1 </dev/null || {
			echo "failed: $program $command $rest"
			cat "$BATS_TEST_TMPDIR/out"
			false
		}
	done < <(lines)
}
