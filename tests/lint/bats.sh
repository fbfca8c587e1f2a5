#!/bin/sh
# Checks that the assertions of the bats tests can fail; speaks TAP.
#
#   tests/lint/bats.sh [TREE]        TREE contains tests/
#
# bats ends a test at the first command that fails, as bash's `set -e` does, and `set -e` ignores some
# failures. What is found here looks like an assertion and passes whatever happens. `run ! COMMAND` and
# `run -1 grep …` (1: no match; 2: no such file) can fail. tests/lint/bad.sh shows that each rule can.
set -u
cd "${1:-${SRCDIR:-.}}" || exit 1

find tests -type f \( -name '*.bats' -o -name '*.bash' \) | LC_ALL=C sort | awk '
function find_rule(rule, line) {
	sub(/^[ \t]+/, "", line)
	broken[rule] = broken[rule] "#   " where ": " line "\n"
}
function read_line(line,	bare) {
	bare = line
	gsub(/\[\[?[^]]*\]\]?/, "[]", bare) # conditions, where ! and && have another meaning
	if (bare ~ /^[ \t]*#/)
		return
	if (bare !~ /^[ \t]*(if|elif|while|until)[ \t]/ &&
	    bare ~ /(^|;|&&|\|\||[{(]|[ \t](do|then|else))[ \t]*([A-Za-z_]+=[^ \t]*[ \t]+)*![ \t]/)
		find_rule("inverted", line)
	if (bare ~ /^[ \t]*(\[\]|test[ \t][^|]*)[ \t]*&&/ && bare !~ /\|\|/)
		find_rule("chained", line)
	if (bare ~ /(^[ \t]*|\|[ \t]*)(grep|cmp|diff|golden|near)[ \t].*\|\|[ \t]*(true|:)$/)
		find_rule("excused", line)
	if (bare ~ /run([ \t]+(!|-[0-9]+))?[ \t]+wait[ \t]/)
		find_rule("waited", line)
}
function report(rule, text) {
	if (rule in broken)
		failed = 1
	printf "%sok %d - %s\n%s", (rule in broken) ? "not " : "", ++reported, text, broken[rule]
}
{
	files++
	number = 0
	while ((getline line <$0) > 0) {
		where = $0 ":" ++number
		read_line(line)
	}
	close($0)
}
END {
	print "1..5"
	if (!files)
		broken["some"] = "#   no bats test found\n"
	report("some", "there are tests")
	report("inverted", "no command is inverted with a bare \"!\": its status is ignored; use run ! COMMAND")
	report("chained", "no test is followed by \"&&\": its failure is ignored; use one line for each")
	report("excused", "no comparison ends in \"|| true\"")
	report("waited", "no \"run wait\": in the subshell of run it always fails")
	exit failed
}'
