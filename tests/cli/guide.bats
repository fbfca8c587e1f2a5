#!/usr/bin/env bats
# The README and the guide (contrib/guide): every code block is run, every link leads somewhere.
# tests/cli/guide.py describes how a block is run. After a change of the program's output:
# UPDATE_GUIDE=yes GUIDE_AS_WRITTEN=yes bats tests/cli/guide.bats, then review the difference.

load helper

setup() {
	guide="$SRCDIR/contrib/guide"
}

teardown() {
	stop_servers
}

# perform FILE: runs its code blocks.
perform() {
	local port ports=
	for port in 8080 8081 8443 8888; do
		ports="$ports $port=$(free_port)"
	done
	GUIDE_PORTS=$ports timeout -k 5 900 python3 -B "$SRCDIR/tests/cli/guide.py" run "$SRCDIR/$1" \
		"$BATS_TEST_TMPDIR/work"
}

@test "README.md" { perform README.md; }
@test "guide: index" { perform contrib/guide/README.md; }
@test "guide: first-test.md" { perform contrib/guide/first-test.md; }
@test "guide: scenario.md" { perform contrib/guide/scenario.md; }
@test "guide: recording.md" { perform contrib/guide/recording.md; }
@test "guide: streams.md" { perform contrib/guide/streams.md; }
@test "guide: data.md" { perform contrib/guide/data.md; }
@test "guide: load.md" { perform contrib/guide/load.md; }
@test "guide: results.md" { perform contrib/guide/results.md; }
@test "guide: ci.md" { perform contrib/guide/ci.md; }
@test "guide: containers.md" { perform contrib/guide/containers.md; }
@test "guide: recipes.md" { perform contrib/guide/recipes.md; }
@test "guide: other-tools.md" { perform contrib/guide/other-tools.md; }
@test "guide: edit.md" { perform contrib/guide/edit.md; }
@test "guide: editors.md" { perform contrib/guide/editors.md; }
@test "guide: platforms.md" { perform contrib/guide/platforms.md; }
@test "guide: reference.md" { perform contrib/guide/reference.md; }
@test "guide: glossary.md" { perform contrib/guide/glossary.md; }
@test "guide: changes.md" { perform contrib/guide/changes.md; }

@test "a code block that fails, fails its chapter" {
	mkdir "$BATS_TEST_TMPDIR/bad"
	bad() {
		printf '```%s\n%s\n```\n' "$@" >"$BATS_TEST_TMPDIR/chapter.md"
		rm -rf "$BATS_TEST_TMPDIR/work"
		GUIDE_PORTS="8080=$(free_port)" run ! python3 -B "$SRCDIR/tests/cli/guide.py" run \
			"$BATS_TEST_TMPDIR/chapter.md" "$BATS_TEST_TMPDIR/work"
		[[ "$output" == *"chapter.md:1: "*"1 failed"* ]]
	}
	bad sh 'reprise check missing.yaml'
	bad 'sh exit=1' 'true'
	bad 'sh elsewhere' 'if then'
	bad yaml 'target: http://127.0.0.1:8080'
	bad yaml $'target: http://127.0.0.1:8080\nsteps: [get: /missing]'
	bad 'yaml check-only' $'target: http://127.0.0.1:8080\nparameters: {X: {default: 1}}\nsteps: [get: /]'
	bad 'yaml error' $'target: http://127.0.0.1:8080\nsteps: [get: /]'
	bad 'text output' 'something else'
	bad 'sh sometimes' 'true'
}

@test "every chapter is run here and listed in the index" {
	for file in "$guide"/*.md; do
		name=$(basename "$file")
		[ "$name" != README.md ] || continue
		grep -q "^@test .* perform contrib/guide/$name; }" "$BATS_TEST_FILENAME" || { echo "$name is not run"; false; }
		grep -q "]($name)" "$guide/README.md" || { echo "$name is not in the index"; false; }
	done
}

@test "every link of the README and the guide leads to a file or a heading" {
	python3 -B "$SRCDIR/tests/cli/guide.py" links "$SRCDIR/README.md" "$guide"/*.md
	printf '[a](missing.md) [b](#missing)\n' >"$BATS_TEST_TMPDIR/links.md"
	run ! python3 -B "$SRCDIR/tests/cli/guide.py" links "$BATS_TEST_TMPDIR/links.md"
	[ "${#lines[@]}" -eq 2 ]
}

@test "the README is short, and few blocks are not run" {
	[ "$(wc -l <"$SRCDIR/README.md")" -le 150 ]
	[ "$(cat "$SRCDIR/README.md" "$guide"/*.md | grep -c '^```sh elsewhere')" -le 13 ]
}

@test "every command for users of Molotov works" {
	start_demo
	cd "$SRCDIR"
	sed -n '/^## Molotov/,$s/^|.*| `\(reprise [^`]*\)` |$/\1/p' "$guide/other-tools.md" | sort -u >"$BATS_TEST_TMPDIR/commands"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/commands")" -ge 20 ]
	while read -r program command rest; do
		target=
		[ "$command" = explain ] || target="--target $SERVER_URL"
		# shellcheck disable=SC2086
		"$REPRISE" $command $target $rest >"$BATS_TEST_TMPDIR/out" 2>&1 </dev/null || {
			echo "$program $command $rest: status $?"
			cat "$BATS_TEST_TMPDIR/out"
			false
		}
	done <"$BATS_TEST_TMPDIR/commands"
}
