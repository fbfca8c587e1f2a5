#!/usr/bin/env bats
# auth: negotiate against Apache with mod_auth_gssapi and a Kerberos server (MIT), which are started here.

load ../cli/helper
load login_servers

setup() {
	local tool
	PATH=$PATH:/usr/sbin
	for tool in krb5kdc kdb5_util kadmin.local kinit apache2; do
		command -v $tool >/dev/null || skip "no $tool; contrib/install-deps servers installs it"
	done
	[ -e /usr/lib/apache2/modules/mod_auth_gssapi.so ] || skip "no libapache2-mod-auth-gssapi; contrib/install-deps servers installs it"
	cd "$BATS_TEST_TMPDIR" || return 1
	# Apache, as www-data, reads files here.
	local dir=$PWD
	while [[ $dir == "$BATS_RUN_TMPDIR"* ]]; do
		chmod o+x "$dir"
		dir=${dir%/*}
	done
	start_kdc
	start_apache
}

teardown() {
	stop_servers
}

# start_kdc: the realm EXAMPLE.TEST with user1 to user20, whose passwords are pass1 to pass20.
start_kdc() {
	local port i
	port=$(free_port)
	cat >krb5.conf <<-END
		[libdefaults]
		default_realm = EXAMPLE.TEST
		dns_lookup_kdc = false
		dns_lookup_realm = false
		dns_canonicalize_hostname = false
		rdns = false
		udp_preference_limit = 1
		[realms]
		EXAMPLE.TEST = {
			kdc = 127.0.0.1:$port
		}
		[domain_realm]
		localhost = EXAMPLE.TEST
	END
	cat >kdc.conf <<-END
		[logging]
		kdc = FILE:$PWD/kdc.log
		[kdcdefaults]
		kdc_listen = ""
		kdc_tcp_listen = 127.0.0.1:$port
		[realms]
		EXAMPLE.TEST = {
			database_name = $PWD/principal
			key_stash_file = $PWD/stash
			acl_file = $PWD/acl
			max_life = 1h
		}
	END
	export KRB5_CONFIG=$PWD/krb5.conf KRB5_KDC_PROFILE=$PWD/kdc.conf KRB5CCNAME=FILE:$PWD/own-tickets
	kdb5_util create -s -P master -r EXAMPLE.TEST >kdb.log 2>&1
	{
		for i in $(seq 20); do echo "addprinc -pw pass$i user$i"; done
		echo 'addprinc -pw brief -maxlife 5s brief'
		echo 'addprinc -randkey HTTP/localhost'
		echo "ktadd -k $PWD/http.keytab HTTP/localhost"
	} | kadmin.local >kadmin.log 2>&1
	chmod 644 http.keytab
	timeout -k 5 600 krb5kdc -n >kdc.out 2>&1 </dev/null 3>&- &
	started kdc $!
	wait_for 20 listens "$port" || { cat kdc.out >&2; return 1; }
}

# start_apache: / takes a ticket with each request, /bound one for each connection. The header X-User of a
# response is the user; access.log has user, connection and status.
start_apache() {
	local port module
	port=$(free_port)
	mkdir -p docs/bound
	echo hello | tee docs/index.html >docs/bound/index.html
	chmod -R o+rX docs
	{
		cat <<-END
			ServerRoot $PWD
			ServerName localhost
			PidFile $PWD/httpd.pid
			Listen 127.0.0.1:$port
			ErrorLog $PWD/error.log
			User www-data
			Group www-data
		END
		for module in mpm_event authn_core authz_core authz_user auth_gssapi headers dir; do
			echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
		done
		cat <<-END
			LogFormat "%u %{remote}p %>s" users
			CustomLog $PWD/access.log users
			KeepAliveTimeout 60
			MaxKeepAliveRequests 0
			DocumentRoot $PWD/docs
			<Location />
				AuthType GSSAPI
				AuthName intranet
				GssapiCredStore keytab:$PWD/http.keytab
				GssapiAllowedMech krb5
				Require valid-user
				Header set X-User expr=%{REMOTE_USER}
			</Location>
			<Location /bound>
				AuthType GSSAPI
				AuthName intranet
				GssapiCredStore keytab:$PWD/http.keytab
				GssapiAllowedMech krb5
				GssapiConnectionBound On
				Require valid-user
				Header set X-User expr=%{REMOTE_USER}
			</Location>
		END
	} >httpd.conf
	timeout -k 5 600 apache2 -f "$PWD/httpd.conf" -DFOREGROUND >httpd.log 2>&1 </dev/null 3>&- &
	started apache $! "$port"
	SERVER_URL=http://localhost:$port
	wait_for 20 listens "$port" || { cat httpd.log error.log >&2; return 1; }
}

# people: people.csv, with the users and their passwords.
people() {
	echo "user,password" >people.csv
	for i in $(seq 20); do echo "user$i,pass$i"; done >>people.csv
}

@test "each user has its own ticket; a connection is only used by its user" {
	people
	for keys in 'per: user' 'per: iteration'; do
		for reuse in user pool none; do
			scenario s.yaml <<-END >/dev/null
				target: $SERVER_URL
				data: {person: {file: people.csv, $keys}}
				load: {users: 20, iterations: 5}
				defaults:
				  connections: {reuse: $reuse}
				  auth: {negotiate: {user: "\${person.user}@EXAMPLE.TEST", password: "\${person.password}"}}
				steps:
				  - get: /
				    expect: {header: {X-User: "\${person.user}@EXAMPLE.TEST"}}
				  - get: /bound/
				    expect: {header: {X-User: "\${person.user}@EXAMPLE.TEST"}}
				  - get: /bound/
				    expect: {header: {X-User: "\${person.user}@EXAMPLE.TEST"}}
			END
			: >access.log
			run reprise run --plain --json r.json s.yaml; echo "$output"; [ "$status" = 0 ]
			[ "$(json r.json '[d["requests"]["ok"], d["requests"]["failed"]]')" = "[300, 0]" ]
			# No connection has two users.
			[ -z "$(awk '$1 != "-" { print $2, $1 }' access.log | sort -u | awk '{ print $1 }' | uniq -d)" ]
			[ "$(awk '{ print $1 }' access.log | sort -u | grep -c '^user')" = 20 ]
		done
	done
}

@test "a request without credentials, and one with other credentials, get other connections" {
	scenario s.yaml <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 3, iterations: 3}
		steps:
		  - get: /bound/
		    auth: {negotiate: {user: user1, password: pass1}}
		    expect: {header: {X-User: user1@EXAMPLE.TEST}}
		  - get: /bound/
		    auth: {negotiate: {user: user2, password: pass2}}
		    expect: {header: {X-User: user2@EXAMPLE.TEST}}
		  - get: /bound/
		    expect: {status: 401}
	END
	for transport in auto curl; do
		run -0 reprise run --plain --transport $transport s.yaml
	done
}

@test "tickets of kinit, of caches, and causes of failures" {
	for i in 1 2; do
		echo "pass$i" | kinit -c "FILE:$PWD/tickets-$i" "user$i" >/dev/null
	done
	cp tickets-2 own-tickets
	scenario s.yaml <<-END >/dev/null
		target: $SERVER_URL
		defaults: {on_failure: continue}
		load: {users: 2, iterations: 2}
		steps:
		  - get: /
		    auth: {negotiate: {}}
		    expect: {header: {X-User: user2@EXAMPLE.TEST}}
		  - get: /
		    auth: {negotiate: {cache: "FILE:$PWD/tickets-\${user.id}"}}
		    expect: {header: {X-User: "user\${user.id}@EXAMPLE.TEST"}}
	END
	run -0 reprise run --plain s.yaml
	scenario s.yaml <<-END >/dev/null
		target: $SERVER_URL
		allowed_hosts: ["127.0.0.1:${SERVER_URL##*:}"]
		defaults: {on_failure: continue}
		steps:
		  - get: /
		    auth: {negotiate: {user: user1, password: wrong-word}}
		  - get: /
		    auth: {negotiate: {user: nobody, password: x}}
		  - get: http://127.0.0.1:${SERVER_URL##*:}/
		    auth: {negotiate: {user: user1, password: pass1}}
	END
	run reprise run --plain --json r.json s.yaml
	flat=$(tr -s '\n ' ' ' <<<"$output")
	echo "$output"
	[[ "$flat" == *"auth: negotiate: user1: the password is wrong"* ]]
	[[ "$flat" == *"auth: negotiate: nobody: Client "*"not found"* ]]
	[[ "$flat" == *"auth: negotiate: user1: Server "* ]]
	[[ "$flat" != *wrong-word* ]]
	[ "$(json r.json 'd["failed_by_class"]')" = '{"connect": 3}' ]
}

@test "a ticket is renewed before it expires" {
	scenario s.yaml <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 3, duration: 12s}
		defaults: {auth: {negotiate: {user: brief, password: brief}}}
		steps: [{get: /}, {think: 200ms}]
	END
	run reprise run --plain --json r.json s.yaml; echo "$output"; [ "$status" = 0 ]
	[ "$(json r.json 'd["requests"]["failed"]')" = 0 ]
	# Every 2.5 s, on each of the threads.
	renewed=$(grep -c 'TGS_REQ .* ISSUE: .*brief@EXAMPLE.TEST for HTTP' kdc.log)
	[ "$renewed" -ge 4 ]
	[ "$renewed" -le 30 ]
}
