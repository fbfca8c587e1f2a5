#!/usr/bin/env bats
# The cost of reading a scenario grows with its length, not with the square of it. The limits are far
# above what is needed (0.1 s for most) and far below what a quadratic algorithm takes (minutes).

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_servers
}

# repeated COUNT FORMAT: FORMAT for each number from 1 to COUNT, without a line end
repeated() {
	python3 -c 'import sys; print("".join(sys.argv[2].replace("#", str(i + 1)) for i in range(int(sys.argv[1]))), end="")' "$@"
}

# cpu_seconds COMMAND…: runs COMMAND; prints the CPU time it took
cpu_seconds() {
	python3 - "$@" <<-'END'
		import resource, subprocess, sys
		subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
		used = resource.getrusage(resource.RUSAGE_CHILDREN)
		print(used.ru_utime + used.ru_stime)
	END
}

# cheap FILE: checks FILE, which must be valid
cheap() {
	run reprise check "$1"
	[ "$status" -eq 0 ] || { echo "$output" | head -5; return 1; }
	[ "$(python3 -c "print($(cpu_seconds "$REPRISE" check "$1") < 5)")" = True ]
}

@test "long expressions and chains of filters" {
	scenario sum.yaml <<<"{target: 'http://127.0.0.1:1', steps: [{get: '/\${1$(repeated 60000 +1)}'}]}"
	cheap sum.yaml
	scenario names.yaml <<<"{target: 'http://127.0.0.1:1', steps: [{get: '/\${user.id$(repeated 60000 +user.id)}'}]}"
	cheap names.yaml
	scenario filters.yaml <<<"{target: 'http://127.0.0.1:1', steps: [{get: '/\${user.id$(repeated 60000 '|text')}'}]}"
	cheap filters.yaml
}

@test "long texts with many values, and with warnings" {
	{
		printf 'target: http://127.0.0.1:1\nsteps:\n  - post: /\n    body: |\n'
		repeated 25000 $'      line # ${user.id} ${\'a\'}\n'
	} >body.yaml
	cheap body.yaml
	{
		printf 'target: http://127.0.0.1:1\nvariables: {token: x}\nsteps:\n  - post: /\n    body: |\n'
		repeated 25000 $'      line # {{token}}\n'
	} >warnings.yaml
	cheap warnings.yaml
	[[ $output == *"W206"* ]]
}

@test "a run of 100,000 differently named steps starts soon" {
	start_nginx
	{
		printf 'target: %s\nload: {users: 1, duration: 200ms}\nsteps:\n' "$SERVER_URL"
		repeated 100000 $'  - get: /\n    name: step #\n'
	} >names.yaml
	[ "$(python3 -c "print($(cpu_seconds "$REPRISE" run -q --json r.json names.yaml) < 8)")" = True ]
	[ "$(json r.json 'd["requests"]["ok"] > 0')" = true ]
}

@test "a threshold for a name without its own statistics is rejected" {
	{
		printf 'target: http://127.0.0.1:1\nthresholds: [error_rate < 1%%, p95 of "step 996" < 1s, p95 of "step 990" < 1s, error_rate of "Shop" < 1%%]\n'
		printf 'name: Shop\nsteps:\n'
		repeated 1000 $'  - get: /\n    name: step #\n'
	} >names.yaml
	run reprise check names.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"names.yaml:2:"*"'step 996' has no separate statistics"*"[E356]"* ]]
	[ "$(grep -c 'error:' <<<"$output")" -eq 1 ]
}
