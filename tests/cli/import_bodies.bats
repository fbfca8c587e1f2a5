#!/usr/bin/env bats
# Bodies and headers of a recording are sent as they were recorded (import_bodies.py), and imported
# files are the same for other readers of YAML (yaml_readers.py).

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "bodies and headers are sent as they were recorded" {
	python3 -B "$SRCDIR/tests/cli/import_bodies.py" "$REPRISE" >report || {
		grep ^WRONG report
		return 1
	}
	[ "$(wc -l <report)" -ge 35 ]
}

@test "PyYAML reads imported files as they were recorded" {
	python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml here: contrib/install-deps test"
	python3 -B "$SRCDIR/tests/cli/import_bodies.py" "$REPRISE" >report
	python3 -B "$SRCDIR/tests/cli/yaml_readers.py" --recorded visit.har visit.yaml
	local table
	for table in sources deviations; do
		mkdir "$table"
		(cd "$table" && python3 -B "$SRCDIR/tests/cli/import_$table.py" "$REPRISE" >../report)
		python3 -B "$SRCDIR/tests/cli/yaml_readers.py" "$table"/case-*/in/made.yaml
	done
	for table in cases visits; do
		mkdir "$table"
		(cd "$table" && python3 -B "$SRCDIR/tests/cli/import_$table.py" "$REPRISE" >../report)
		python3 -B "$SRCDIR/tests/cli/yaml_readers.py" "$table"/case-*.yaml
	done
	python3 -B "$SRCDIR/tests/cli/yaml_readers.py" "$SRCDIR"/tests/golden/import/*.yaml
	# It finds differences.
	printf 'steps:\n  - get: /\n    form: {at: 15:04:56, n: 017, on: yes}\n' >different.yaml
	run -1 python3 -B "$SRCDIR/tests/cli/yaml_readers.py" different.yaml
	[ "${#lines[@]}" -eq 4 ]
}
