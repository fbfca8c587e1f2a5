#!/usr/bin/env bats
# Values that the import treats as issued by the server, and values that it does not: a table of
# small recordings (import_cases.py), each with values to extract and values to keep.

load helper

@test "every value issued by the server is extracted, and no others" {
	cd "$BATS_TEST_TMPDIR"
	python3 -B "$SRCDIR/tests/cli/import_cases.py" "$REPRISE" >report || {
		grep ^WRONG report
		return 1
	}
	golden import/cases.report <report
}

@test "recordings of many kinds of applications: issued values are extracted, constants stay" {
	cd "$BATS_TEST_TMPDIR"
	python3 -B "$SRCDIR/tests/cli/import_visits.py" "$REPRISE" >report || {
		grep ^WRONG report
		return 1
	}
	golden import/visits.report <report
}
