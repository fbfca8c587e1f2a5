#!/usr/bin/env bats
# contrib/kubernetes on a real Kubernetes of one node: eight shards as an Indexed Job, a deleted pod, a killed
# process, and the merge. The commands are those at the top of shards.yaml. `tests/platforms/kubernetes/install`
# installs what it needs; without it, the tests are skipped. KUBERNETES_IMAGE is an archive of the images of
# an earlier run (`podman save`), which are then not built again.

load ../../cli/helper
load ../../container/podman
load cluster

setup_file() {
	# Not in a subshell, because the tests need the exported variables.
	cluster_tools >"$BATS_FILE_TMPDIR/why" 2>&1 && images >>"$BATS_FILE_TMPDIR/why" 2>&1 &&
		cluster_up >>"$BATS_FILE_TMPDIR/why" 2>&1 || {
		WHY=$(tail -n 1 "$BATS_FILE_TMPDIR/why")
		export WHY=${WHY:-Kubernetes does not run here}
		return 0
	}
	cluster_image "$BATS_FILE_TMPDIR/images.tar"
	inside_daemon shop "$REPRISE" demo --listen $NODE_IP --port 8080
	# Kubernetes itself refuses a pod that is not as restricted as possible.
	kubectl label namespace default pod-security.kubernetes.io/enforce=restricted >/dev/null
	header 1
}

teardown_file() {
	cluster_down
	podman_down
}

setup() {
	[ -z "${WHY:-}" ] || skip "$WHY"
	cd "$BATS_TEST_TMPDIR"
	volume
	header 3
}

teardown() {
	[ -z "${WHY:-}" ] || return 0
	header 11 >/dev/null 2>&1
	kubectl delete pv results >/dev/null 2>&1
}

# images: builds the image of reprise and the one that holds the namespaces of a pod.
images() {
	if [ -n "${KUBERNETES_IMAGE:-}" ]; then
		ln -s "$KUBERNETES_IMAGE" "$BATS_FILE_TMPDIR/images.tar"
		return
	fi
	podman_up || return 1
	podman_source "$PODMAN_DIR/source"
	podman_build docker.io/library/reprise:latest || return 1
	mkdir "$PODMAN_DIR/pause"
	cp "$(command -v catatonit)" "$PODMAN_DIR/pause/catatonit"
	printf 'FROM scratch\nCOPY catatonit /catatonit\nENTRYPOINT ["/catatonit", "-P"]\n' \
		>"$PODMAN_DIR/pause/Dockerfile"
	podman build -q -t localhost/pause:test "$PODMAN_DIR/pause" &&
		podman save -q -m -o "$BATS_FILE_TMPDIR/images.tar" docker.io/library/reprise:latest localhost/pause:test
}

# volume: an empty folder of the node for the claim of shards.yaml.
volume() {
	rm -rf "$CLUSTER_DIR/results"
	mkdir "$CLUSTER_DIR/results"
	chown 10001:10001 "$CLUSTER_DIR/results"
	kubectl apply -f - >/dev/null <<-END
		apiVersion: v1
		kind: PersistentVolume
		metadata: {name: results}
		spec:
		  capacity: {storage: 1Gi}
		  accessModes: [ReadWriteMany]
		  hostPath: {path: $CLUSTER_DIR/results}
	END
}

