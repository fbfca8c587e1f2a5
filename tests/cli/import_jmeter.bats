#!/usr/bin/env bats
# `reprise import jmeter`: thread groups, samplers, scopes, controllers and functions of test plans.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cp "$SRCDIR"/tests/golden/import/jmeter/*.jmx "$SRCDIR"/tests/golden/import/jmeter/accounts.csv .
}

teardown() {
	stop_servers
}

# text NAME VALUE: a property.
text() {
	printf '<stringProp name="%s">%s</stringProp>' "$1" "$2"
}

# sampler PATH [XML]: a GET request with elements in its scope.
sampler() {
	printf '<HTTPSamplerProxy guiclass="HttpTestSampleGui" testclass="HTTPSamplerProxy" testname="R">'
	printf '%s%s' "$(text HTTPSampler.path "$1")" "$(text HTTPSampler.method GET)"
	printf '</HTTPSamplerProxy><hashTree>%s</hashTree>' "${2-}"
}

# plan XML [GROUP]: imports a plan whose thread group has these elements, and checks the scenario.
plan() {
	local group=${2-"<ThreadGroup testname=\"G\">$(text ThreadGroup.num_threads 1)</ThreadGroup>"}
	cat >p.jmx <<-END
		<?xml version="1.0" encoding="UTF-8"?>
		<jmeterTestPlan version="1.2"><hashTree><TestPlan testname="T">
		<elementProp name="TestPlan.user_defined_variables" elementType="Arguments"><collectionProp name="Arguments.arguments">
		<elementProp name="x" elementType="Argument">$(text Argument.name x)$(text Argument.value 5)</elementProp>
		<elementProp name="color_1" elementType="Argument">$(text Argument.name color_1)$(text Argument.value red)</elementProp>
		<elementProp name="color_2" elementType="Argument">$(text Argument.name color_2)$(text Argument.value blue)</elementProp>
		</collectionProp></elementProp></TestPlan>
		<hashTree><ConfigTestElement guiclass="HttpDefaultsGui">$(text HTTPSampler.domain 127.0.0.1)$(text HTTPSampler.port "${PORT-9999}")</ConfigTestElement><hashTree/>
		$group<hashTree>$1</hashTree></hashTree></hashTree></jmeterTestPlan>
	END
	reprise import jmeter p.jmx -o p.yaml --force 2>report || { cat report; return 1; }
	reprise check p.yaml >checked || { cat checked p.yaml; return 1; }
}

# has TEXT: the scenario contains it.
has() {
	grep -qF -- "$1" p.yaml || { echo "no '$1' in:"; cat p.yaml; return 1; }
}

# function CALL EXPRESSION: a call in a path becomes an expression.
function_is() {
	plan "$(sampler "/a?v=$1")" && has "$2"
}

@test "JMeter: a plan with two thread groups, setup, data, scopes and code; secrets are not written" {
	reprise import jmeter shop.jmx -o shop.yaml 2>report
	run ! grep -q 'canary' shop.yaml report
	golden import/jmeter/shop.yaml <shop.yaml
	golden import/jmeter/shop.report <report
	[ "$(stat -c %a accounts-named.csv)" = 600 ]
	reprise check -p PASSWORD=x -p API_KEY=x -p PASSWORD_2=x -p SIGNATURE=x shop.yaml
}

@test "JMeter: the requests that a server receives, in their order" {
	start_nginx 'location / { default_type application/json; return 200 "{\"token\": \"t-1\", \"items\": [{\"id\": 7, \"name\": \"hat\"}, {\"id\": 8, \"name\": \"cap\"}]}"; }'
	sed -i "s|>9999<|>${SERVER_URL##*:}<|" shop.jmx
	reprise import jmeter shop.jmx -o shop.yaml 2>report
	run -0 reprise run --once --only Buyers -p PASSWORD=p -p API_KEY=k -p PASSWORD_2=q -p SIGNATURE=s shop.yaml
	cat >expected <<-'END'
		"PUT /api/v1/reset HTTP/1.1"
		"POST /api/v1/login HTTP/1.1"
		"GET /api/v1/search?q=red%20hat&t=DAY HTTP/1.1"
		"GET /api/v1/products/7 HTTP/1.1"
		"GET /api/v1/products/8 HTTP/1.1"
		"POST /api/v1/orders HTTP/1.1"
	END
	grep -o '"[A-Z]* /api[^"]*"' "$NGINX_DIR/access.log" | sed 's/t=20[0-9-]*/t=DAY/' | diff expected -
}

