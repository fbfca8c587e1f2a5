# Images and containers for tests, in a separate storage: the machine's own podman storage is not
# changed, and `podman_down` removes everything. Loaded together with the helper of tests/cli.

BASE_IMAGE=docker.io/library/debian:bookworm-slim
IMAGE=localhost/reprise:test

# podman_place: prints the folder for the storage. It is in memory if there is enough, because podman
# and dpkg wait for the disk after each small write, which is slow on a busy machine.
podman_place() {
	local free
	free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)
	if [ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ] && [ "${free:-0}" -gt 4000000 ] &&
		[ "$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)" -gt 6000000 ]; then
		echo /dev/shm
	else
		echo "$BUILDDIR"
	fi
}

# podman_up: sets up storage and the base image; prints the reason and fails if containers cannot run.
podman_up() {
	local tool
	for tool in podman buildah runc mmdebstrap; do
		command -v "$tool" >/dev/null || {
			echo "no $tool here: contrib/install-deps container"
			return 1
		}
	done
	[ "$(id -u)" -eq 0 ] || {
		echo "containers are built as root here"
		return 1
	}
	PODMAN_DIR=$(mktemp -d "$(podman_place)/container.XXXXXX")
	export PODMAN_DIR
	export CONTAINERS_CONF=$PODMAN_DIR/containers.conf
	export CONTAINERS_STORAGE_CONF=$PODMAN_DIR/storage.conf
	cat >"$CONTAINERS_CONF" <<-END
		[containers]
		default_ulimits = ["nofile=$(ulimit -Hn):$(ulimit -Hn)", "nproc=4096:4096"]
		[engine]
		runtime = "runc"
		cgroup_manager = "cgroupfs"
		events_logger = "file"
	END
	cat >"$CONTAINERS_STORAGE_CONF" <<-END
		[storage]
		driver = "overlay"
		graphroot = "$PODMAN_DIR/graph"
		runroot = "$PODMAN_DIR/run"
	END
	podman_base || return 1
	timeout 60 podman run --rm --network=host "$BASE_IMAGE" true >"$PODMAN_DIR/probe" 2>&1 || {
		echo "containers do not run here: $(tail -n 1 "$PODMAN_DIR/probe")"
		return 1
	}
	timeout 120 podman run --rm --network=host -v /etc/apt:/etc/apt:ro "$BASE_IMAGE" \
		apt-get -qq -o APT::Update::Error-Mode=any update >"$PODMAN_DIR/probe" 2>&1 || {
		echo "no Debian packages available: $(tail -n 1 "$PODMAN_DIR/probe")"
		return 1
	}
}

# The Debian release of the base image.
BASE_SUITE=bookworm

# podman_base [ARCHITECTURE]: imports the base image, as BASE_IMAGE or BASE_IMAGE-ARCHITECTURE. It is built from
# Debian packages once and cached between runs.
podman_base() {
	local cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/reprise-tests
	local tar=$cache/$BASE_SUITE-minbase${1:+-$1}.tar
	if [ ! -s "$tar" ]; then
		mkdir -p "$cache"
		timeout 900 mmdebstrap --quiet --variant=minbase ${1:+--architectures="$1"} "$BASE_SUITE" "$tar.new.tar" \
			>"$PODMAN_DIR/mmdebstrap" 2>&1 || {
			rm -f "$tar.new.tar"
			echo "no base for the image: $(tail -n 1 "$PODMAN_DIR/mmdebstrap")"
			return 1
		}
		mv "$tar.new.tar" "$tar"
	fi
	timeout 120 podman import -q ${1:+--arch "$1"} --change 'CMD ["bash"]' "$tar" "$BASE_IMAGE${1:+-$1}" \
		>"$PODMAN_DIR/import" 2>&1 || {
		echo "the base cannot be imported: $(tail -n 1 "$PODMAN_DIR/import")"
		return 1
	}
}

# podman_bases ARCHITECTURE: makes BASE_IMAGE a list of two images, as in a registry: the one for this machine,
# and one for ARCHITECTURE, whose programs the kernel must be able to run.
podman_bases() {
	podman_base "$1" || return 1
	podman tag "$BASE_IMAGE" "$BASE_IMAGE-own"
	podman untag "$BASE_IMAGE" "$BASE_IMAGE"
	podman manifest create "$BASE_IMAGE" >/dev/null
	podman manifest add "$BASE_IMAGE" "containers-storage:$BASE_IMAGE-own" >/dev/null
	podman manifest add "$BASE_IMAGE" "containers-storage:$BASE_IMAGE-$1" >/dev/null
}

# podman_source FOLDER: copies the source as in a clone, without build files.
podman_source() {
	mkdir -p "$1"
	if git -C "$SRCDIR" rev-parse >/dev/null 2>&1; then
		git -C "$SRCDIR" ls-files -co --exclude-standard -z |
			tar -C "$SRCDIR" --null --files-from=- --ignore-failed-read -cf - | tar -C "$1" -xf -
	else
		tar -C "$SRCDIR" --exclude=./build -cf - . | tar -C "$1" -xf -
	fi
}

# podman_build NAME ARG…: builds the image from PODMAN_DIR/source with the Dockerfile.
podman_build() {
	local name=$1
	shift
	timeout 900 podman build --pull=never --network=host --volume /etc/apt:/etc/apt:ro \
		--timestamp 0 -t "$name" "$@" "$PODMAN_DIR/source" >"$PODMAN_DIR/build" 2>&1 || {
		tail -n 40 "$PODMAN_DIR/build" >&2
		return 1
	}
}

podman_down() {
	[ -n "${PODMAN_DIR:-}" ] || return 0
	if [ -e "$CONTAINERS_STORAGE_CONF" ]; then
		timeout 60 podman pod rm --all --force --time 2 >/dev/null 2>&1
		timeout 60 podman rm --all --force --time 2 >/dev/null 2>&1
	fi
	local point
	sed -n 's|^[^ ]* [^ ]* [^ ]* [^ ]* \([^ ]*\) .*|\1|p' /proc/self/mountinfo |
		grep -F "$PODMAN_DIR/" | sort -r | while read -r point; do umount -l "$point"; done
	rm -rf --one-file-system "$PODMAN_DIR"
}
