load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	printf 'target: http://127.0.0.1:1\nsteps:\n  - get: /\n' >good.yaml
	printf 'target: http://127.0.0.1:1\nsteps:\n  - gett: /\n  - think: 2\n' >bad.yaml
}

@test "a valid file: scenarios and steps are counted, status 0" {
	run "$REPRISE" check good.yaml
	[ "$status" -eq 0 ]
	[ "$output" = 'good.yaml: no errors (1 scenario, 1 step)' ]
}

@test "an invalid file: all errors and their number, status 2" {
	run "$REPRISE" check bad.yaml
	[ "$status" -eq 2 ]
	[[ "${lines[0]}" == "bad.yaml:3:5: error: unknown step 'gett'; did you mean 'get'?  [E101]" ]]
	[[ "$output" == *"'2' has no unit"* ]]
	[ "${lines[-1]}" = '2 errors in bad.yaml; nothing was sent.' ]
}

@test "errors are printed to standard error, without colour if it is not a terminal" {
	run bash -c "'$REPRISE' check bad.yaml 2>/dev/null"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	run bash -c "'$REPRISE' check bad.yaml 2>&1 | grep -c $'\033'"
	[ "$output" = 0 ]
}

@test "several files: all are reported, and the worst status counts" {
	run "$REPRISE" check good.yaml bad.yaml good.yaml
	[ "$status" -eq 2 ]
	[ "$(grep -c 'no errors' <<<"$output")" -eq 2 ]
}

@test "- is standard input" {
	run bash -c "'$REPRISE' check - <good.yaml"
	[ "$status" -eq 0 ]
	[[ "$output" == '<stdin>: no errors'* ]]
}

@test "a missing file, and a directory" {
	run "$REPRISE" check none.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *'cannot read none.yaml: No such file or directory  [E310]'* ]]
	run "$REPRISE" check .
	[ "$status" -eq 2 ]
	[[ "$output" == *'it is a directory'* ]]
}

@test "json: one document for all files" {
	command -v python3 || skip
	"$REPRISE" check --format json good.yaml bad.yaml >out.json || [ $? -eq 2 ]
	python3 - <<-'END'
		import json
		report = json.load(open("out.json"))
		assert report["errors"] == 2
		first = report["diagnostics"][0]
		assert (first["file"], first["line"], first["column"]) == ("bad.yaml", 3, 5)
		assert first["code"] == "E101"
	END
}

@test "github: one line per error" {
	run "$REPRISE" check --format=github bad.yaml
	[ "$status" -eq 2 ]
	[[ "${lines[0]}" == '::error file=bad.yaml,line=3,'* ]]
}

@test "a missing file argument, and an unknown format" {
	run "$REPRISE" check
	[ "$status" -eq 2 ]
	run "$REPRISE" check --format xml good.yaml
	[ "$status" -eq 2 ]
}

@test "parameters are read from options, the environment and files" {
	cat >p.yaml <<-'END'
		target: http://127.0.0.1:1
		parameters:
		  USERS: {default: 5}
		  PASSWORD: {required: true, secret: true}
		load: {users: "${USERS}", duration: 1m}
		steps:
		  - get: /?p=${PASSWORD}
	END
	run "$REPRISE" check p.yaml
	[ "$status" -eq 0 ]
	run "$REPRISE" check -p USERS=many p.yaml
	[ "$status" -eq 2 ]
	USERS=0 run "$REPRISE" check p.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *'the value of ${USERS} comes from environment USERS'* ]]
	echo hush >secret
	run "$REPRISE" show -p PASSWORD=@secret -p USERS=7 p.yaml
	[ "$status" -eq 0 ]
	[[ "$output" == *'load      7 users for 1m'* ]]
	[[ "$output" == *'from      USERS: option -p   PASSWORD: option -p'* ]]
	[[ "$output" != *hush* ]]
	run "$REPRISE" check -p PASSWORD=@nowhere p.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *'[E215]'* ]]
}

@test "a load with a part missing is a warning that names the missing key" {
	printf 'load: {users: 10}\ntarget: http://127.0.0.1:1\nsteps: [get: /]\n' >l.yaml
	run "$REPRISE" check l.yaml
	[ "$status" -eq 0 ]
	[[ "$output" == *"l.yaml:1:8: warning: without a duration, each user runs the steps once; add 'duration: 1m'"*"[W306]"* ]]
	run "$REPRISE" check l.yaml --format json
	[[ "$output" == *'"errors": 0, "warnings": 1'* ]]
	# An option adds the missing part, and an explicit value is not a default.
	run "$REPRISE" show -d 1m l.yaml
	[[ "$output" != *warning* ]]
	sed -i 's/users: 10/users: 10, iterations: 1/' l.yaml
	run "$REPRISE" check l.yaml
	[[ "$output" != *warning* ]]
	sed -i 's/users: 10, iterations: 1/duration: 1m/' l.yaml
	run "$REPRISE" check l.yaml
	[ "$status" -eq 0 ]
	[[ "$output" == *"warning: without users or arrivals, the load is 1 user; add 'users: 10'"*"[W306]"* ]]
	sed -i 's/^load.*/load: {stages: [{ramp_to: 5, over: 1s}, {hold: 5s}]}/' l.yaml
	run "$REPRISE" check l.yaml
	[[ "$output" != *warning* ]]
}