@test "JMeter: functions" {
	function_is '${__P(user.count,7)}' 'USER_COUNT: 7'
	function_is '${__UUID}' '${uuid()}'
	function_is '${__Random(1,9)}' '${random_int(1, 9)}'
	function_is '${__RandomString(8,,)}' '${random_text(8)}'
	function_is '${__time(/1000,)}' '${now("unix")}'
	function_is '${__time(dd.MM.yyyy HH:mm,)}' '${now("%d.%m.%Y %H:%M")}'
	function_is '${__timeShift(yyyy-MM-dd,,P2DT1H,,)}' '${now("%Y-%m-%d") | add("176400s")}'
	function_is '${__threadNum}' '${user.id}'
	function_is '${__counter(FALSE,)}' '${counter("line_'
	function_is '${__urlencode(a ${x})}' '${(["a ", X] | join("")) | url_encode | replace("%20", "+")}'
	function_is '${__base64Encode(abc,)}' '${"abc" | base64}'
	function_is '${__digest(SHA-256,a\,b,,,)}' '${"a,b" | sha256}'
	function_is '${__changeCase(Hat,UPPER,)}' '${"Hat" | upper}'
	function_is '${__env(HOME,,none)}' '${env.HOME | default("none")}'
	function_is '${__V(color_1)}' '/a?v=${COLOR_1}'
	function_is '${__intSum(2,${x},)}' '${2 + (X | float)'
	function_is '${__eval(${x}-y)}' '${([X, "-y"] | join(""))}'
	function_is '${__RandomDate(,2026-01-01,2026-02-01,,)}' '"2026-01-01" | add('
	function_is '${__machineName}' 'env.HOSTNAME'
	function_is '${__Random(1,9,n)}&amp;w=${n}' '- set: {n: "${random_int(1, 9)}"}'
	has '/a?v=${n}&w=${n}'
	function_is '${__groovy(vars.get("x").toInteger() + 1)}' '${(X | int) + 1}'
	function_is '${__xPath(a,b)}' '/a?v='
	grep -q '${__xPath} is left empty: not supported' report
}

@test "JMeter: files that functions read are data sets" {
	printf 'anna,1\nben,2\n' >users.csv
	plan "$(sampler '/a?u=${__CSVRead(users.csv,1)}&amp;n=${__CSVRead(users.csv,next)}')"
	has '/a?u=${users.column_2}&n='
	[ "$(cat users-named.csv)" = "$(printf 'column_1,column_2\nanna,1\nben,2')" ]
	plan "$(sampler '/a?u=${__StringFromFile(users.csv,,,)}')" && has '/a?u=${users.line}'
	plan "$(sampler '/a?u=${__FileToString(users.csv,,)}')" && has "file(\"text-users.csv\")"
}

