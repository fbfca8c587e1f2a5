#!/usr/bin/env bats
# Data sets: rows from files and from the scenario, how they are assigned, and what at_end does.

load helper

setup_file() {
	start_nginx
}

teardown_file() {
	stop_servers
}

paths() { # the paths that nginx received, one per line, sorted
	awk '{print $7}' "$NGINX_DIR/access.log" | sort
	: >"$NGINX_DIR/access.log"
}

visit() { # visit DATA-LINE LOAD [ARG…]: one request per iteration with the row's value in its path
	local data=$1 load=$2
	shift 2
	cat >"$BATS_TEST_TMPDIR/s.yaml" <<-END
		target: $SERVER_URL
		data:
		  row: $data
		load: $load
		steps:
		  - get: /\${row.id}
	END
	reprise run "$@" "$BATS_TEST_TMPDIR/s.yaml"
	paths >"$BATS_TEST_TMPDIR/paths"
}

@test "each row is used once, in order over users and iterations" {
	printf 'id,x\n' >"$BATS_TEST_TMPDIR/a.csv"
	seq 1 40 | sed 's/$/,y/' >>"$BATS_TEST_TMPDIR/a.csv"
	visit '{file: a.csv, at_end: fail}' '{users: 5, iterations: 8}'
	diff <(seq 1 40 | sed 's|^|/|' | sort) "$BATS_TEST_TMPDIR/paths"
}

@test "shuffled uses each row once, and the same seed gives the same rows" {
	printf 'id\n' >"$BATS_TEST_TMPDIR/a.csv"
	seq 1 40 >>"$BATS_TEST_TMPDIR/a.csv"
	visit '{file: a.csv, pick: shuffled, at_end: fail}' '{users: 4, iterations: 10}'
	diff <(seq 1 40 | sed 's|^|/|' | sort) "$BATS_TEST_TMPDIR/paths"
	visit '{file: a.csv, pick: shuffled}' '{users: 4, iterations: 3}' --seed 9
	cp "$BATS_TEST_TMPDIR/paths" "$BATS_TEST_TMPDIR/first"
	visit '{file: a.csv, pick: shuffled}' '{users: 4, iterations: 3}' --seed 9
	diff "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/paths"
}

@test "per: user keeps one row for the whole run" {
	visit '{rows: [{id: a}, {id: b}, {id: c}], per: user}' '{users: 3, iterations: 2}'
	diff <(printf '/a\n/a\n/b\n/b\n/c\n/c\n') "$BATS_TEST_TMPDIR/paths"
}

@test "at_end: stop_user ends users without a failure and reports it" {
	run visit '{rows: [{id: a}, {id: b}, {id: c}], at_end: stop_user}' '{users: 2, iterations: 9}'
	[ "$status" -eq 0 ]
	[[ "$output" == *"all 3 rows have been used"* ]]
	diff <(printf '/a\n/b\n/c\n') "$BATS_TEST_TMPDIR/paths"
}

@test "at_end: fail fails the request and sends nothing" {
	run visit '{rows: [{id: a}], at_end: fail}' '{users: 1, iterations: 2}'
	[[ "$output" == *"FAILED"*"all 1 rows of row have been used"* ]]
	diff <(printf '/a\n') "$BATS_TEST_TMPDIR/paths"
}

@test "JSON and JSON Lines keep their types, TSV its tabs" {
	printf '[{"id":1.50},{"id":"x y"}]' >"$BATS_TEST_TMPDIR/a.json"
	visit '{file: a.json}' '{users: 2, iterations: 1}'
	diff <(printf '/1.50\n/x%%20y\n') "$BATS_TEST_TMPDIR/paths"
	printf '{"id":true}\n{"id":"z"}\n' >"$BATS_TEST_TMPDIR/a.jsonl"
	visit '{file: a.jsonl}' '{users: 2, iterations: 1}'
	diff <(printf '/true\n/z\n') "$BATS_TEST_TMPDIR/paths"
	printf 'no\tid\n1\tq,r\n' >"$BATS_TEST_TMPDIR/a.tsv"
	visit '{file: a.tsv}' '{users: 1, iterations: 1}'
	diff <(printf '/q,r\n') "$BATS_TEST_TMPDIR/paths"
}

@test "invalid data files are reported with their line before anything is sent" {
	printf 'id,b\n1,2\n3\n' >"$BATS_TEST_TMPDIR/short.csv"
	run visit '{file: short.csv}' '{users: 1}'
	[[ "$output" == *"short.csv:3: this row has 1 cell, but the header has 2"* ]]
	run visit '{file: gone.csv}' '{users: 1}'
	[[ "$output" == *"gone.csv: No such file or directory"* ]]
	: >"$BATS_TEST_TMPDIR/empty.csv"
	run visit '{file: empty.csv}' '{users: 1}'
	[[ "$output" == *"empty.csv:1: the file is empty; it needs a header row"* ]]
	run visit '{rows: [{ID: 1}]}' '{users: 1}'
	[[ "$output" == *"row has no column 'id'; did you mean 'ID'?"* ]]
	[ ! -s "$BATS_TEST_TMPDIR/paths" ]
}