@test "a parameter can be written as its default, or without a value if it is required" {
	cat >p.yaml <<-'END'
		target: http://127.0.0.1:1
		parameters:
		  WHAT: hat
		  COUNT: 5
		  WAIT: 2s
		  QUOTED: "5"
		  EMPTY: ""
		  NEEDED:
		load: {users: "${COUNT}", duration: "${WAIT}"}
		steps:
		  - post: /${WHAT}/${NEEDED}${EMPTY}
		    json: {count: "${COUNT}", text: "${QUOTED}"}
	END
	run "$REPRISE" check p.yaml
	[ "$status" -eq 0 ]
	run "$REPRISE" show p.yaml
	[[ "$output" == *'load      5 users for 2s'* ]]
	run "$REPRISE" run p.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *'the parameter NEEDED has no value'* ]]
	run "$REPRISE" check -p COUNT=many p.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *"COUNT from option -p: 'many' is not a number"* ]]
	run "$REPRISE" check -p QUOTED=many p.yaml
	[ "$status" -eq 0 ]
}

@test "a parameter that looks like a secret is a warning, unless the file says that it is not one" {
	printf 'target: http://127.0.0.1:1\nparameters:\n  SHOP_PASSWORD:\n  TOKEN_URL: x\n' >s.yaml
	printf 'steps: [get: "/${SHOP_PASSWORD}${TOKEN_URL}"]\n' >>s.yaml
	run "$REPRISE" check s.yaml
	[ "$status" -eq 0 ]
	[ "$(grep -c 'warning:' <<<"$output")" -eq 1 ]
	[[ "$output" == *"'SHOP_PASSWORD' looks like a secret"*"write |   SHOP_PASSWORD: {required: yes, secret: yes}"* ]]
	sed -i 's/SHOP_PASSWORD:$/SHOP_PASSWORD: {required: yes, secret: no}/' s.yaml
	run "$REPRISE" check s.yaml
	[[ "$output" != *warning* ]]
}

# steps N FILE: writes N steps of several kinds.
steps() {
	awk -v n="$1" 'BEGIN {
		print "target: http://127.0.0.1:1\nsteps:"
		for (i = 0; i < n; i += 4) {
			printf "  - get: /page/%d\n    headers: {Accept: text/html}\n", i
			printf "    extract: {v%d: {form_field: csrf}}\n    expect: {status: 200}\n", i
			printf "  - post: /cart/%d\n    json: {product: \"${v%d}\", quantity: 2}\n", i, i
			printf "  - think: 1s..3s\n"
			printf "  - if: ${v%d != \"\"}\n    then: [log: \"a ${v%d}\"]\n", i, i
		}
	}' >"$2"
}

# cpu FILE: prints the CPU time to check it in milliseconds, the minimum of three runs.
cpu() {
	for _ in 1 2 3; do
		(
			TIMEFORMAT='%U %S'
			time "$REPRISE" check "$1" >/dev/null
		) 2>&1 | awk '{ print int(($1 + $2) * 1000) }'
	done | sort -n | head -1
}

@test "ten thousand steps are checked quickly, and the time grows linearly" {
	steps 2000 small.yaml
	steps 20000 large.yaml
	run "$REPRISE" check large.yaml
	[ "$output" = 'large.yaml: no errors (1 scenario, 25000 steps)' ]
	small=$(cpu small.yaml)
	large=$(cpu large.yaml)
	echo "2,000 steps: $small ms; 20,000 steps: $large ms"
	[ "$large" -lt $(((small + 10) * 25)) ]
}

@test "unused values and unreachable steps are warnings, not errors" {
	cat >doubt.yaml <<-'END'
		target: http://127.0.0.1:1
		variables: {used: 1, idle: 2}
		steps:
		  - get: /
		    extract: {token: {form_field: csrf}}
		  - log: ${used}
		  - stop: iteration
		  - get: /never
	END
	run "$REPRISE" check doubt.yaml
	[ "$status" -eq 0 ]
	[[ "$output" == *"doubt.yaml:2:22: warning: 'idle' is not used  [W204]"* ]]
	[[ "$output" == *"doubt.yaml:5:15: warning: 'token' is not used  [W204]"* ]]
	[[ "$output" == *"doubt.yaml:8:5: warning: this step is never reached"*"[W205]"* ]]
	[ "$(grep -c 'warning:' <<<"$output")" -eq 3 ]
}

@test "--stdin-filename names standard input, and its paths begin at that file" {
	mkdir -p deep
	printf 'name\nann\n' >deep/people.csv
	printf 'target: http://127.0.0.1\ndata: {people: {file: people.csv}}\nsteps:\n  - get: /${people.name}\n' >text
	run -0 "$REPRISE" check --stdin-filename deep/none.yaml - <text
	[[ "$output" == 'deep/none.yaml: no errors'* ]]
	run -2 "$REPRISE" check --stdin-filename none.yaml - <text
	[[ "$output" == *'none.yaml:2:'*people.csv* ]]
	[ ! -e deep/none.yaml ]
}
