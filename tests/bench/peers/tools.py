"""The tools of the comparison: how each is installed, and its command for a case."""
import json
import os
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))
TOKEN = 'name="csrf" value="([^"]+)"'

POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>peers</groupId><artifactId>peers</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>io.gatling.highcharts</groupId><artifactId>gatling-charts-highcharts</artifactId>
    <version>3.13.5</version>
  </dependency></dependencies>
</project>
"""


class Case:
    """One measurement: what the users of a tool do, and for how long."""

    def __init__(self, name, folder, origin, seconds, reprise):
        self.name, self.folder, self.seconds, self.reprise = name, folder, seconds, reprise
        self.users = 200 if name == "connect" else 50
        self.base = origin.base(name)
        self.url = self.base + "/json"
        self.ca, self.trust_store = origin.ca, origin.trust_store
        self.tls = self.base.startswith("https")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path


class Tool:
    """
    CASES are what it can do, REASONS why it cannot do others. FROM is where it comes from; `install` is a
    shell text that creates PROGRAM below the folder of the tools.
    """

    cases = ("get", "https", "connect")
    verifies = True
    install = ""
    program = ""

    def __init__(self, folder):
        self.folder = folder
        self.name = type(self).__name__.lower()

    def path(self):
        return os.path.join(self.folder, self.program)

    def is_installed(self):
        return os.path.exists(self.path()) if "/" in self.program else shutil.which(self.program) is not None

    def command(self, case):
        raise NotImplementedError

    def environment(self, case):
        return {}


class Reprise(Tool):
    cases = ("get", "flow", "https", "connect", "http2")

    def is_installed(self):
        return True

    def command(self, case):
        defaults = {"https": {"tls": {"ca": case.ca}, "http": "1.1"},
                    "connect": {"tls": {"ca": case.ca}, "http": "1.1", "connections": {"reuse": "none"}},
                    "http2": {"tls": {"ca": case.ca}, "http": 2}}.get(case.name, {})
        steps = [{"get": "/json"}]
        if case.name == "flow":
            ok = {"expect": {"status": 200}}
            steps = [{"get": "/form", "extract": {"csrf": {"regex": TOKEN}}, **ok},
                     {"post": "/form", "form": {"csrf": "${csrf}", "user": "anna"}, **ok},
                     {"get": "/json", "extract": {"id": {"jsonpath": "$.id"}}, **ok},
                     {"post": "/json", "json": {"id": "${id}", "quantity": 1}, **ok},
                     {"get": "/item/${id}", **ok}]
        scenario = {"target": case.base, "load": {"users": case.users, "duration": f"{case.seconds}s"},
                    "defaults": defaults, "steps": steps}
        return [case.reprise, "run", "-q", "-j", "1", case.write("scenario.yaml", json.dumps(scenario))]


class Wrk(Tool):
    """Does not verify certificates."""
    program = "wrk"
    verifies = False

    def command(self, case):
        close = ["-H", "Connection: close"] if case.name == "connect" else []
        return ["wrk", "-t1", f"-c{case.users}", f"-d{case.seconds}s", *close, case.url]


class H2load(Tool):
    """Does not verify certificates; a connection lasts as long as its client."""
    program = "h2load"
    cases = ("get", "https", "http2")
    verifies = False

    def command(self, case):
        version = [] if case.name == "http2" else ["--h1"]
        return ["h2load", "-t1", f"-c{case.users}", f"-D{case.seconds}", "-m1", *version, case.url]


class Oha(Tool):
    program = "oha/bin/oha"
    cases = ("get", "https", "connect", "http2")
    install = "cargo install --locked -j2 --root oha oha"

    def command(self, case):
        options = {"connect": ["--disable-keepalive"], "http2": ["--http2"]}.get(case.name, [])
        if case.tls:
            options = options + ["--cacert", case.ca]
        return [self.path(), "--no-tui", "--output-format", "json", "-z", f"{case.seconds}s",
                "-c", str(case.users), *options, case.url]


class Hey(Tool):
    """Does not verify certificates."""
    program = "go/hey"
    cases = ("get", "https", "connect", "http2")
    verifies = False
    install = "GOBIN=$PWD/go go install github.com/rakyll/hey@latest"

    def command(self, case):
        options = {"connect": ["-disable-keepalive"], "http2": ["-h2"]}.get(case.name, [])
        return [self.path(), "-z", f"{case.seconds}s", "-c", str(case.users), *options, case.url]


class Vegeta(Tool):
    program = "go/vegeta"
    cases = ("get", "https", "connect", "http2")
    install = "GOBIN=$PWD/go go install github.com/tsenart/vegeta/v12@latest"

    def command(self, case):
        options = f"-rate=0 -workers={case.users} -max-workers={case.users} -connections={case.users}"
        if case.name != "http2":
            options += " -http2=false"
        if case.name == "connect":
            options += " -keepalive=false"
        if case.tls:
            options += f" -root-certs={case.ca}"
        targets = case.write("targets", f"GET {case.url}\n")
        return ["sh", "-c", f"'{self.path()}' attack -targets={targets} -duration={case.seconds}s {options} |"
                            f" '{self.path()}' report -type=json"]


class K6(Tool):
    program = "go/k6"
    cases = ("get", "flow", "https", "connect", "http2")
    install = "GOBIN=$PWD/go go install go.k6.io/k6@latest"

    FLOW = """
  let r = http.get(B + '/form', {tags: {name: 'form'}});
  check(r, {form: (r) => r.status === 200});
  const csrf = r.body.match(/name="csrf" value="([^"]+)"/)[1];
  r = http.post(B + '/form', {csrf: csrf, user: 'anna'});
  check(r, {login: (r) => r.status === 200});
  r = http.get(B + '/json');
  check(r, {read: (r) => r.status === 200});
  const id = r.json('id');
  r = http.post(B + '/json', JSON.stringify({id: id, quantity: 1}),
                {headers: {'Content-Type': 'application/json'}});
  check(r, {order: (r) => r.status === 200});
  r = http.get(B + '/item/' + id);
  check(r, {item: (r) => r.status === 200});