@test "show prints the number of rows a load needs; too few rows for the users give a warning" {
	printf 'user\nanna\nbert\n' >people.csv
	cat >few.yaml <<-'END'
		target: http://127.0.0.1:1
		load: {users: 5, iterations: 2}
		data:
		  account: {file: people.csv, per: user, at_end: stop_user}
		  word: {rows: [{a: x}]}
		  any: {file: people.csv, per: user, pick: random}
		steps: [{get: "/${account.user}/${word.a}/${any.user}"}]
	END
	run --separate-stderr reprise show few.yaml
	[ "$status" -eq 0 ]
	[[ $output == *'  data      people.csv: 2 rows, 5 needed
            word: 1 row, 10 needed
            people.csv: 2 rows, 5 needed, chosen at random'* ]]
	[[ $stderr == *'few.yaml:4:3: warning: people.csv has 2 rows for 5 users: users without a row stop  [W356]'* ]]
	[ "$(grep -c W356\] <<<"$stderr")" -eq 1 ]
	run reprise show --arrivals 20/s -d 30s few.yaml
	[[ $output == *'has 2 rows for 600 users'*'word: 1 row, 600 needed'* ]]
	run reprise check few.yaml
	[[ $status -eq 0 && $output == *W356* ]]
	run reprise show -u 2 -d 1m few.yaml
	[[ $output != *W356* && $output == *'word: 1 row, one for each iteration'* ]]
}

@test "an export of Excel in Windows-1252 with sep= and column names with spaces" {
	printf 'sep=;\r\nuser name;id\r\nJ\366rg;7\r\n' >"$BATS_TEST_TMPDIR/a.csv"
	visit '{file: a.csv, encoding: windows-1252}' '{users: 1, iterations: 1}'
	[ "$(<"$BATS_TEST_TMPDIR/paths")" = /7 ]
	sed -i "s|- get: .*|- get: '/\${row[\"user name\"]}'|" "$BATS_TEST_TMPDIR/s.yaml"
	reprise run "$BATS_TEST_TMPDIR/s.yaml"
	[ "$(paths)" = /J%C3%B6rg ]
	sed -i 's/windows-1252/windows-1525/' "$BATS_TEST_TMPDIR/s.yaml"
	run -2 reprise check "$BATS_TEST_TMPDIR/s.yaml"
	[[ "$output" = *"'windows-1525' is not the name of an encoding"* ]]
	sed -i 's/, encoding: windows-1525//' "$BATS_TEST_TMPDIR/s.yaml"
	run -2 reprise check "$BATS_TEST_TMPDIR/s.yaml"
	[[ "$output" = *"write encoding: windows-1252 below file:"* ]]
}

@test "generated people are the same for the same seed, and their e-mails are at domains for examples" {
	cat >"$BATS_TEST_TMPDIR/s.yaml" <<-'END'
		target: http://127.0.0.1
		seed: 7
		load: {users: 3, iterations: 2}
		variables:
		  who: {one_of: [en, de, fr, es, pt, it, nl, pl]}
		  buyer: ${person(who)}
		steps:
		  - log: "${user.id}.${iteration} ${buyer.first_name} ${buyer.last_name} = ${buyer.name}, ${buyer.email}, ${buyer.street}, ${buyer.postcode} ${buyer.city}, ${buyer.country}"
	END
	reprise run -v "$BATS_TEST_TMPDIR/s.yaml" 2>&1 | grep -o '[1-3]\.[12] .*' | sort >"$BATS_TEST_TMPDIR/one"
	reprise run -v "$BATS_TEST_TMPDIR/s.yaml" 2>&1 | grep -o '[1-3]\.[12] .*' | sort >"$BATS_TEST_TMPDIR/two"
	diff "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
	cat "$BATS_TEST_TMPDIR/one"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/one")" = 6 ]
	[ "$(grep -cE '^[1-3]\.[12] (.+) = \1, [a-z.]+\.[0-9]{5}@example\.(com|net|org), .*[0-9].*, [0-9].* .+, .+$' "$BATS_TEST_TMPDIR/one")" = 6 ]
	[ "$(cut -d' ' -f2- "$BATS_TEST_TMPDIR/one" | sort -u | wc -l)" = 6 ]
	sed -i 's/person(who)/person("xx")/' "$BATS_TEST_TMPDIR/s.yaml"
	run -2 reprise check "$BATS_TEST_TMPDIR/s.yaml"
	[[ "$output" = *"person has no locale 'xx'; write one of en, de, fr, es, pt, it, nl, pl"* ]]
}
