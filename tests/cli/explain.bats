load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "explain: a code has a wrong and a right example" {
	run "$REPRISE" explain e148
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 'E148: not exactly one ${…}' ]
	[[ "$output" == *'Wrong:'*'- if: ${product} != ""'*'Right:'*'- if: ${product != ""}'* ]]
}

@test "explain: lists all places of a key" {
	run "$REPRISE" explain timeout
	[ "$status" -eq 0 ]
	[[ "$output" == *'timeout: under defaults'*'default: 30s.'* ]]
	[[ "$output" == *'timeout: in the step request'* ]]
}

@test "explain: steps, extractors and expectations" {
	run "$REPRISE" explain think regex status
	[ "$status" -eq 0 ]
	[[ "$output" == *'think: a step'*'- think: '* ]]
	[[ "$output" == *'regex: an extractor'*'extract: {value: {regex: '* ]]
	[[ "$output" == *'status: an assertion'* ]]
}

@test "explain: an unknown word fails and suggests the nearest one" {
	run "$REPRISE" explain tmeout
	[ "$status" -eq 2 ]
	[[ "$output" == *"unknown word 'tmeout'; did you mean 'timeout'?"* ]]
}

@test "explain: without a word, all words are listed in at most 80 columns" {
	run "$REPRISE" explain
	[ "$status" -eq 0 ]
	[[ "$output" == *'Steps (reprise explain steps):'*'think'* ]]
	[[ "$output" == *'E204'* ]]
	run -1 grep -E '^.{81}' <<<"$output"
}

# listed [HEADING]: prints the words that explain lists, or those below HEADING, one per line.
listed() {
	"$REPRISE" explain | sed -n "/^${1:-[A-Z]}.*:\$/,/^\$/{s/^  //p}" | sed 's/,$//; s/, /\n/g'
}

@test "explain: every listed word, and every name of a list, has an entry" {
	"$REPRISE" explain | grep -v '^  ' | sed -n 's/.*(reprise explain \(.*\)):$/\1/p' >names
	[ "$(wc -l <names)" -gt 8 ]
	listed >words
	[ "$(wc -l <words)" -gt 200 ]
	while read -r word; do
		"$REPRISE" explain "$word" >out || { echo "no entry: $word"; false; }
		run -1 grep -E '^[^$]{81}' out
	done < <(cat names words)
}

# terms: prints the words of all terms, one per line.
terms() {
	sed -n '/^TERM(/,/,$/p' "$SRCDIR/src/cmd/explain_terms.def" | tr -d '\n' |
		grep -oE 'TERM\([^,]*' | sed 's/^TERM(//; s/"[[:space:]]*"//g; s/"//g' | tr '|' '\n'
}

@test "explain: terms of load testing and words of other tools are known" {
	[ "$(terms | wc -l)" -gt 250 ]
	terms >known
	for word in p95 p99.9 throughput csrf correlation VU rps sleep csv loop insecure 'virtual user' \
		ramp-up 'requests per second' 'response time' latency percentile 'think time' pacing \
		parameterization assertion 'open model' 'closed model' 'coordinated omission' warm-up soak \
		spike stress baseline 'service level objective' of for after abort user.id env.HOME \
		statusCode __VU arrivalRate; do
		echo "$word"
	done >>known
	while read -r word; do
		"$REPRISE" explain "$word" >out || { echo "unknown: $word"; false; }
	done <known
	run "$REPRISE" explain think time
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 'think time: a term of load testing' ]
}

@test "explain: the guide's glossary has no term that explain does not know" {
	sed -n 's/^| \*\*\([^*(]*[^*( ]\).*/\1/p' "$SRCDIR/contrib/guide/glossary.md" >glossary
	[ "$(wc -l <glossary)" -gt 30 ]
	while read -r word; do
		"$REPRISE" explain "$word" >out || { echo "unknown: $word"; false; }
	done <glossary
}

@test "explain: the examples of terms are valid, and what they refer to has an entry" {
	examples=0
	while read -r word; do
		"$REPRISE" explain "$word" >out
		sed -n '/^'"$word"': a term/,/See also/p' out >entry
		sed -n 's/^    //p' entry >scenario.yaml
		if [ -s scenario.yaml ] && ! grep -q '^reprise ' scenario.yaml; then
			grep -q '^target:' scenario.yaml || echo 'target: http://127.0.0.1:1' >>scenario.yaml
			grep -qE '^(steps|scenarios):' scenario.yaml ||
				echo 'steps: [get: /, {group: Search, steps: [get: /s]}]' >>scenario.yaml
			grep -q '^thresholds:' scenario.yaml || echo 'thresholds: [p95 < 300ms, error_rate < 1%]' >>scenario.yaml
			printf 'user,password\nanna,x\n' >accounts.csv
			echo x >hat.png
			run "$REPRISE" check scenario.yaml
			[[ "$status" -eq 0 && "$output" != *warning:* ]] || { cat scenario.yaml; false; }
			examples=$((examples + 1))
		fi
		sed -n '/See also/,$p' entry | sed 's/.*See also: //' | tr -d '\n' | sed 's/, */\n/g' |
			while read -r see; do "$REPRISE" explain "$see" >/dev/null || { echo "$word: $see"; exit 1; }; done
	done < <(listed Terms)
	[ "$examples" -gt 25 ]
}

@test "explain: every code is explained in at most 80 columns, with examples" {
	codes=$(sed -n 's/^DIAG_CODE(\([EW][0-9]*\),.*/\1/p' "$SRCDIR/src/base/diag_codes.def")
	[ "$(echo "$codes" | wc -l)" -gt 60 ]
	run "$REPRISE" explain $codes
	[ "$status" -eq 0 ]
	[ "$(grep -cE '^Wrong( \(.*\))?:$' <<<"$output")" -eq "$(echo "$codes" | wc -l)" ]
	[ "$(grep -cE '^Right( \(.*\))?:$' <<<"$output")" -eq "$(echo "$codes" | wc -l)" ]
	run -1 grep -E '^.{81}' <<<"$output"
}

@test "explain: the reason codes and the counters of a result have an entry" {
	codes=$(sed -n '/^\.Li cpu , waiting/,/^\.Li other/p' "$SRCDIR/contrib/man/reprise-results.5" |
		sed 's/^\.Li//; s/[.,]//g; /^or$/d')
	[ "$(wc -w <<<"$codes")" -eq 13 ]
	for code in $codes; do
		run "$REPRISE" explain "$code"
		[[ "$output" == *"$code: a reason why a result is not valid"* ]] || { echo "no entry: $code"; false; }
	done
	for word in users.back_offs back_offs pauses missed resent validity generator.causes; do
		"$REPRISE" explain "$word" || { echo "no entry: $word"; false; }
	done
}
