# The limits of this machine for a run.

load helper

@test "doctor: prints all limits and exits with status 0" {
	run --separate-stderr reprise doctor
	[ "$status" -eq 0 ]
	[ "$stderr" = "" ]
	[[ "${lines[0]}" =~ ^(No|[0-9]+)\ warnings?\ for\ this\ machine:\ [0-9]+\ usable\ core ]]
	for check in cores "CPU quota" memory "open files" "local ports" TIME_WAIT clock timers container certificates shard; do
		grep -Eq "^  (ok|note|warn) +$check  " <<<"$output"
	done
	# only commands to copy may be longer than 80 columns
	[ -z "$(grep -v '  try: ' <<<"$output" | tail -n +2 | awk 'length > 80')" ]
}

@test "doctor: the shard that the variables of an orchestrator select" {
	CLOUD_RUN_TASK_INDEX=2 CLOUD_RUN_TASK_COUNT=8 "$REPRISE" doctor >"$BATS_TEST_TMPDIR/out"
	grep -Eq '^  ok    shard +3 of 8, from CLOUD_RUN_TASK_INDEX$' "$BATS_TEST_TMPDIR/out"
	CI_NODE_INDEX=9 CI_NODE_TOTAL=8 "$REPRISE" doctor >"$BATS_TEST_TMPDIR/out"
	grep -Eq '^  warn  shard +CI_NODE_INDEX selects shard 9 of 8' "$BATS_TEST_TMPDIR/out"
	REPRISE_SHARD=2/2 "$REPRISE" doctor >"$BATS_TEST_TMPDIR/out"
	grep -Eq '^  ok    shard +2 of 2, from REPRISE_SHARD$' "$BATS_TEST_TMPDIR/out"
}

@test "doctor: JSON output" {
	run --separate-stderr reprise doctor --format json
	[ "$status" -eq 0 ]
	[ "$(json - 'sorted(d[0])' <<<"$output")" = '["check", "found", "level", "lift"]' ]
	[ "$(json - 'all(x["level"] in ("ok", "note", "mind") for x in d)' <<<"$output")" = true ]
}

@test "doctor: the limits of the process itself" {
	bash -c 'ulimit -n 777; exec "$0" doctor' "$REPRISE" >"$BATS_TEST_TMPDIR/out"
	grep -Eq '^  warn  open files +777 \(reprise' "$BATS_TEST_TMPDIR/out"
	if [ "$(nproc)" -gt 1 ]; then
		taskset -c 0 "$REPRISE" doctor >"$BATS_TEST_TMPDIR/out"
		grep -Eq '^  warn  one machine' "$BATS_TEST_TMPDIR/out"
	fi
}

@test "doctor: the files of another machine" {
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/proc/self" "$root/sys/fs/cgroup"
	printf 'Cpus_allowed_list:\t0-3\n' >"$root/proc/self/status"
	echo "0::/" >"$root/proc/self/cgroup"
	echo "50000 100000" >"$root/sys/fs/cgroup/cpu.max"
	run reprise doctor --root "$root"
	[ "$status" -eq 0 ]
	[[ "$output" == *"warn  CPU quota      0.50 CPUs, set by the cgroup"* ]]
}

@test "doctor: does not accept a file" {
	run reprise doctor shop.yaml
	[ "$status" -eq 2 ]
	run reprise doctor --format yaml
	[ "$status" -eq 2 ]
}
