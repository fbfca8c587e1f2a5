load helper

@test "--version prints the program name and its version, the libraries and what they can do" {
	run "$REPRISE" --version
	[ "$status" -eq 0 ]
	printf '%s\n' "${lines[@]:1}" >"$BATS_TEST_TMPDIR/rest"
	output=${lines[0]}
	[[ "$output" =~ ^reprise\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	for library in libcurl OpenSSL libevent nghttp2 zlib brotli zstd libpsl libidn2 libyaml PCRE2 libxml2; do
		grep -Eq "^libraries: (.*, )?$library [0-9]+\.[0-9]+" "$BATS_TEST_TMPDIR/rest" || { cat "$BATS_TEST_TMPDIR/rest"; false; }
	done
	for feature in HTTP/2 HTTP/3 brotli zstd IDN PSL NTLM Kerberos; do
		[ "$(grep -Ec "^(features|missing): (.*, )?$feature(,|\$)" "$BATS_TEST_TMPDIR/rest")" -eq 1 ]
	done
	if command -v curl >/dev/null; then
		curl --version | grep -Fq "$(sed -n 's/^libraries: libcurl \([^ ,]*\).*/libcurl\/\1/p' "$BATS_TEST_TMPDIR/rest")"
	fi
	# Programs of an earlier configure are compiled again; tests/lint/version.sh compares the other files.
	grep -qF "AC_INIT([reprise], [${output#reprise }])" "$SRCDIR/configure.ac"
}

@test "a missing command is an error" {
	run "$REPRISE"
	[ "$status" -eq 2 ]
}

@test "an unknown command is reported by name" {
	run "$REPRISE" trun
	[ "$status" -eq 2 ]
	[[ "$output" =~ ^error:\ unknown\ command\ \'trun\' ]]
}

@test "--help prints to standard output and exits with status 0" {
	run --separate-stderr "$REPRISE" --help
	[ "$status" -eq 0 ]
	[[ "$output" =~ ^usage:\ reprise\ COMMAND ]]
	[ -z "$stderr" ]
}

@test "help, and help for a command" {
	run "$REPRISE" help
	[ "$status" -eq 0 ]
	[ "$output" = "$("$REPRISE" --help)" ]
	run "$REPRISE" help check
	[ "$status" -eq 0 ]
	[ "$output" = "$("$REPRISE" check --help)" ]
	run "$REPRISE" help chek
	[ "$status" -eq 2 ]
	[[ "$output" == *"did you mean 'check'?"* ]]
}

@test "options, keys, functions, codes and metrics of earlier versions still exist" {
	local names
	for names in "$SRCDIR"/tests/golden/names-*; do
		run -0 python3 - "$names" <<-'END'
			import collections, json, os, re, subprocess, sys
			def output(*arguments):
			    run = subprocess.run([os.environ["REPRISE"], *arguments], stdout=subprocess.PIPE,
			                         stderr=subprocess.DEVNULL, text=True)
			    return run.stdout if run.returncode == 0 else ""
			def keys(schema):
			    if isinstance(schema, list):
			        return set().union(*map(keys, schema))
			    if not isinstance(schema, dict):
			        return set()
			    return set(schema.get("properties", {})).union(*map(keys, schema.values()))
			known = collections.defaultdict(set)
			known["key"] = keys(json.loads(output("schema")))
			for name in os.listdir(os.environ["SRCDIR"] + "/src/output"):
			    with open(f"{os.environ['SRCDIR']}/src/output/{name}") as file:
			        known["metric"] |= set(re.findall(r'"(reprise_\w+)"', file.read()))
			for kind, name in (line.rstrip("\n").split(" ", 1) for line in open(sys.argv[1])):
			    if kind == "option":
			        command, option = name.split()
			        if command not in known:
			            known[command] = set(re.findall(r"--[a-z-]+", output(command, "--help")))
			        exists = option in known[command]
			    elif kind in ("function", "code"):
			        exists = output("explain", name) != ""
			    else:
			        exists = name in known[kind]
			    if not exists:
			        print("missing:", kind, name)
		END
		[ -z "$output" ] || { echo "$output"; false; }
	done
}
