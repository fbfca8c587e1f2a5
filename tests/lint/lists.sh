#!/bin/sh
# Checks the lists of Makefile.am; speaks TAP.
#
#   tests/lint/lists.sh [TREE]        TREE contains Makefile.am
#
# A list is `NAME = \` and one entry a line up to $(NULL): entries are sorted by their bytes, references to
# other lists come after them, and no file is in a list twice. A file of a room is in one room only. What is
# distributed (EXTRA_DIST) exists. tests/lint/bad.sh shows that each rule can fail.
set -u
cd "${1:-${SRCDIR:-.}}" || exit 1

LC_ALL=C awk '
function find_rule(rule, text) { broken[rule] = broken[rule] "#   Makefile.am:" FNR ": " text "\n" }
function report(rule, text) {
	if (rule in broken)
		failed = 1
	printf "%sok %d - %s\n%s", (rule in broken) ? "not " : "", ++reported, text, broken[rule]
}
function read_entry(entry) {
	if (entry ~ /^\$\(/) {
		last = "~"
		return
	}
	if (entry < last)
		find_rule("sorted", entry " of " list " is after " (last == "~" ? "a reference to a list" : last))
	else
		last = entry
	if ((list, entry) in line_of)
		find_rule("once", entry " of " list " is in line " line_of[list, entry] " too")
	line_of[list, entry] = FNR
	if (list == "EXTRA_DIST" && system("test -e \"" entry "\""))
		find_rule("exists", entry " does not exist")
	if (list ~ /_room$/) {
		if (entry in room_of && room_of[entry] != list)
			find_rule("room", entry " is in " room_of[entry] " and " list)
		room_of[entry] = list
	}
}
/^[A-Za-z_]+ *\+?= *\\$/ {
	list = $1
	last = ""
	lists++
	next
}
list != "" && /^\t[^ ]+( \\)?$/ {
	if ($1 != "$(NULL)")
		read_entry($1)
}
!/\\$/ { list = "" }
END {
	print "1..5"
	if (!lists)
		broken["some"] = "#   no list found\n"
	report("some", "there are lists")
	report("sorted", "lists are sorted")
	report("once", "no file is in a list twice")
	report("room", "no file is in two rooms")
	report("exists", "what is distributed exists")
	exit failed
}' Makefile.am
