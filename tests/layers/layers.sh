#!/bin/sh
# Checks the tree of source files against src/LAYERS and the rules of size; speaks TAP.
#
#   tests/layers/layers.sh [TREE]        TREE contains src/ and Makefile.am
#
# tests/layers/bad_tree.sh shows that each rule can fail.
set -u
cd "${1:-${SRCDIR:-.}}" || exit 1

{
	find src -type f \( -name '*.c' -o -name '*.h' -o -name '*.def' \)
	! [ -d tests ] || find tests -type f \( -name '*.bats' -o -name 'test_*.c' \)
} | LC_ALL=C sort |
	awk '
function find_rule(rule, text) { broken[rule] = broken[rule] "#   " text "\n" }
function like(name, pattern) {
	gsub(/[.+]/, "\\\\&", pattern)
	gsub(/\*/, ".*", pattern)
	return name ~ ("^" pattern "$")
}
function stem(path) { sub(/.*\//, "", path); sub(/\.[^.]*$/, "", path); return path }
# Whether NAME is a room: there is a line for it or for "PARENT/*".
function is_known(name,	pattern, n, i, word) {
	if (name in is_room)
		return 1
	pattern = name
	if (!sub(/\/[^\/*]*$/, "/*", pattern) || !(pattern in is_room))
		return 0
	is_room[name] = may[name, name] = 1
	n = split(words[pattern], word, " ")
	for (i = 1; i <= n; i++)
		may[name, word[i]] = 1
	return 1
}
function read_layers(	line, word, n, i, head) {
	while ((getline line <"src/LAYERS") > 0) {
		sub(/#.*/, "", line)
		n = split(line, word, /[ \t]+/)
		head = word[2]
		sub(/:$/, "", head)
		if (word[1] == "room") {
			for (i = 3; i <= n; i++) {
				if (!is_known(word[i]))
					find_rule("layers", "src/LAYERS: " head " may include " \
						word[i] ", which is not above it")
				may[head, word[i]] = 1
				words[head] = words[head] " " word[i]
			}
			is_room[head] = may[head, head] = 1
		} else if (word[1] == "above") {
			for (i = 3; i <= n; i++) {
				if (!(word[i] in is_room))
					find_rule("layers", "src/LAYERS: " word[i] " is not a room")
				above[head, word[i]] = 1
			}
		} else if (word[1] == "plugin") {
			is_plugin[head] = 1
		} else if (word[1] == "shared") {
			for (i = 2; i <= n; i++)
				is_shared[word[i]] = 1
		} else if (word[1] == "library") {
			library[++libraries] = head
			for (i = 3; i <= n; i++)
				knows[libraries] = knows[libraries] " " word[i]
		} else if (word[1] == "system") {
			for (i = 2; i <= n; i++)
				system_header[++system_headers] = word[i]
		} else if (line ~ /[^ \t]/) {
			find_rule("layers", "src/LAYERS: invalid line: " line)
		}
	}
	close("src/LAYERS")
	if (!libraries)
		find_rule("layers", "src/LAYERS is missing or names no library")
}
function read_makefile(	line) {
	while ((getline line <"Makefile.am") > 0)
		while (match(line, /(src|tests)\/[a-z0-9_\/]+(\.(c|h|def|bats|sh))?/)) {
			is_listed[substr(line, RSTART, RLENGTH)] = 1
			line = substr(line, RSTART + RLENGTH)
		}
	close("Makefile.am")
}
# The innermost room of src/LAYERS that contains PATH, or else its first folder.
function room_of(path,	room) {
	room = path
	while (sub(/\/[^\/]*$/, "", room))
		if (is_known(room))
			return room
	return room
}
function own_include(where, file, room, name) {
	target = name ~ /\// ? room_of(name) : name
	if (name !~ /^[a-z0-9_]+(\/[a-z0-9_]+)+\.(h|def)$/) {
		find_rule("written", where ": \"" name "\" is not written \"room/file.h\"")
	} else if (!(target in is_room)) {
		find_rule("downwards", where ": " target " is not a room of src/LAYERS")
	} else if (room != "" && !((room, target) in may) && !((file, target) in above)) {
		find_rule("downwards", where ": " room " may not include " name)
	} else if (room == target && (room in is_plugin) && stem(name) != stem(file) &&
		   stem(name) != room && stem(file) != room && !(name in is_shared)) {
		find_rule("siblings", where ": a plug-in includes its sibling " name)
	}
}
function foreign_include(where, file, name,	i, n, word, k) {
	for (i = 1; i <= system_headers; i++)
		if (like(name, system_header[i]))
			return
	for (i = 1; i <= libraries; i++) {
		if (!like(name, library[i]))
			continue
		n = split(knows[i], word, " ")
		for (k = 1; k <= n; k++)
			if (like(file, word[k]))
				return
	}
	find_rule("libraries", where ": <" name "> is not for src/" file)
}
function read_file(path,	file, room, line, n, where, name, start) {
	file = path
	sub(/^src\//, "", file)
	room = file ~ /\// ? room_of(file) : ""
	if (room != "" && !(room in is_room))
		find_rule("downwards", path ": " room " is not a room of src/LAYERS")
	if (!(path in is_listed))
		find_rule("listed", path " is in no list of Makefile.am")
	while ((getline line <path) > 0) {
		n++
		where = path ":" n
		if (line ~ /^[ \t]*#[ \t]*include[ \t]*"/) {
			split(line, name, "\"")
			own_include(where, file, room, name[2])
		} else if (line ~ /^[ \t]*#[ \t]*include[ \t]*</) {
			split(line, name, /[<>]/)
			foreign_include(where, file, name[2])
		} else if (line == "{") {
			start = n
		} else if (line == "}" && start) {
			if (n - start - 1 > 60)
				notes = notes "# note: " path ":" start ": a function of " \
					(n - start - 1) " lines\n"
			start = 0
		}
	}
	close(path)
	if (n > 600 && path !~ /\.def$/)
		find_rule("size", path " has " n " lines; 500 are the aim, 600 the end")
	else if (n > 500)
		notes = notes "# note: " path " has " n " lines\n"
}
function report(rule, text) {
	if (rule in broken)
		failed = 1
	printf "%sok %d - %s\n%s", (rule in broken) ? "not " : "", ++reported, text, broken[rule]
}
BEGIN { read_layers(); read_makefile() }
/^tests\// {
	program = $0
	sub(/\.c$/, "", program)
	if (!($0 in is_listed) && !(program in is_listed))
		find_rule("listed", $0 " is in no list of Makefile.am and never run")
	next
}
{ read_file($0); files++ }
END {
	if (!files)
		find_rule("listed", "no source file found")
	print "1..7"
	report("layers", "src/LAYERS names rooms from the ground up")
	report("written", "includes are written \"room/file.h\"")
	report("downwards", "includes go downwards only")
	report("siblings", "a plug-in includes no sibling")
	report("libraries", "a third-party header stays in the files named for it")
	report("listed", "every source file and every test is in Makefile.am")
	report("size", "no source file is longer than 600 lines")
	printf "%s", notes
	exit failed
}'
