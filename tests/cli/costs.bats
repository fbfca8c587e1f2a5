#!/usr/bin/env bats
# The cost of reading a scenario grows with its length, not with the square of it: four times the length
# takes four times the CPU time, where a quadratic algorithm would take sixteen times.

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

# linear WRITER COUNT COMMAND…: whether COMMAND takes less than nine times as much CPU time for the file
# that "WRITER COUNT" prints as for that of a quarter of COUNT. Short times, which say nothing, pass. The
# larger file remains as costs.yaml.
linear() {
	local writer=$1 count=$2
	shift 2
	"$writer" $((count / 4)) >quarter.yaml
	"$writer" "$count" >costs.yaml
	python3 - "$@" <<-'END'
		import resource, subprocess, sys
		def used():
		    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
		    return usage.ru_utime + usage.ru_stime
		def cost(path):
		    before = used()
		    subprocess.run(sys.argv[1:] + [path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
		    return used() - before
		# The machine may be busy in one of the measurements.
		for attempt in range(3):
		    small, large = cost("quarter.yaml"), cost("costs.yaml")
		    print(f"{small:.2f} s and {large:.2f} s of CPU time")
		    if large < 9 * small + 0.5:
		        sys.exit(0)
		sys.exit(1)
	END
}

# cheap WRITER COUNT: checks the file that WRITER prints; it must be valid
cheap() {
	linear "$1" "$2" "$REPRISE" check
	run reprise check costs.yaml
	[ "$status" -eq 0 ] || { echo "$output" | head -5; return 1; }
}

sum() {
	echo "{target: 'http://127.0.0.1:1', steps: [{get: '/\${1$(repeated "$1" +1)}'}]}"
}

sum_of_names() {
	echo "{target: 'http://127.0.0.1:1', steps: [{get: '/\${user.id$(repeated "$1" +user.id)}'}]}"
}

filters() {
	echo "{target: 'http://127.0.0.1:1', steps: [{get: '/\${user.id$(repeated "$1" '|text')}'}]}"
}

values() {
	printf 'target: http://127.0.0.1:1\nsteps:\n  - post: /\n    body: |\n'
	repeated "$1" $'      line # ${user.id} ${\'a\'}\n'
}

warnings() {
	printf 'target: http://127.0.0.1:1\nvariables: {token: x}\nsteps:\n  - post: /\n    body: |\n'
	repeated "$1" $'      line # {{token}}\n'
}

# The run ends after the first of the steps.
names() {
	printf 'target: %s\nload: {users: 1, iterations: 1}\nsteps:\n  - get: /\n  - stop: run\n' "$SERVER_URL"
	repeated "$1" $'  - get: /\n    name: step #\n'
}

# html_find COUNT BEFORE FORMAT AFTER FIELD LINK ROW: a line for tests/html/html_shell that searches a page
html_find() {
	python3 - "$@" <<-'END'
		import sys
		count, before, text, after, *searched = sys.argv[1:]
		body = before + "".join(text.replace("#", str(i + 1)) for i in range(int(count))) + after
		words = ["http://a.test/", "text/html", body] + [one.replace("#", count) for one in searched]
		print("find", *(word.encode().hex() or "-" for word in words))
	END
}

html_links() {
	html_find "$1" '<form><input name=q></form><table>' '<tr><td>Item #.<td><a href=/#>Edit #</a>' '</table>' \
		q 'Edit #' 'Item #'
}

html_forms() {
	html_find "$1" '<a href=x>y</a>' '<form method=post action=/x><input name=a><input name=b#><button>Go</button></form>' '' \
		'b#' y ''
}

html_fields() {
	html_find "$1" '<a href=x>y</a><form method=post>' '<label>Field #<input name=f#></label>' '</form>' 'f#' y ''
}

html_spaces() {
	html_find "$1" '<form><input name=q></form><ul><li>a <a href=x>b' '&nbsp;' '</a></ul>' q b a
}

html_tables() {
	html_find "$1" '<form><input name=q></form><label>' '<table><tr><td>#</table>' '</label><a href=x>y</a>' q y ''
}

html_rows() {
	html_find "$1" '<form><table>' '<tr><td>Item<td>#<td><input name=q>' '</table></form>' q y Item
}

# html_cheap WRITER COUNT
html_cheap() {
	# shellcheck disable=SC2016
	linear "$1" "$2" sh -c 'exec "$0" <"$1"' "$BUILDDIR/tests/html/html_shell"
	run "$BUILDDIR/tests/html/html_shell" <costs.yaml
}

@test "searches in pages with many links, forms and fields" {
	html_cheap html_links 50000
	[[ $output == *"link 49999 of 1"* ]]
	html_cheap html_forms 5000
	[[ $output == *"form 4999, again 1"* ]]
	html_cheap html_fields 20000
	[[ $output == *"form 0, again 1"* ]]
	html_cheap html_tables 20000
	[[ $output == *"form 0, again 1"*"link 0 of 1"* ]]
	html_cheap html_rows 20000
	[ "$output" = end ]
	html_cheap html_spaces 100000
	[[ $output == *"link 0 of 1"* ]]
}

@test "long expressions and chains of filters" {
	cheap sum 60000
	cheap sum_of_names 60000
	cheap filters 60000
}

@test "long texts with many values, and with warnings" {
	cheap values 25000
	cheap warnings 25000
	[[ $output == *"W206"* ]]
}

@test "the start of a run with many differently named steps" {
	start_nginx
	linear names 100000 "$REPRISE" run -q --json r.json
	[ "$(json r.json 'd["requests"]["ok"]')" -eq 1 ]
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