@test "JMeter: conditions of If and While Controllers" {
	condition() {
		plan "<IfController testname=\"I\">$(text IfController.condition "$1")</IfController><hashTree>$(sampler /a)</hashTree>" && has "- if: \${$2}"
	}
	condition '"${x}" == "5"' 'X == "5"'
	condition '${__jexl3("${x}" != "a" &amp;&amp; ${x} &gt;= 3)}' 'X != "a" and X >= 3'
	condition '${__groovy(vars.get("x") == "5" || !(vars["x"].contains("b")))}' 'X == "5" or (not ((X contains "b")))'
	condition '${__jexl3(${x} lt 9 and "${x}".equals("5"))}' 'X < 9 and (X == "5")'
	condition '${JMeterThread.last_sample_ok}' '(response.status > 0 and response.status < 400)'
	condition '${x}' 'X == "true"'
	plan "<IfController testname=\"I\">$(text IfController.condition '${__groovy(new Date().time)}')</IfController><hashTree>$(sampler /a)</hashTree>"
	has '# line 9: IfController "I": its condition is not supported: always performed'
	plan "<WhileController testname=\"W\">$(text WhileController.condition '${__jexl3("${state}" != "done")}')</WhileController><hashTree>$(sampler /a "<RegexExtractor>$(text RegexExtractor.refname state)$(text RegexExtractor.regex 'state=(.)')$(text RegexExtractor.template '$1$')$(text RegexExtractor.match_number 1)</RegexExtractor><hashTree/>")</hashTree>"
	has '- while: ${state != "done"}' && has 'state: {per: user, start: ""}'
}

@test "JMeter: controllers" {
	controller() {
		plan "<$1 testname=\"C\">$2</$1><hashTree>$(sampler /a)$(sampler /b)</hashTree>"
	}
	controller LoopController "$(text LoopController.loops '${x}')" && has '- repeat: ${X}'
	controller TransactionController "" && has '- group: C'
	controller OnceOnlyController "" && has '- if: ${iteration == 1}'
	controller RandomController "" && has '- choose:'
	controller InterleaveControl "" && has 'turn_1: "${(turn_1 + 1) % 2}"'
	controller ThroughputController "$(text ThroughputController.style 0)$(text ThroughputController.maxThroughput 3)" && has '- if: ${round_1 <= 3}'
	controller SwitchController "$(text SwitchController.value '${x}')" && has '- if: ${branch_1 == 0 or branch_1 == "R" or branch_1 == ""}'
	controller SwitchController "$(text SwitchController.value 1)" && has '- get: /b' && run ! grep -q /a p.yaml
	controller ForeachController "$(text ForeachController.inputVal color)$(text ForeachController.returnVal c)" && has 'in: ${[COLOR_1, COLOR_2]}'
	controller RunTime "$(text RunTime.seconds 3)" && has 'now("unix_ms") - started_1 < 3000'
	controller CriticalSectionController "" && has 'its lock is not supported'
	controller com.blazemeter.jmeter.controller.ParallelSampler "" && has '- parallel:'
}

