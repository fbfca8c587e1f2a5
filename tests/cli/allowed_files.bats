load helper

# Files that a scenario names must be regular files below the folder of the scenario, or below a
# folder of --allow-files.

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p home/sub other
	printf 'user\nann\n' >other/users.csv
	cp other/users.csv home/sub/users.csv
	printf 'flows: {visit: [get: /]}\n' >other/flows.yaml
	printf '{"at": 0, "url": "http://127.0.0.1:1/"}\n' >other/requests.ndjson
}

# scenario KEY FILE: writes home/t.yaml, in which KEY names FILE.
scenario() {
	local head="target: http://127.0.0.1:1"
	case $1 in
	data) printf '%s\ndata: {account: {file: "%s"}}\nsteps: [get: "/${account.user}"]\n' "$head" "$2" ;;
	function) printf "%s\nsteps: [log: \"\${file('%s') | length}\"]\n" "$head" "$2" ;;
	body) printf '%s\nsteps: [{post: /, body_file: "%s"}]\n' "$head" "$2" ;;
	multipart) printf '%s\nsteps: [{post: /, multipart: {a: {file: "%s"}}}]\n' "$head" "$2" ;;
	include) printf '%s\ninclude: ["%s"]\nsteps: [call: visit]\n' "$head" "$2" ;;
	replay) printf '%s\nload: {replay: {file: "%s"}}\n' "$head" "$2" ;;
	esac >home/t.yaml
}

# Each key with a file in the folder `other` that is right for it.
each_key() {
	local pair
	for pair in data:users.csv function:users.csv body:users.csv multipart:users.csv \
		include:flows.yaml replay:requests.ndjson; do
		"$1" "${pair%%:*}" "${pair#*:}" || { echo "$pair: $output"; return 1; }
	done
}

refused() {
	run timeout 10 "$REPRISE" check "${@:2}" home/t.yaml
	[ "$status" -eq 2 ] || return 1
	[[ "$output" == *"$1"*'[E312]'* ]] || return 1
}

allowed() {
	run timeout 10 "$REPRISE" check "$@" home/t.yaml
	[ "$status" -eq 0 ] || return 1
	[[ "$output" != *E312* ]] || return 1
}

outside="it is outside the folder of the scenario"

above() {
	scenario "$1" "../other/$2"
	refused "$outside, $PWD/home; move it there, or allow its folder with --allow-files $PWD/other"
}

absolute() {
	scenario "$1" "$PWD/other/$2"
	refused "$outside"
}

linked() {
	ln -sf "../other/$2" "home/link-$2"
	scenario "$1" "link-$2"
	refused "$outside"
}

with_option() {
	scenario "$1" "../other/$2"
	allowed --allow-files home/sub --allow-files other &&
		REPRISE_ALLOW_FILES="home/sub:other" allowed
}

inside() {
	cp "other/$2" "home/sub/$2"
	scenario "$1" "sub/../sub/$2"
	allowed && scenario "$1" "$PWD/home/sub/$2" && allowed
}

special() {
	scenario "$1" "$place"
	refused "$reason"
}

@test "files above the folder of the scenario are refused, and the error names folder and option" {
	each_key above
}

@test "absolute paths to other folders are refused" {
	each_key absolute
}

@test "symbolic links that lead outside are refused" {
	each_key linked
}

@test "--allow-files and REPRISE_ALLOW_FILES allow further folders" {
	each_key with_option
}

@test "files below the folder of the scenario are allowed, however the path is written" {
	each_key inside
}

@test "a folder whose name only begins like the scenario's is outside" {
	mkdir home-2
	cp other/users.csv home-2/
	scenario data ../home-2/users.csv
	refused "$outside"
}

@test "pipes, devices and directories are refused immediately, also in allowed folders" {
	mkfifo home/pipe
	place=pipe reason='it is not a regular file' each_key special
	place=sub reason='it is a directory' each_key special
	place=/dev/zero reason='it is not a regular file' each_key special
	scenario data /dev/zero
	refused 'it is not a regular file' --allow-files /dev
}

@test "symbolic links inside the folder work, as Kubernetes mounts a ConfigMap" {
	mkdir home/..2026
	cp other/users.csv home/..2026/
	scenario data users.csv
	mv home/t.yaml home/..2026/
	ln -s ..2026 home/..data
	ln -s ..data/t.yaml home/t.yaml
	ln -s ..data/users.csv home/users.csv
	allowed
}

@test "the scenario itself may be a pipe, and files of - are relative to the current folder" {
	scenario data sub/users.csv
	run bash -c "cd home && timeout 10 '$REPRISE' check - <t.yaml"
	[ "$status" -eq 0 ]
	scenario data ../other/users.csv
	run bash -c "cd home && timeout 10 '$REPRISE' check - <t.yaml"
	[ "$status" -eq 2 ]
	[[ "$output" == *"$outside"* ]]
	run bash -c "timeout 10 '$REPRISE' check <(printf 'target: http://127.0.0.1:1\nsteps: [get: /]\n')"
	[ "$status" -eq 0 ]
}

@test "an included file may read what the scenario may read" {
	printf "flows: {visit: [log: \"\${file('../top.txt')}\"]}\n" >home/sub/flows.yaml
	echo top >home/top.txt
	scenario include sub/flows.yaml
	allowed
	printf "flows: {visit: [log: \"\${file('../../other/users.csv')}\"]}\n" >home/sub/flows.yaml
	refused "$outside, $PWD/home"
}

@test "certificates may be anywhere" {
	printf 'target: https://127.0.0.1:1\ndefaults: {tls: {ca: %s/other/ca.pem}}\nsteps: [get: /]\n' "$PWD" >home/t.yaml
	echo none >other/ca.pem
	run "$REPRISE" check home/t.yaml
	[[ "$output" != *E312* ]]
}

@test "a folder of --allow-files that does not exist is an error" {
	scenario data sub/users.csv
	run "$REPRISE" check --allow-files gone home/t.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *'--allow-files: cannot read the folder gone: No such file or directory'* ]]
}