# manifests SECONDS [CPU]: copies of the files with what the top of shards.yaml says to change: the target and the
# length of the load, thresholds for a busy machine, and the request of CPU, because this node may have two.
manifests() {
	mkdir -p contrib/kubernetes
	cp "$SRCDIR"/contrib/kubernetes/*.yaml contrib/kubernetes
	sed -i -e "s|http://shop.default.svc:8080|http://$NODE_IP:8080|" -e "s/duration: 60s/duration: $1s/" \
		-e 's/{cpu: "1", memory: 128Mi}/{cpu: '"${2:-100m}"', memory: 128Mi}/' contrib/kubernetes/shards.yaml
	patient contrib/kubernetes/shards.yaml
	[ "$(diff contrib/kubernetes/shards.yaml "$SRCDIR/contrib/kubernetes/shards.yaml" | grep -c '^<')" -eq 4 ]
}

# header LINE: runs that line of the commands at the top of shards.yaml. The pods of a busy machine start in 40 s,
# and a loop without end has one here.
header() {
	local command
	command=$(sed -n 's/^#   //p' "$SRCDIR/contrib/kubernetes/shards.yaml" | sed -n "$1p" |
		sed -e 's/+90 seconds/+40 seconds/' -e 's/^until \(.*\); do sleep [0-9]*; done$/wait_for 240 \1/')
	echo "+ $command"
	eval "$command"
}

# job NAME JSONPATH: prints a value of a Job.
job() {
	kubectl get job "$1" -o "jsonpath=$2"
}

requests() {
	inside curl -sSf "http://$NODE_IP:8080/stats" | json - 'd["requests"]'
}

@test "an Indexed Job of eight shards, watched; the merge of their results, copied" {
	manifests 6
	before=$(requests)
	header 2
	kubectl apply -f contrib/kubernetes/watch.yaml
	header 4
	kubectl get job,pods -o wide
	[ "$(job reprise '{.status.conditions[?(@.status=="True")].type}')" = "SuccessCriteriaMet Complete" ]
	[ "$(job reprise '{.status.completedIndexes}')" = 0-7 ]
	header 5
	header 6
	header 7 >merged
	cat merged
	grep -q '^PASSED' merged
	[ "$(job reprise-merge '{.status.succeeded}')" = 1 ]
	wait_for 60 ended reprise-watch
	kubectl logs job/reprise-watch >watched
	cat watched
	grep -q 'the dashboard is at http://127.0.0.1:8090/' watched
	diff <(grep -A1 '^PASSED' merged) <(grep -A1 '^PASSED' watched)
	results=$CLUSTER_DIR/results/nightly
	total=0
	for index in 0 1 2 3 4 5 6 7; do
		[ "$(json "$results/$index/summary.json" '[d["users"]["max"], d["requests"]["failed"], d["labels"]["shard"]]')" = \
			"[10, 0, \"$((index + 1))/8\"]" ]
		total=$((total + $(json "$results/$index/summary.json" 'd["requests"]["started"] + d["requests"]["redirects"]')))
	done
	[ "$(json "$results/all/summary.json" 'd["users"]["max"]')" = 80 ]
	[ "$(json "$results/all/summary.json" 'd["requests"]["started"] + d["requests"]["redirects"]')" = $total ]
	# The shop counts the same requests.
	[ "$total" -gt 480 ]
	[ "$(requests)" -eq $((before + total)) ]
	for line in 8 9 10; do header $line; done
	cmp nightly/summary.json "$results/all/summary.json"
	[ -s nightly/report.html ]
}

# running: starts the shards and waits until the load runs.
running() {
	manifests 120
	header 2
	wait_for 120 loaded
}

# Every shard has sent requests.
loaded() {
	local index
	for index in 0 1 2 3 4 5 6 7; do
		[ "$(wc -l <"$CLUSTER_DIR/results/nightly/$index/series.csv")" -gt 2 ] || return 1
	done
}

# not_passed STATUS: applies merge.yaml, which must fail with that exit status, and writes its output to merged.
not_passed() {
	header 5
	header 6
	header 7 >merged 2>&1
	cat merged
	kubectl get job,pods
	[ "$(job reprise-merge '{.status.conditions[?(@.type=="Failed")].reason}')" = PodFailurePolicy ]
	job reprise-merge '{.status.conditions[?(@.type=="Failed")].message}' | grep -q "exit code $1 "
}

# failed_by_policy STATUS: waits for the Job, which failed because pod 3 had this exit status.
failed_by_policy() {
	header 4
	[ "$(job reprise '{.status.conditions[?(@.type=="Failed")].reason}')" = PodFailurePolicy ]
	job reprise '{.status.conditions[?(@.type=="Failed")].message}' | grep -q "reprise-3-.* exit code $1 "
}

@test "a deleted pod: the Job fails, and the merge reports a run that was stopped" {
	running
	kubectl delete --wait=false "$(kubectl get pods -l batch.kubernetes.io/job-completion-index=3 -o name)"
	failed_by_policy 143
	not_passed 143
	grep -q 'Stopped before its end by SIGTERM' merged
}

@test "a killed process: the Job fails, and the merge names the missing shard" {
	running
	inside pkill -KILL -f '^reprise run --out /out/nightly/3 '
	failed_by_policy 137
	not_passed 2
	grep -q 'shard 4/8 in /out/nightly/3 has no end' merged
}

@test "pods that wait for a free CPU: the result is not valid, and names the shards that began late" {
	# Two pods fit on the node.
	manifests 6 $((500 * $(nproc)))m
	header 2
	header 4
	kubectl get events | grep -q 'FailedScheduling.*Insufficient cpu'
	[ "$(job reprise '{.status.completedIndexes}')" = 0-7 ]
	header 5
	header 6
	header 7 >merged
	cat merged
	grep -q '^NOT VALID' merged
	grep -q 'shard [1-8]: the load began [0-9.]* s after --start-at' merged
	[ "$(json "$CLUSTER_DIR/results/nightly/all/summary.json" \
		'sum("after --start-at" in reason for reason in d["reasons"]) >= 4')" = true ]
}