@test "JMeter: the share of a Throughput Controller is exact, and interleaved steps take turns" {
	start_nginx 'location / { return 200 "ok"; }'
	PORT=${SERVER_URL##*:} plan "<ThroughputController testname=\"C\">$(text ThroughputController.style 1)<FloatProperty><name>ThroughputController.percentThroughput</name><value>25.0</value><savedValue>0.0</savedValue></FloatProperty></ThroughputController><hashTree>$(sampler /quarter)</hashTree><InterleaveControl testname=\"I\"/><hashTree>$(sampler /one)$(sampler /two)$(sampler /three)</hashTree>"
	run -0 reprise run -q -u 1 -i 8 p.yaml
	[ "$(grep -oE '/(quarter|one|two|three)' "$NGINX_DIR/access.log" | tr -d '\n')" = \
		/one/two/quarter/three/one/two/three/quarter/one/two ]
}

@test "JMeter: modules are resolved in the file, includes beside it" {
	plan "<TestFragmentController testname=\"F\"/><hashTree><GenericController testname=\"Shared\"/><hashTree>$(sampler /shared)</hashTree></hashTree><ModuleController testname=\"M\"><collectionProp name=\"ModuleController.node_path\">$(text 1 T)$(text 2 G)$(text 3 F)$(text 4 Shared)</collectionProp></ModuleController><hashTree/>"
	has '- get: /shared'
	mv p.jmx included.jmx
	plan "<IncludeController testname=\"I\">$(text IncludeController.includepath included.jmx)</IncludeController><hashTree/>$(sampler /own)" || true
	has '- get: /own'
	plan "<IncludeController testname=\"I\">$(text IncludeController.includepath none.jmx)</IncludeController><hashTree/>$(sampler /own)"
	has '# line 9: IncludeController "I": the file does not exist'
}

@test "JMeter: extractors" {
	extractor() {
		plan "$(sampler /a "<$1>$2</$1><hashTree/>")$(sampler '/b?v=${v}')" && has "$3"
	}
	extractor RegexExtractor "$(text RegexExtractor.refname v)$(text RegexExtractor.regex 'id=(\d+)')$(text RegexExtractor.template '$1$')$(text RegexExtractor.match_number 2)$(text RegexExtractor.useHeaders true)" "v: {regex: id=(\\d+), from: headers, match: 2}"
	extractor BoundaryExtractor "$(text BoundaryExtractor.refname v)$(text BoundaryExtractor.lboundary '[')$(text BoundaryExtractor.rboundary ']')$(text BoundaryExtractor.match_number 0)" 'v: {boundary: {left: "[", right: "]"}, match: random}'
	extractor JSONPostProcessor "$(text JSONPostProcessor.referenceNames v)$(text JSONPostProcessor.jsonPathExprs '$.a[0].b')$(text JSONPostProcessor.match_numbers 1)$(text JSONPostProcessor.defaultValues none)" 'v: {jsonpath: "$.a[0].b", default: none}'
	extractor JMESPathExtractor "$(text JMESExtractor.referenceName v)$(text JMESExtractor.jmesPathExpr 'items[?size > `3`].id')$(text JMESExtractor.matchNumber 1)" 'v: {jsonpath: "$.items[?@.size > 3].id"}'
	extractor HtmlExtractor "$(text HtmlExtractor.refname v)$(text HtmlExtractor.expr a.next)$(text HtmlExtractor.attribute href)$(text HtmlExtractor.match_number 1)" 'v: {css: a.next, attribute: href}'
	extractor XPath2Extractor "$(text XPathExtractor2.refname v)$(text XPathExtractor2.xpathQuery '//a/@href')$(text XPathExtractor2.matchNumber 1)" 'v: {xpath: "//a/@href"}'
	plan "$(sampler /a "<RegexExtractor>$(text RegexExtractor.refname v)$(text RegexExtractor.regex '(a')</RegexExtractor><hashTree/>")"
	has "'(a' cannot be extracted"
	# All matches are a list.
	plan "$(sampler /a "<RegexExtractor>$(text RegexExtractor.refname v)$(text RegexExtractor.regex '(a)')$(text RegexExtractor.template '$1$')$(text RegexExtractor.match_number -1)</RegexExtractor><hashTree/>")$(sampler '/b/${v_2}/${v_matchNr}/${__V(v_${x})}')"
	has 'v: {regex: (a), match: all}' && has '/b/${v[1]}/${(v | length)}/${v[(X | int) - 1]}'
	# An extractor of all requests keeps the value if it finds none.
	plan "<RegexExtractor>$(text RegexExtractor.refname v)$(text RegexExtractor.regex '(a)')$(text RegexExtractor.match_number 1)</RegexExtractor><hashTree/>$(sampler /a)$(sampler '/b/${v}')"
	has 'v: {per: user, start: ""}' && has 'v: {regex: (a), default: "${v}"}'
}

@test "JMeter: assertions" {
	response() {
		plan "$(sampler /a "<ResponseAssertion><collectionProp name=\"Asserion.test_strings\">$(text 1 "$3")${4:+$(text 2 "$4")}</collectionProp>$(text Assertion.test_field "Assertion.$1")<intProp name=\"Assertion.test_type\">$2</intProp></ResponseAssertion><hashTree/>")"
	}
	response response_code 8 404 && has 'status: 404'
	response response_code 2 '2..|404' && has 'status: [2xx, 404]'
	response response_code 12 500 && has '- if: ${(response.status | text) matches "\\A(?:500)\\z"}'
	response response_data 16 a.b && has 'body: {contains: a.b}'
	response response_data 2 'a+b' && has 'body: {matches: a+b}'
	response response_data 8 'a' && has 'body: {equals: a}'
	response response_data 20 no && has 'body: {not: {contains: "no"}}'
	response response_data 48 a.b c && has 'a\.b|c'
	response response_headers 16 'Content-Type: text/html' && has 'Content-Type: {contains: text/html}'
	response sample_label 16 /a && has 'url: {contains: /a}'
	response response_message 8 'Not Found' && has 'status: 404'
	response request_headers 16 x && has 'requests are not checked'
	plan "$(sampler /a "<SizeAssertion>$(text Assertion.test_field SizeAssertion.response_data)$(text SizeAssertion.operator 6)$(text SizeAssertion.size 9)</SizeAssertion><hashTree/>")" && has 'size: {max: 9B}'
	plan "$(sampler /a "<JSONPathAssertion>$(text JSON_PATH '$.a')$(text EXPECTED_VALUE 7)<boolProp name=\"JSONVALIDATION\">true</boolProp><boolProp name=\"ISREGEX\">false</boolProp></JSONPathAssertion><hashTree/>")" && has '$.a: {equals: 7}'
	plan "$(sampler /a "<XPathAssertion>$(text XPath.xpath //a)<boolProp name=\"XPath.negate\">true</boolProp></XPathAssertion><hashTree/>")" && has 'boolean(//a): false'
}

