# A Kubernetes cluster with one node, for tests: etcd, kube-apiserver, kube-controller-manager, kube-scheduler and
# kubelet with containerd and runc. All of it is in its own network, process and mount namespaces, so `cluster_down`
# ends all processes and removes all mounts. Loaded together with the helper of tests/cli.
#
# Without kube-proxy and DNS: pods reach the node and each other by address (CNI bridge plugin).

NODE_IP=10.213.88.1
: "${KUBERNETES_BED:=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/reprise-kubernetes}"

# cluster_tools: prints the reason and fails if something is missing.
cluster_tools() {
	local tool
	[ "$(id -u)" -eq 0 ] || {
		echo "a node of Kubernetes needs root"
		return 1
	}
	for tool in kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl; do
		[ -x "$KUBERNETES_BED/bin/$tool" ] || {
			echo "no $tool in $KUBERNETES_BED: tests/platforms/kubernetes/install"
			return 1
		}
	done
	for tool in etcd containerd ctr runc ip unshare nsenter openssl catatonit /usr/lib/cni/bridge; do
		command -v "$tool" >/dev/null || {
			echo "no $tool here: contrib/install-deps container kubernetes"
			return 1
		}
	done
}

# inside COMMAND…: runs a command in the namespaces of the cluster.
inside() {
	nsenter --target "$(cat "$CLUSTER_DIR/pid")" --net --mount --pid --wdns="$PWD" "$@"
}

# inside_daemon NAME COMMAND…: starts a daemon there; it ends with the namespaces.
inside_daemon() {
	local name=$1
	shift
	inside "$@" >"$CLUSTER_DIR/$name.log" 2>&1 </dev/null 3>&- &
}

kubectl() {
	inside timeout -k 5 "${KUBECTL_LIMIT_S:-120}" "$KUBERNETES_BED/bin/kubectl" --kubeconfig="$CLUSTER_DIR/kubeconfig" "$@"
}

# cluster_up: starts the cluster in CLUSTER_DIR; prints the reason and fails if it cannot.
cluster_up() {
	cluster_tools || return 1
	CLUSTER_DIR=$(mktemp -d "$(podman_place)/cluster.XXXXXX")
	export CLUSTER_DIR
	CLUSTER_CGROUP=reprise-${CLUSTER_DIR##*.}
	export CLUSTER_CGROUP
	# Process 1 of the new process namespace; all others end with it.
	timeout -k 5 "${SERVER_LIMIT_S:-1500}" unshare --net --mount --pid --fork --kill-child --mount-proc \
		sh -c 'echo ready; exec catatonit -P' >"$CLUSTER_DIR/init.log" 2>&1 </dev/null 3>&- &
	CLUSTER_TIMEOUT_PID=$!
	export CLUSTER_TIMEOUT_PID
	wait_for 20 grep -q ready "$CLUSTER_DIR/init.log" || {
		echo "no namespaces here: $(tail -n 1 "$CLUSTER_DIR/init.log")"
		return 1
	}
	# timeout, unshare and process 1: a parent and its only child each.
	pgrep -P "$(pgrep -P "$CLUSTER_TIMEOUT_PID")" >"$CLUSTER_DIR/pid"
	cluster_host && cluster_files && cluster_control && cluster_node
}

# The network of the node, and folders that have fixed names.
cluster_host() {
	inside sh -euc "
		ip link set lo up
		ip link add cni0 type bridge
		ip address add $NODE_IP/16 dev cni0
		ip link set cni0 up
		for folder in /var/lib/kubelet /var/log/containers /run/containerd /run/netns /etc/cni /var/lib/cni; do
			[ -e \$folder ] || mkdir -p \$folder
			mount -t tmpfs tmpfs \$folder
		done" >"$CLUSTER_DIR/host.log" 2>&1 || {
		echo "no network for a node: $(tail -n 1 "$CLUSTER_DIR/host.log")"
		return 1
	}
}

