load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	printf 'target: http://127.0.0.1:1\nsteps:\n  - get: /\n' >good.yaml
	printf 'target: http://127.0.0.1:1\nsteps:\n  - gett: /\n  - think: 2\n' >bad.yaml
}

@test "a good file: its scenarios and steps are counted, status 0" {
	run "$REPRISE" check good.yaml
	[ "$status" -eq 0 ]
	[ "$output" = 'good.yaml: no errors (1 scenario, 1 step)' ]
}

@test "a bad file: all mistakes, a count, status 2" {
	run "$REPRISE" check bad.yaml
	[ "$status" -eq 2 ]
	[[ "${lines[0]}" == "bad.yaml:3:5: error: unknown step 'gett'; did you mean 'get'?  [E101]" ]]
	[[ "$output" == *"'2' has no unit"* ]]
	[ "${lines[-1]}" = '2 errors in bad.yaml; nothing was sent.' ]
}

@test "mistakes go to standard error, without colour when it is no terminal" {
	run bash -c "'$REPRISE' check bad.yaml 2>/dev/null"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	run bash -c "'$REPRISE' check bad.yaml 2>&1 | grep -c $'\033'"
	[ "$output" = 0 ]
}

@test "several files: each is told, the worst counts" {
	run "$REPRISE" check good.yaml bad.yaml good.yaml
	[ "$status" -eq 2 ]
	[ "$(grep -c 'no errors' <<<"$output")" -eq 2 ]
}

@test "- is standard input" {
	run bash -c "'$REPRISE' check - <good.yaml"
	[ "$status" -eq 0 ]
	[[ "$output" == '<stdin>: no errors'* ]]
}

@test "a file that is not there, or is a directory" {
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

@test "github: a line for each mistake" {
	run "$REPRISE" check --format=github bad.yaml
	[ "$status" -eq 2 ]
	[[ "${lines[0]}" == '::error file=bad.yaml,line=3,'* ]]
}

@test "no file, or a format that is none" {
	run "$REPRISE" check
	[ "$status" -eq 2 ]
	run "$REPRISE" check --format xml good.yaml
	[ "$status" -eq 2 ]
}

@test "parameters are taken from options, the environment and files" {
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