@test "JMeter: loads of thread groups" {
	group() {
		plan "$(sampler /a)" "<$1 testname=\"G\">$2</$1>" && has "$3"
	}
	group ThreadGroup "$(text ThreadGroup.num_threads 5)$(text ThreadGroup.ramp_time 10)<boolProp name=\"ThreadGroup.scheduler\">true</boolProp>$(text ThreadGroup.duration 60)<elementProp name=\"ThreadGroup.main_controller\">$(text LoopController.loops -1)</elementProp>" 'load: {users: 5, duration: 60s, ramp_up: 10s}'
	group ThreadGroup "$(text ThreadGroup.num_threads 5)<elementProp name=\"ThreadGroup.main_controller\">$(text LoopController.loops -1)</elementProp>" 'it has no end; 1h is used as duration'
	group ThreadGroup "$(text ThreadGroup.num_threads '${__P(threads,4)}')" 'load: {users: "${THREADS}", iterations: 1}'
	group kg.apc.jmeter.threads.SteppingThreadGroup "$(text ThreadGroup.num_threads 4)$(text 'Start users count' 2)$(text 'Start users period' 30)$(text rampUp 5)$(text flighttime 60)$(text 'Stop users count' 4)" '- {ramp_to: 2, over: 5s}'
	[ "$(grep -c 'ramp_to\|hold' p.yaml)" = 5 ]
	group kg.apc.jmeter.threads.UltimateThreadGroup "<collectionProp name=\"ultimatethreadgroupdata\"><collectionProp name=\"1\">$(text 1 10)$(text 2 0)$(text 3 20)$(text 4 30)$(text 5 10)</collectionProp><collectionProp name=\"2\">$(text 1 5)$(text 2 20)$(text 3 0)$(text 4 10)$(text 5 0)</collectionProp></collectionProp>" '- {ramp_to: 15, over: 0s}'
	has '- {ramp_to: 0, over: 10s}'
	group com.blazemeter.jmeter.threads.concurrency.ConcurrencyThreadGroup "$(text TargetLevel 10)$(text RampUp 2)$(text Steps 2)$(text Hold 5)$(text Unit M)" '- {ramp_to: 5, over: 0s}'
	has '- {hold: 1m}' && has '- {hold: 5m}'
	group com.blazemeter.jmeter.threads.arrivals.ArrivalsThreadGroup "$(text TargetLevel 30)$(text RampUp 60)$(text Hold 120)$(text Unit S)$(text ConcurrencyLimit 50)" '- {ramp_to: 30/s, over: 60s}'
	has 'max_users: 50'
	group OpenModelThreadGroup "$(text OpenModelThreadGroup.schedule 'rate(10/min) even_arrivals(1 min) rate(20/min) pause(5 s) nonsense')" 'its schedule is not valid'
}