cluster_files() {
	cd "$CLUSTER_DIR" || return 1
	openssl genrsa -out accounts.key 2048 2>/dev/null
	openssl rand -hex 16 >token
	echo "$(cat token),admin,admin,system:masters" >tokens.csv
	cat >kubeconfig <<-END
		apiVersion: v1
		kind: Config
		clusters: [{name: test, cluster: {server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true}}]
		users: [{name: admin, user: {token: $(cat token)}}]
		contexts: [{name: test, context: {cluster: test, user: admin}}]
		current-context: test
	END
	cat >kubelet.yaml <<-END
		apiVersion: kubelet.config.k8s.io/v1beta1
		kind: KubeletConfiguration
		authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
		authorization: {mode: AlwaysAllow}
		cgroupDriver: cgroupfs
		cgroupRoot: /$CLUSTER_CGROUP
		enforceNodeAllocatable: []
		evictionHard: {memory.available: 100Mi}
		failCgroupV1: false
		failSwapOn: false
		imageGCHighThresholdPercent: 100
		localStorageCapacityIsolation: false
		makeIPTablesUtilChains: false
		podLogsDir: $CLUSTER_DIR/pod-logs
		resolvConf: ""
	END
	cat >containerd.toml <<-END
		version = 2
		root = "$CLUSTER_DIR/containerd"
		state = "/run/containerd/state"
		[grpc]
		  address = "/run/containerd/containerd.sock"
		[plugins."io.containerd.internal.v1.opt"]
		  path = "$CLUSTER_DIR/opt"
		[plugins."io.containerd.grpc.v1.cri"]
		  restrict_oom_score_adj = true
		  sandbox_image = "localhost/pause:test"
		  [plugins."io.containerd.grpc.v1.cri".cni]
		    bin_dir = "/usr/lib/cni"
		    conf_dir = "$CLUSTER_DIR/cni"
	END
	mkdir cni
	cat >cni/bridge.conflist <<-END
		{"cniVersion": "0.4.0", "name": "pods", "plugins": [
		  {"type": "bridge", "bridge": "cni0", "isGateway": true,
		   "ipam": {"type": "host-local", "subnet": "${NODE_IP%.*.*}.0.0/16", "gateway": "$NODE_IP",
		            "dataDir": "/var/lib/cni"}}]}
	END
	cd - >/dev/null || return 1
}

cluster_control() {
	local dir=$CLUSTER_DIR bin=$KUBERNETES_BED/bin
	inside_daemon etcd etcd --data-dir "$dir/etcd" --unsafe-no-fsync --listen-client-urls http://127.0.0.1:2379 \
		--advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
	inside_daemon apiserver "$bin/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --cert-dir="$dir/apiserver" \
		--advertise-address=$NODE_IP --kubelet-preferred-address-types=InternalIP --secure-port=6443 --service-cluster-ip-range=10.96.0.0/16 \
		--token-auth-file="$dir/tokens.csv" --authorization-mode=RBAC --service-account-issuer=https://test \
		--service-account-key-file="$dir/accounts.key" --service-account-signing-key-file="$dir/accounts.key"
	wait_for 120 cluster_ready || {
		echo "kube-apiserver does not start: $(tail -n 1 "$dir/apiserver.log")"
		return 1
	}
	inside_daemon controllers "$bin/kube-controller-manager" --kubeconfig="$dir/kubeconfig" --leader-elect=false \
		--cert-dir="$dir/controllers" --service-account-private-key-file="$dir/accounts.key" \
		--use-service-account-credentials
	inside_daemon scheduler "$bin/kube-scheduler" --kubeconfig="$dir/kubeconfig" --leader-elect=false \
		--cert-dir="$dir/scheduler"
}

cluster_ready() {
	[ "$(kubectl get --raw /readyz)" = ok ]
}

# cluster_cgroup: prints the folders of the cluster's cgroup: one for each controller, or one for all (version 2).
cluster_cgroup() {
	if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
		echo "/sys/fs/cgroup/$CLUSTER_CGROUP"
	else
		find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d -printf "%p/$CLUSTER_CGROUP\n"
	fi
}

cluster_node() {
	local dir=$CLUSTER_DIR folder file
	for folder in $(cluster_cgroup); do
		mkdir "$folder"
		for file in cpuset.cpus cpuset.mems; do
			[ ! -e "$folder/$file" ] || cat "$folder/../$file" >"$folder/$file"
		done
	done
	inside_daemon containerd containerd --config "$dir/containerd.toml"
	wait_for 30 cluster_containerd || {
		echo "containerd does not start: $(tail -n 1 "$dir/containerd.log")"
		return 1
	}
	inside_daemon kubelet "$KUBERNETES_BED/bin/kubelet" --config="$dir/kubelet.yaml" --kubeconfig="$dir/kubeconfig" \
		--container-runtime-endpoint=unix:///run/containerd/containerd.sock --node-ip=$NODE_IP \
		--hostname-override=node --root-dir=/var/lib/kubelet --cert-dir="$dir/kubelet"
	wait_for 120 cluster_node_ready || {
		echo "the node is not ready: $(tail -n 1 "$dir/kubelet.log")"
		return 1
	}
}

cluster_node_ready() {
	kubectl wait --for=condition=Ready --timeout=20s node/node >/dev/null
}

cluster_containerd() {
	inside ctr version >/dev/null
}

# cluster_image ARCHIVE: gives an image to the node.
cluster_image() {
	inside ctr --namespace k8s.io images import --no-unpack=false "$1" >"$CLUSTER_DIR/image.log" 2>&1
}

cluster_down() {
	[ -n "${CLUSTER_DIR:-}" ] || return 0
	[ ! -s "$CLUSTER_DIR/pid" ] || kill -KILL "$(cat "$CLUSTER_DIR/pid")"
	kill "$CLUSTER_TIMEOUT_PID" 2>/dev/null
	wait "$CLUSTER_TIMEOUT_PID" 2>/dev/null
	local folder
	for folder in $(cluster_cgroup); do
		[ ! -d "$folder" ] || find "$folder" -depth -type d -exec rmdir {} +
	done
	rm -rf --one-file-system "$CLUSTER_DIR"
}
