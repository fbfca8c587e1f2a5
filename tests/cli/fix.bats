# `check --fix` and the edits of diagnostics: broken scenarios are repaired, and nothing else changes.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "broken scenarios are repaired, and the other lines are unchanged" {
	files=0
	wrong=
	for file in "$SRCDIR"/tests/golden/fix/*.yaml; do
		name=$(basename "$file" .yaml)
		cp "$file" "$name.yaml"
		files=$((files + 1))
		"$REPRISE" check --fix "$name.yaml" 2>"$name.txt" || wrong="$wrong $name"
		[ "${UPDATE_GOLDEN-}" != yes ] || cp "$name.yaml" "${file%.yaml}.fixed"
		diff -u "${file%.yaml}.fixed" "$name.yaml" || wrong="$wrong $name"
	done
	[ -z "$wrong" ] || { echo "not repaired:$wrong"; false; }
	[ "$files" -ge 30 ]
}

@test "a program that only follows the edits repairs the same scenarios" {
	command -v python3 || skip
	for file in "$SRCDIR"/tests/golden/fix/*.yaml; do
		name=$(basename "$file" .yaml)
		cp "$file" "$name.yaml"
		python3 "$SRCDIR/tests/cli/follow_edits.py" "$REPRISE" "$name.yaml"
		diff -u "${file%.yaml}.fixed" "$name.yaml"
	done
}

@test "what was fixed and what was not is reported" {
	printf 'target: http://127.0.0.1:8080\nload: {userz: 5, duration: 1m}\nsteps:\n  - get: /\n    wat: 1\n' >a.yaml
	run "$REPRISE" check --fix a.yaml
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"a.yaml:2:8: fixed: unknown key 'userz'; did you mean 'users'?  [E101]"* ]]
	[[ $output == *"now   | load: {users: 5, duration: 1m}"* ]]
	[[ $output == *"a.yaml:5:5: error: unknown key 'wat'"* ]]
	[[ $output == *"a.yaml: 1 error fixed, 1 error was not"* ]]
	grep -q 'load: {users: 5, duration: 1m}' a.yaml
}

@test "a correction that is only an example is not applied" {
	printf 'target: http://127.0.0.1:8080\nload: {users: 5}\nsteps:\n  - get: http://other.example/\n' >a.yaml
	cp a.yaml before.yaml
	run "$REPRISE" check --fix a.yaml
	[ "$status" -eq 2 ]
	cmp a.yaml before.yaml
	run "$REPRISE" check --format json a.yaml
	[ "$status" -eq 2 ]
	[[ $output == *'"text": "allowed_hosts: [other.example]\n"}], "certain": false'* ]]
}

@test "a file without errors is not written" {
	printf 'target: http://127.0.0.1:8080\nsteps:\n  - get: /\n' >a.yaml
	before=$(stat -c %Y.%i a.yaml)
	run "$REPRISE" check --fix a.yaml
	[ "$status" -eq 0 ]
	[ "$(stat -c %Y.%i a.yaml)" = "$before" ]
	[[ $output == *"a.yaml: 0 errors fixed"* ]]
}

@test "the file keeps its mode, and a link stays a link" {
	printf 'target: http://127.0.0.1:8080\nsteps:\n  - gett: /\n' >real.yaml
	chmod 640 real.yaml
	ln -s real.yaml a.yaml
	"$REPRISE" check --fix a.yaml
	[ -L a.yaml ]
	[ "$(stat -c %a real.yaml)" = 640 ]
	grep -q -e '- get: /' real.yaml
}

@test "standard input is corrected to standard output" {
	printf 'target: http://127.0.0.1:8080\nsteps:\n  - gett: /\n' |
		"$REPRISE" check --fix - >out.yaml 2>err.txt
	cat err.txt
	[ "$(cat out.yaml)" = "$(printf 'target: http://127.0.0.1:8080\nsteps:\n  - get: /')" ]
	grep -q '1 error fixed' err.txt
	run "$REPRISE" check --fix --format json - </dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"the corrected text is the output"* ]]
}

@test "a file that cannot be written is reported" {
	[ "$(id -u)" -ne 0 ] || skip "root writes everywhere"
	mkdir locked
	printf 'target: http://127.0.0.1:8080\nsteps:\n  - gett: /\n' >locked/a.yaml
	chmod 400 locked/a.yaml
	chmod 500 locked
	run "$REPRISE" check --fix locked/a.yaml
	chmod 700 locked
	[ "$status" -eq 5 ]
}

@test "a secret in a correction is not printed" {
	printf 'target: http://127.0.0.1:8080\nparameters: {KEY: {secret: yes}}\nsteps:\n  - gett: /?k=hunter2secret\n' >a.yaml
	run "$REPRISE" check --fix --format json -p KEY=hunter2secret a.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *hunter2secret* ]]
	[[ $output == *'"fixed": ['* ]]
}