@test "JMeter: timers apply to each request in their scope" {
	plan "<ConstantTimer>$(text ConstantTimer.delay 2000)</ConstantTimer><hashTree/>$(sampler /a)$(sampler /b "<GaussianRandomTimer>$(text ConstantTimer.delay 300)$(text RandomTimer.range 100)</GaussianRandomTimer><hashTree/>")"
	[ "$(grep -c 'think: 2s' p.yaml)" = 2 ]
	has '- think: normal(300ms, 100ms)'
	plan "<ConstantThroughputTimer testname=\"T\">$(text throughput 120)$(text calcMode 0)</ConstantThroughputTimer><hashTree/>$(sampler /a)$(sampler /b)"
	has 'pace: 1000ms'
	plan "<SyncTimer testname=\"Together\">$(text groupSize 3)</SyncTimer><hashTree/>$(sampler /a)" && has '- rendezvous: {name: Together, users: 3}'
	plan "$(sampler /a)<TestAction testname=\"P\">$(text ActionProcessor.action 1)$(text ActionProcessor.duration '${x}')</TestAction><hashTree/><TestAction>$(text ActionProcessor.action 2)$(text ActionProcessor.target 2)</TestAction><hashTree/>"
	has '- think: ${X}ms' && has '- stop: run'
}

@test "JMeter: --verify performs the scenario once and reports each request" {
	start_nginx 'location / { return 200 "id=7"; } location /bad { return 404 "no"; }'
	PORT=${SERVER_URL##*:} plan "$(sampler /a)$(sampler /bad)"
	run -1 reprise import jmeter p.jmx -o p.yaml --force --verify
	[[ $output == *"passed"*"GET R: 200"*"failed"*"404"*"1 of 2 requests passed"* ]]
	sed -i 's|/bad|/b|' p.jmx
	run -0 reprise import jmeter p.jmx -o p.yaml --force --verify
}

@test "JMeter: files that are not test plans, declarations of types, and a file that is recognized" {
	echo '<html></html>' >a.jmx
	run -2 reprise import jmeter a.jmx -o a.yaml
	[[ $output == *"a.jmx is not a JMeter test plan: its first element is <html>, not <jmeterTestPlan>"* ]]
	printf '<jmeterTestPlan>\n<hashTree>\n</jmeterTestPlan>' >a.jmx
	run -2 reprise import jmeter a.jmx -o a.yaml
	[[ $output == *"a.jmx cannot be read: line 3:"* ]]
	printf '<!DOCTYPE a [<!ENTITY b "c">]>\n<jmeterTestPlan><hashTree/></jmeterTestPlan>' >a.jmx
	run -2 reprise import jmeter a.jmx -o a.yaml
	[[ $output == *"it has a document type declaration"* ]]
	{ printf '<jmeterTestPlan>'; printf '<a>%.0s' $(seq 300); } >a.jmx
	run -2 reprise import jmeter a.jmx -o a.yaml
	[[ $output == *"nested too deeply"* ]]
	# Functions within each other, as deep as the stack of most machines is large.
	plan "$(sampler "/$(printf '${__eval(%.0s' $(seq 20000))$(printf ')}%.0s' $(seq 20000))")"
	grep -q '__eval} is left empty' report
	plan "<DebugSampler/><hashTree/>" || true
	grep -q 'the plan has no thread group with HTTP requests' report
	run -2 reprise import jmeter shop.jmx p.jmx -o a.yaml
	[[ $output == *"import one test plan at a time"* ]]
	reprise import shop.jmx -o b.yaml
}
