#!/usr/bin/env bats
# The manual pages and the completions: made from the tables, not stale, and their examples work.

load helper

setup() {
	man="$SRCDIR/contrib/man"
}

teardown() {
	stop_servers
}

@test "the manual pages are what the tables say (make reference)" {
	for page in reprise.1 reprise-scenario.5 reprise-results.5; do
		"$REPRISE" reference "$man/$page.in" | diff "$man/$page" - ||
			{ echo "stale: make reference, and read the difference"; false; }
	done
}

@test "the completions are what the tables say (make reference)" {
	"$REPRISE" reference bash | diff "$SRCDIR/contrib/completions/reprise" -
	"$REPRISE" reference zsh | diff "$SRCDIR/contrib/completions/_reprise" -
	"$REPRISE" reference fish | diff "$SRCDIR/contrib/completions/reprise.fish" -
}

@test "mandoc has nothing to say about the pages" {
	command -v mandoc >/dev/null || skip "there is no mandoc"
	for page in "$man"/*.[15]; do
		run mandoc -T lint "$page"
		[ -z "$output" ] || { echo "$output"; false; }
	done
	mandoc -T utf8 "$man/reprise-scenario.5" | grep -q 'What an XPath 1.0 expression finds'
}

@test "every command, key, extractor, expectation and failure has its place in the manual" {
	for word in $("$REPRISE" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		grep -q "^\.Ss reprise $word$" "$man/reprise.1" || { echo "$word"; false; }
	done
	for word in users arrivals stages jsonpath xpath css boundary max_time uuid hmac_sha256; do
		grep -q "^\.It Sy \"$word" "$man/reprise-scenario.5" || { echo "$word"; false; }
	done
	grep -q 'Sy "timeout_connect"' "$man/reprise-results.5"
}

@test "every example of the manual is free of mistakes and works on the shop" {
	start_demo
	for file in "$man"/*.yaml; do
		run reprise check "$file"
		[ "$status" -eq 0 ] || { echo "$output"; false; }
		run reprise run --once -q -t "$SERVER_URL" "$file"
		[ "$status" -eq 0 ] || { echo "$file: $output"; false; }
	done
}

# One scenario each: what the manual shows behind a key must be what the program takes.
@test "the example of each extractor, expectation and step is free of mistakes" {
	python3 - "$man/reprise-scenario.5" "$(scratch)" <<-'END'
		import re, sys
		text = open(sys.argv[1]).read()
		text = text.replace("\\&", "").replace("\\-", "-").replace("\\(aq", "'").replace("\\(dq", '"')
		text = text.replace("\\(ha", "^").replace("\\(ti", "~").replace("\\(ga", "`").replace("\\e", "\\")
		count = 0
		for block in re.findall(r"^\.Bd -literal -offset indent\n(.*?)^\.Ed", text, re.S | re.M):
		    if re.match(r"(extract|expect):\n", block):
		        steps = "  - get: /\n    follow_redirects: no\n" + re.sub("^", "    ", block, flags=re.M).rstrip()
		    else:
		        continue
		    count += 1
		    open(f"{sys.argv[2]}/{count}.yaml", "w").write(f"target: https://127.0.0.1:1\nsteps:\n{steps}\n")
		assert count > 15, count
	END
	run reprise check "$(scratch)"/[0-9]*.yaml
	[ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "the completion of bash offers commands, options, words and extractors" {
	complete_words() {
		bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _reprise
			printf "%s\n" "${COMPREPLY[@]}"' - "$SRCDIR/contrib/completions/reprise" "$@"
	}
	[ "$(complete_words reprise sch)" = schema ]
	complete_words reprise run --us | grep -qx -- --users
	[ "$(complete_words reprise run --color al)" = always ]
	[ "$(complete_words reprise try xp)" = xpath ]
	! complete_words reprise re | grep -q reference
}

@test "zsh and fish take their completions" {
	command -v zsh >/dev/null || command -v fish >/dev/null || skip "there is neither zsh nor fish"
	! command -v zsh >/dev/null || zsh -n "$SRCDIR/contrib/completions/_reprise"
	! command -v fish >/dev/null || fish -n "$SRCDIR/contrib/completions/reprise.fish"
}

@test "the keys of a result are told in reprise-results(5)" {
	start_demo
	reprise run --once -q -t "$SERVER_URL" --json "$(scratch)/result.json" "$man/visit.yaml"
	for key in $(json "$(scratch)/result.json" '" ".join(d)'); do
		grep -qw -- "$key" "$man/reprise-results.5" || { echo "not told: $key"; false; }
	done
}
