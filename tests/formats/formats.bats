#!/usr/bin/env bats
# Imports against the tools themselves: newman, hurl and k6, with public files that are not a part of this
# repository. Only `make check-formats` runs these tests; each is skipped if its tool or its files are missing.
#
#   REPRISE_COLLECTIONS   a folder with the files of postman.tsv: OWNER+REPOSITORY/PATH
#   REPRISE_HURL_FILES    a folder with .hurl files, such as integration/hurl/tests_ok of Orange-OpenSource/hurl
#   NODE_PATH             a folder with the npm package newman

load ../cli/helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "newman and an imported collection send the same requests; scenarios contain no secrets and no {{" {
	[ -d "$REPRISE_COLLECTIONS" ] || skip "REPRISE_COLLECTIONS is not a folder with the files of tests/formats/postman.tsv"
	node -e "require('newman')" 2>/dev/null || skip "NODE_PATH has no npm package newman"
	LIMIT_S=1800 run -0 timeout 1800 python3 -B "$SRCDIR/tests/formats/postman.py" "$REPRISE" "$REPRISE_COLLECTIONS"
	echo "$output" | grep -v $'\tequal$'
	[ "$(grep -c . <<<"$output")" -gt 100 ]
}

@test "hurl and an imported file send the same requests and have the same verdicts" {
	command -v "${HURL:-hurl}" >/dev/null || skip "no hurl; HURL names it"
	mkdir -p "${REPRISE_HURL_FILES:=none}"
	run -0 timeout 600 python3 -B "$SRCDIR/tests/formats/hurl.py" "$REPRISE" "$REPRISE_HURL_FILES"
	[ "$(grep -c 'same verdict' <<<"$output")" -ge 70 ]
}

@test "the summary for k6 has the fields and types of k6 run --summary-export" {
	command -v k6 >/dev/null || skip "no k6"
	start_demo
	printf "import http from 'k6/http'; export const options = {vus: 2, iterations: 6}; export default () => { http.get('%s/'); };\n" \
		"$SERVER_URL" >visit.js
	printf 'target: %s\nload: {users: 2, iterations: 3}\nsteps: [{get: /}]\n' "$SERVER_URL" >visit.yaml
	k6 run --quiet --no-usage-report --summary-export k6.json visit.js
	reprise run -q --k6-summary ours.json visit.yaml
	python3 - <<-'END'
		import json
		def shape(value):
		    return {k: shape(v) for k, v in value.items()} if isinstance(value, dict) else type(value) in (int, float) or type(value)
		k6, ours = json.load(open("k6.json")), json.load(open("ours.json"))
		assert set(k6) == set(ours), (set(k6), set(ours))
		for name, metric in k6["metrics"].items():
		    assert shape(ours["metrics"][name]) == shape(metric), name
		assert ours["metrics"]["http_reqs"]["count"] == k6["metrics"]["http_reqs"]["count"] == 6
		assert 0.3 < ours["metrics"]["data_received"]["count"] / k6["metrics"]["data_received"]["count"] < 3
	END
}