"""

    def command(self, case):
        options = {"vus": case.users, "duration": f"{case.seconds}s",
                   "noConnectionReuse": case.name == "connect"}
        body = self.FLOW if case.name == "flow" else "http.get(B + '/json');"
        script = case.write("script.js", "import http from 'k6/http';\nimport {check} from 'k6';\n"
                            f"export const options = {json.dumps(options)};\nconst B = '{case.base}';\n"
                            f"export default function () {{ {body} }}\n")
        return [self.path(), "run", "--quiet", "--no-color", "--address", "", script]

    def environment(self, case):
        # Without HTTP/2 in the other cases, as for the other tools.
        debug = {} if case.name == "http2" else {"GODEBUG": "http2client=0"}
        return {"K6_NO_USAGE_REPORT": "true", "SSL_CERT_FILE": case.ca, **debug}


class Goose(Tool):
    program = "goose/bin/goose-peer"
    cases = ("get", "flow", "https", "connect")
    install = f"cp -r '{HERE}/goose' . && cd goose && cargo build -q -j2 --release && mkdir -p bin && " \
              "cp target/release/goose-peer bin/"

    def command(self, case):
        return [self.path(), "--host", case.base, "--users", str(case.users), "--increase-rate",
                str(case.users), "--no-reset-metrics", "--run-time", f"{case.seconds}s"]

    def environment(self, case):
        return {"CASE": case.name, "SSL_CERT_FILE": case.ca}


class Locust(Tool):
    program = "locust/bin/locust"
    cases = ("get", "flow", "https", "connect")
    install = "python3 -m venv locust && locust/bin/pip install -q locust"

    def command(self, case):
        return [self.path(), "-f", os.path.join(HERE, "locustfile.py"), "--headless", "-u", str(case.users),
                "-r", str(case.users), "-t", f"{case.seconds}s", "--only-summary", "--loglevel", "ERROR"]

    def environment(self, case):
        return {"CASE": case.name, "BASE": case.base, "CA": case.ca, "LOCUST_SKIP_UPDATE_CHECK": "1",
                "PYTHONDONTWRITEBYTECODE": "1"}


class Gatling(Tool):
    """The options of the virtual machine are those of Gatling's start scripts."""
    program = "gatling/classes/Peer.class"
    cases = ("get", "flow", "https", "connect", "http2")
    install = f"mkdir -p gatling/classes && cd gatling && printf '%s' '{POM}' >pom.xml && " \
              "mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib && " \
              f"javac -cp 'lib/*' -d classes '{HERE}/Peer.java'"

    def command(self, case):
        folder = os.path.dirname(os.path.dirname(self.path()))
        properties = {"case": case.name, "base": case.base, "users": case.users, "seconds": case.seconds}
        trust = [f"-Dgatling.ssl.trustStore.file={case.trust_store}", "-Dgatling.ssl.trustStore.type=PKCS12",
                 "-Dgatling.ssl.trustStore.password=changeit", "-Dgatling.ssl.useInsecureTrustManager=false"]
        # Gatling 3.13 does not start where Java sees one CPU: it sees two here, and runs on one core as the others do.
        return ["java", "-XX:ActiveProcessorCount=2", "-Xmx1G", "-XX:+UseG1GC", "-XX:+ParallelRefProcEnabled",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                *(f"-Dpeer.{key}={value}" for key, value in properties.items()),
                *(trust if case.tls else []), "-Dgatling.data.enableAnalytics=false",
                "-cp", f"{folder}/classes:{folder}/lib/*", "io.gatling.app.Gatling", "-s", "Peer",
                "-rf", os.path.join(case.folder, "results"), "-nr"]


