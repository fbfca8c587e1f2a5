# A Slurm cluster on loopback with separate folders and ports: one node with two CPUs that runs eight
# concurrent tasks. `slurm_up` sets SLURM_CONF; `slurm_down` removes everything.

# slurm_up: prints the reason and fails if Slurm cannot run.
slurm_up() {
	local tool
	for tool in slurmctld slurmd sbatch munged mungekey; do
		command -v "$tool" >/dev/null || {
			echo "no $tool here: contrib/install-deps fleet"
			return 1
		}
	done
	[ "$(id -u)" -eq 0 ] || {
		echo "Slurm's daemons run as root here"
		return 1
	}
	SLURM_DIR=$(mktemp -d /tmp/reprise-slurm.XXXXXX)
	export SLURM_DIR
	export SLURM_CONF=$SLURM_DIR/slurm.conf
	mkdir "$SLURM_DIR/munge" "$SLURM_DIR/state" "$SLURM_DIR/spool"
	# The daemon rejects folders that others can write to; the clients need read access.
	chmod 755 "$SLURM_DIR" "$SLURM_DIR/munge"
	mungekey --create --keyfile="$SLURM_DIR/munge/key"
	timeout -k 5 300 munged --foreground --force --key-file="$SLURM_DIR/munge/key" \
		--socket="$SLURM_DIR/munge/socket" --pid-file="$SLURM_DIR/munge/pid" \
		--seed-file="$SLURM_DIR/munge/seed" --log-file="$SLURM_DIR/munge/log" >"$SLURM_DIR/munged.out" 2>&1 3>&- &
	echo $! >"$SLURM_DIR/pids"
	local host
	host=$(hostname -s)
	cat >"$SLURM_CONF" <<-END
		ClusterName=local
		SlurmctldHost=$host(127.0.0.1)
		SlurmUser=root
		AuthType=auth/munge
		AuthInfo=socket=$SLURM_DIR/munge/socket
		CredType=cred/munge
		MpiDefault=none
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		JobAcctGatherType=jobacct_gather/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		ReturnToService=2
		SchedulerParameters=sched_interval=1,sched_min_interval=0
		SlurmctldPort=$(free_port)
		SlurmdPort=$(free_port)
		StateSaveLocation=$SLURM_DIR/state
		SlurmdSpoolDir=$SLURM_DIR/spool
		SlurmctldLogFile=$SLURM_DIR/slurmctld.log
		SlurmdLogFile=$SLURM_DIR/slurmd.log
		SlurmctldPidFile=$SLURM_DIR/slurmctld.pid
		SlurmdPidFile=$SLURM_DIR/slurmd.pid
		NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=1000 State=UNKNOWN
		PartitionName=all Nodes=ALL Default=YES MaxTime=10 State=UP OverSubscribe=FORCE:8
	END
	wait_for 20 test -S "$SLURM_DIR/munge/socket" || {
		echo "munged does not start: $(tail -n 1 "$SLURM_DIR/munge/log" "$SLURM_DIR/munged.out")"
		return 1
	}
	timeout -k 5 300 slurmctld -D -f "$SLURM_CONF" >"$SLURM_DIR/slurmctld.out" 2>&1 3>&- &
	echo $! >>"$SLURM_DIR/pids"
	timeout -k 5 300 slurmd -D -f "$SLURM_CONF" >"$SLURM_DIR/slurmd.out" 2>&1 3>&- &
	echo $! >>"$SLURM_DIR/pids"
	wait_for 30 slurm_idle || {
		echo "Slurm does not start: $(tail -n 1 "$SLURM_DIR/slurmctld.log")"
		return 1
	}
}

slurm_idle() {
	[ "$(timeout 10 sinfo -h -o %T 2>/dev/null)" = idle ]
}

slurm_down() {
	[ -n "${SLURM_DIR:-}" ] || return 0
	local pid
	timeout 10 scancel --user root >/dev/null 2>&1
	tac "$SLURM_DIR/pids" | while read -r pid; do
		kill "$pid" 2>/dev/null
		wait_for 10 ended "$pid" || kill -KILL "$pid"
	done
	rm -rf "$SLURM_DIR"
}
