#!/usr/bin/env bats
# The manual pages and the completions: generated from the tables, up to date, with working examples.

load helper

setup() {
	man="$SRCDIR/contrib/man"
}

teardown() {
	stop_servers
}

@test "the manual pages and the reference of the guide are up to date (make reference)" {
	for page in "$man"/reprise.1 "$man"/reprise-scenario.5 "$man"/reprise-results.5 \
		"$SRCDIR/contrib/guide/reference.md"; do
		"$REPRISE" reference "$page.in" | diff "$page" - ||
			{ echo "stale: make reference, and read the difference"; false; }
	done
}

@test "the completions are up to date (make reference)" {
	"$REPRISE" reference bash | diff "$SRCDIR/contrib/completions/reprise" -
	"$REPRISE" reference zsh | diff "$SRCDIR/contrib/completions/_reprise" -
	"$REPRISE" reference fish | diff "$SRCDIR/contrib/completions/reprise.fish" -
}

@test "mandoc reports no problems in the manual pages" {
	command -v mandoc >/dev/null || skip "there is no mandoc"
	for page in "$man"/*.[15]; do
		run mandoc -T lint "$page"
		[ -z "$output" ] || { echo "$output"; false; }
	done
	mandoc -T utf8 "$man/reprise-scenario.5" | grep -q 'Result of an XPath 1.0 expression'
}

@test "the manual describes every command, key, extractor, expectation and failure" {
	for word in $("$REPRISE" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		grep -q "^\.Ss reprise $word$" "$man/reprise.1" || { echo "$word"; false; }
	done
	for word in users arrivals stages jsonpath xpath css boundary max_time uuid hmac_sha256; do
		grep -q "^\.It Sy \"$word" "$man/reprise-scenario.5" || { echo "$word"; false; }
	done
	grep -q 'Sy "timeout_connect"' "$man/reprise-results.5"
}

@test "searching the manual for a term of load testing finds it" {
	cat "$man"/*.[15] | sed '/^\.\\"/d; s/^\.[A-Z][a-z] //; s/\\-/-/g' | tr -s ' \n' '  ' >"$BATS_TEST_TMPDIR/manual"
	for term in 'virtual user' ramp-up throughput 'requests per second' 'response time' latency percentile \
		'think time' pacing correlation parameterization assertion 'open model' 'closed model' \
		'coordinated omission' warm-up soak spike stress baseline 'service level objective' \
		response error maximum minimum mean 'concurrent users' 'keep up' mapping rendezvous \
		'scheduled start' skipped correlate regenerate extract passed failed; do
		grep -qi -- "$term" "$BATS_TEST_TMPDIR/manual" || { echo "not in the manual: $term"; false; }
	done
}

@test "the table of exit statuses has a row for every command" {
	local table
	table=$(sed -n '/^The commands use these statuses/,/^\.El/s/^\.It \([a-z, ]*\) Ta .*/\1/p' "$man/reprise.1")
	for word in $("$REPRISE" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		grep -qw "$word" <<<"$table" || { echo "$word"; false; }
	done
	# Every status of the program is described.
	for status in $(sed -n 's/^\tEXIT_.* = \([0-9]*\),.*/\1/p' "$SRCDIR/src/interface/command.h"); do
		sed -n '/^\.Sh EXIT STATUS/,/^\.El/p' "$man/reprise.1" | grep -qE "^\.It (.*, )?$status( ,.*)?\$" ||
			{ echo "$status"; false; }
	done
}

@test "every example of the manual is valid and runs against the sample shop" {
	start_demo
	for file in "$man"/*.yaml; do
		run reprise check "$file"
		[ "$status" -eq 0 ] || { echo "$output"; false; }
		run reprise run --once -q -t "$SERVER_URL" "$file"
		[ "$status" -eq 0 ] || { echo "$file: $output"; false; }
	done
}

# Each example becomes a scenario, which the program must accept.
@test "the reference of the guide lists every step, extractor, expectation and filter" {
	for word in get think parallel jsonpath boundary certificate upper hmac_sha256 --capacity generator_ports; do
		grep -qE "^\| (\`-.\`, )?\`$word[\`( ]" "$SRCDIR/contrib/guide/reference.md" || { echo "$word"; false; }
	done
	# Each row of a table has as many cells as its heading; an escaped bar belongs to a cell.
	sed 's/\\|//g' "$SRCDIR/contrib/guide/reference.md" |
		awk -F'|' '/^\|/ { if (cells && NF != cells) { print; bad = 1 } cells = NF; next } { cells = 0 } END { exit bad }'
}

@test "the example of each extractor, expectation and step is valid" {
	python3 - "$man/reprise-scenario.5" "$(scratch)" <<-'END'
		import re, sys
		text = open(sys.argv[1]).read()
		text = text.replace("\\&", "").replace("\\-", "-").replace("\\(aq", "'").replace("\\(dq", '"')
		text = text.replace("\\(ha", "^").replace("\\(ti", "~").replace("\\(ga", "`").replace("\\e", "\\")
		count = 0
		for block in re.findall(r"^\.Bd -literal -offset indent\n(.*?)^\.Ed", text, re.S | re.M):
		    if re.match(r"(extract|expect):\n", block):
		        first = "  - get: /\n    follow_redirects: no\n"
		        if "events:" in block or "max_first_" in block:
		            first = "  - get: /\n    events: {}\n"
		        if "graphql_errors" in block:
		            first = "  - graphql: /\n    query: '{a}'\n    follow_redirects: no\n"
		        if "  form: again" in block:
		            first = "  - get: /\n  - submit: Save\n"
		        steps = first + re.sub("^", "    ", block, flags=re.M).rstrip()
		    else:
		        continue
		    count += 1
		    open(f"{sys.argv[2]}/{count}.yaml", "w").write(f"target: https://127.0.0.1:1\nsteps:\n{steps}\n")
		assert count > 15, count
	END
	run reprise check "$(scratch)"/[0-9]*.yaml
	[ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "the bash completion offers commands, options, words and extractors" {
	complete_words() {
		bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _reprise
			printf "%s\n" "${COMPREPLY[@]}"' - "$SRCDIR/contrib/completions/reprise" "$@"
	}
	[ "$(complete_words reprise sch)" = schema ]
	complete_words reprise run --us | grep -qx -- --users
	[ "$(complete_words reprise run --color al)" = always ]
	[ "$(complete_words reprise try xp)" = xpath ]
	complete_words reprise re >"$(scratch)/offered"
	grep -q "^report" "$(scratch)/offered"
	run -1 grep reference "$(scratch)/offered"
}

@test "zsh and fish accept their completions" {
	command -v zsh >/dev/null || command -v fish >/dev/null || skip "there is neither zsh nor fish"
	if command -v zsh >/dev/null; then
		zsh -n "$SRCDIR/contrib/completions/_reprise"
	fi
	if command -v fish >/dev/null; then
		fish -n "$SRCDIR/contrib/completions/reprise.fish"
	fi
}

@test "the fish completion offers commands, options, words and extractors" {
	command -v fish >/dev/null || skip "there is no fish"
	offered() {
		HOME=$(scratch) fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
			"$SRCDIR/contrib/completions/reprise.fish" "$1" | cut -f1
	}
	[ "$(offered 'reprise sch')" = schema ]
	offered 'reprise run --us' | grep -qx -- --users
	offered 'reprise check --format ' | grep -qx github
	offered 'reprise try xp' | grep -qx xpath
	offered 'reprise re' >"$(scratch)/offered"
	grep -qx report "$(scratch)/offered"
	run -1 grep reference "$(scratch)/offered"
}

# The arguments of _describe and _arguments are checked instead of the offered words.
@test "the zsh completion offers commands, options, words and extractors" {
	command -v zsh >/dev/null || skip "there is no zsh"
	offered() {
		zsh -fc 'file=$1; shift
			_describe() { print -l -- "${(@P)2}" }
			_arguments() { print -l -- "$@" }
			_reprise() { source $file }
			words=("$@"); CURRENT=$#
			_reprise' - "$SRCDIR/contrib/completions/_reprise" "$@"
	}
	offered reprise sch | grep -q '^schema:'
	offered reprise re >"$(scratch)/offered"
	grep -q '^report' "$(scratch)/offered"
	run -1 grep '^reference' "$(scratch)/offered"
	offered reprise run --us | grep -q -- '--users'
	offered reprise check --format | grep -q 'text json github\|text.*github'
	offered reprise try xp | grep -q xpath
}

@test "make install uses DESTDIR, and make uninstall removes everything" {
	[ -e "$BUILDDIR/Makefile" ] || skip "there is no build folder"
	root="$(scratch)/root"
	unset MAKEFLAGS MFLAGS MAKELEVEL
	make -s -C "$BUILDDIR" install DESTDIR="$root" prefix=/usr >"$(scratch)/log" 2>&1 ||
		{ tail -n 30 "$(scratch)/log"; false; }
	for file in bin/reprise share/man/man1/reprise.1 share/man/man5/reprise-scenario.5 \
		share/man/man5/reprise-results.5 share/bash-completion/completions/reprise \
		share/zsh/site-functions/_reprise share/fish/vendor_completions.d/reprise.fish \
		share/reprise/scenario.schema.json; do
		[ -s "$root/usr/$file" ] || { echo "missing: $file"; false; }
	done
	"$root/usr/bin/reprise" --version
	make -s -C "$BUILDDIR" uninstall DESTDIR="$root" prefix=/usr >"$(scratch)/log" 2>&1
	[ -z "$(find "$root" -type f)" ] || { find "$root" -type f; false; }
}

@test "reprise-results(5) describes all keys of a result" {
	start_demo
	reprise run --once -q -t "$SERVER_URL" --json "$(scratch)/result.json" "$man/visit.yaml"
	for key in $(json "$(scratch)/result.json" '" ".join(d)'); do
		grep -qw -- "$key" "$man/reprise-results.5" || { echo "not described: $key"; false; }
	done
}
