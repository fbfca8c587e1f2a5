#!/usr/bin/env bats
# Files for orchestrators in contrib/: they are parsed, compared with the program, and run where
# possible. Runs once, as a separate step of contrib/test.

load ../cli/helper
load slurm

setup_file() {
	start_demo
	export SHOP=$SERVER_URL
}

teardown_file() {
	stop_servers
}

teardown() {
	stop_servers
	slurm_down
}

@test "every manifest is valid" {
	python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml here: contrib/install-deps container"
	run -0 python3 -B "$SRCDIR/tests/container/manifests.py" read "$SRCDIR/contrib"
	echo "$output"
}

@test "scenarios in manifests are valid" {
	python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml here: contrib/install-deps container"
	python3 -B "$SRCDIR/tests/container/manifests.py" scenario "$SRCDIR/contrib/kubernetes/shards.yaml" |
		scenario
	PASSWORD=demo run -0 reprise check "$BATS_TEST_TMPDIR/scenario.yaml"
}

@test "run reads every REPRISE_ variable in the manifests" {
	for name in $(grep -rhoE 'REPRISE_[A-Z_]+' "$SRCDIR/contrib/kubernetes" "$SRCDIR/contrib/compose" \
		"$SRCDIR/contrib/nomad" "$SRCDIR/contrib/slurm" "$SRCDIR/contrib/ci" "$SRCDIR/contrib/guide" |
		sort -u); do
		[ "$name" != REPRISE_IMAGE ] || continue
		option=$(echo "${name#REPRISE_}" | tr 'A-Z_' 'a-z-')
		"$REPRISE" run --help | grep -qE -- "--$option( |\$)" || { echo "$name"; false; }
	done
}

@test "/metrics has every metric of the dashboard" {
	port=$(free_port)
	timeout 60 "$REPRISE" run -q -t "$SHOP" -u 2 -d 30s --prometheus "127.0.0.1:$port" \
		"$SRCDIR/examples/quickstart.yaml" >/dev/null 2>&1 3>&- &
	started run $!
	has_requests() { fetch "http://127.0.0.1:$port/metrics" | grep -q '^reprise_requests_total'; }
	wait_for 20 has_requests
	fetch "http://127.0.0.1:$port/metrics" "$BATS_TEST_TMPDIR/metrics"
	for name in $(grep -oE 'reprise_[a-z_]+' "$SRCDIR/contrib/compose/dashboard.json" | sort -u); do
		grep -qE "^$name(\{| )" "$BATS_TEST_TMPDIR/metrics" || { echo "$name"; false; }
	done
	for label in result status; do
		grep -qE "^reprise_requests_total\{.*$label=" "$BATS_TEST_TMPDIR/metrics"
	done
}

@test "a Slurm job array of eight shards gives one load and one result" {
	slurm_up >"$BATS_TEST_TMPDIR/why" 2>&1 || {
		why=$(cat "$BATS_TEST_TMPDIR/why")
		skip "${why:-Slurm does not run here}"
	}
	dir=$SLURM_DIR/work
	mkdir "$dir" && cd "$dir"
	scenario <<-'END' >/dev/null
		name: Array
		target: http://shop.invalid
		load: {users: 20, iterations: 3}
		steps:
		  - get: /products/1001
		thresholds:
		  - error_rate < 1%
	END
	mkdir bin && ln -s "$REPRISE" bin/reprise
	before=$(fetch "$SHOP/stats" | json - 'd["requests"]')
	PATH="$dir/bin:$PATH" REPRISE_TARGET="$SHOP" START_IN=3 RUN_ID=array \
		run -0 timeout 120 "$SRCDIR/contrib/slurm/fleet" 8 "$BATS_TEST_TMPDIR/scenario.yaml" results
	echo "$output"
	[[ "$output" == *"PASSED"* ]]
	[ "$(json results/all/summary.json 'd["requests"]["ok"]')" = 60 ]
	[ "$(json results/all/summary.json 'd["iterations"]["completed"]')" = 60 ]
	# The counts match the shop's.
	[ "$(fetch "$SHOP/stats" | json - 'd["requests"]')" -eq $((before + 60)) ]
}
