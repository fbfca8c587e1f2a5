#!/usr/bin/env bats
# Every example is checked, shown and run against the sample shop without a failed request, and the
# counts match the shop's. Waits for messages are not requests of the shop.

load helper

setup() {
	start_demo
	cp -r "$SRCDIR/examples" "$BATS_TEST_TMPDIR"
	chmod -R u+w "$BATS_TEST_TMPDIR/examples"
	patient "$BATS_TEST_TMPDIR"/examples/*.yaml
}

teardown() {
	stop_servers
}

# perform FILE ARG…: a short run; no request fails, and the counts match the shop's.
perform() {
	local file="$BATS_TEST_TMPDIR/examples/$1" out="$BATS_TEST_TMPDIR/out.json" sent
	reprise check "$SRCDIR/examples/$1"
	reprise show "$SRCDIR/examples/$1"
	shift
	reprise run --target "$SERVER_URL" --json "$out" "$@" "$file"
	[ "$(json "$out" 'd["requests"]["failed"]')" -eq 0 ]
	[ "$(json "$out" 'd["iterations"]["failed"]')" -eq 0 ]
	[ "$(json "$out" 'd["requests"]["ok"]')" -gt 0 ]
	sent=$(json "$out" 'sum(d["requests"][k] for k in ("started", "redirects", "retries", "resent")) + sum(d["unmeasured"].values()) - (d.get("message_ms") or {"samples": 0})["samples"]')
	[ "$(fetch "$SERVER_URL/stats" | json - 'd["requests"]')" -eq "$sent" ]
}

@test "quickstart" { perform quickstart.yaml -u 5 -d 2s; }
@test "login with a CSRF token" { perform login.yaml -u 2 -d 2s; }
@test "JSON API" { perform json-api.yaml -u 3 -d 2s; }
@test "chat" { perform chat.yaml -u 3 -i 1 --think 0.05; }
@test "live orders" { perform live-orders.yaml -u 3 -i 1 --think 0.05; }
@test "support chat" { perform support-chat.yaml -u 3 -i 1 --think 0.05; }
@test "graphql" { perform graphql.yaml -u 2 -i 2; }
@test "think time and ramp-up" { perform think-and-ramp.yaml -u 3 -i 1; }
@test "data file" { perform data-file.yaml -u 8 -i 1; }
@test "parameters" { perform parameters.yaml -p USERS=3 -d 2s; }
@test "arrivals" { perform arrivals.yaml --arrivals 10/s -d 2s; }
@test "hooks" { perform hooks.yaml -u 3 -i 2; }
@test "token renewal" { perform token-renewal.yaml -u 3 -i 2; }
@test "parallel assets" { perform parallel-assets.yaml -u 2 -d 2s; }
@test "flows and include" { perform flows.yaml -u 3 -i 2; }
@test "tracing" { perform tracing.yaml -u 2 -i 1; }
@test "retry and polling" { perform retry-and-polling.yaml -u 3 -i 1; }

@test "stages" { perform stages.yaml -d 6s; }
@test "several loads" { perform several-loads.yaml --think 0.2; }
@test "all features in one scenario" {
	export PASSWORD=demo
	perform web-shop.yaml -d 2s
}

# A run of two seconds may not draw every step; here each step runs at least once.
@test "all features in one scenario, step by step" {
	export PASSWORD=demo
	reprise run --once -p SEARCH=e --target "$SERVER_URL" --json "$BATS_TEST_TMPDIR/out.json" "$BATS_TEST_TMPDIR/examples/web-shop.yaml"
	[ "$(json "$BATS_TEST_TMPDIR/out.json" '[s["requests"]["ok"] for s in d["steps"]]')" = '[1, 1, 1, 1, 1]' ]
}

@test "capacity" { perform capacity.yaml --capacity 20/s..40/s -d 300ms; }

@test "replay" { perform replay.yaml; }

@test "the token is sent in the field of the form, csrf_token" {
	"$REPRISE" init - >starter.yaml
	for file in starter.yaml "$SRCDIR/README.md" "$SRCDIR"/examples/*.yaml "$SRCDIR"/contrib/guide/*.md; do
		run -1 grep -HnE '^ *csrf: \$|[{ ]csrf: "\$' "$file"
	done
	[ "$(grep -l '^ *csrf_token: ${csrf}' starter.yaml "$SRCDIR/README.md" "$SRCDIR/examples/login.yaml" | wc -l)" -eq 3 ]
}

@test "this file tests every example" {
	for file in "$SRCDIR"/examples/*.yaml; do
		name=$(basename "$file")
		[ "$name" = common-flows.yaml ] || grep -q "perform $name" "$BATS_TEST_FILENAME" || {
			echo "$name is not performed"
			false
		}
	done
}