class Artillery(Tool):
    """Has no "N users for a time": N users arrive in the first second, and each repeats its steps often."""
    program = "artillery/node_modules/.bin/artillery"
    cases = ("get", "flow", "https")
    install = "mkdir -p artillery && cd artillery && npm init -y >/dev/null && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 " \
              "PUPPETEER_SKIP_DOWNLOAD=1 npm install --no-audit --no-fund artillery"

    def command(self, case):
        steps = [{"get": {"url": "/json"}}]
        if case.name == "flow":
            token = {"regexp": TOKEN, "group": 1, "as": "csrf"}
            steps = [{"get": {"url": "/form", "capture": token}},
                     {"post": {"url": "/form", "form": {"csrf": "{{ csrf }}", "user": "anna"}}},
                     {"get": {"url": "/json", "capture": {"json": "$.id", "as": "id"}}},
                     {"post": {"url": "/json", "json": {"id": "{{ id }}", "quantity": 1}}},
                     {"get": {"url": "/item/{{ id }}"}}]
        count = (6 if case.name == "flow" else 28) * case.seconds
        script = {"config": {"target": case.base, "phases": [{"duration": 1, "arrivalCount": case.users}]},
                  "scenarios": [{"flow": [{"loop": steps, "count": count}]}]}
        return [self.path(), "run", "-q", case.write("script.json", json.dumps(script))]

    def environment(self, case):
        return {"ARTILLERY_DISABLE_TELEMETRY": "true", "NODE_EXTRA_CA_CERTS": case.ca}


class Autocannon(Tool):
    """Does not verify certificates."""
    program = "autocannon/node_modules/.bin/autocannon"
    verifies = False
    install = "mkdir -p autocannon && cd autocannon && npm init -y >/dev/null && " \
              "npm install --no-audit --no-fund autocannon"

    def command(self, case):
        close = ["-D", "1"] if case.name == "connect" else []
        return [self.path(), "-j", "-n", "-c", str(case.users), "-d", str(case.seconds), *close, case.url]


def all_tools(folder):
    return [tool(folder) for tool in (Reprise, Wrk, H2load, Oha, Hey, Vegeta, K6, Goose, Locust, Gatling,
                                      Artillery, Autocannon)]
