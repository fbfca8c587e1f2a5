"""Whether an imported Postman collection sends what newman sends.

postman.py PROGRAM FOLDER [NAME…]: FOLDER has the files of sources.tsv, as FOLDER/OWNER+REPOSITORY/PATH. Each collection
is run by newman (a package below NODE_PATH) and, after its import, by PROGRAM, both through a proxy that records the requests.
Prints a row for each collection: its source, the number of requests, and "equal", "known: " with a reason of reasons(), or
"DIFFERENT: " with the first difference (newman's value first). The exit status is 1 if a collection is different, a text of
a collection that is a secret is in a scenario, or {{ is.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import compare
import recorder

HERE = pathlib.Path(__file__).resolve().parent
LIMIT_S = 90


def sources():
    for line in (HERE / "postman.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            repository, _, path, *more = line.split("\t")
            yield repository, path, more[0].split() if more else []


def texts_of(node):
    if isinstance(node, dict):
        for value in node.values():
            yield from texts_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts_of(value)
    elif isinstance(node, str):
        yield node


def rows_of(node):
    """Every {key, value} of a document in its order, also of JSON bodies and of version 2.0."""
    if isinstance(node, list):
        for value in node:
            yield from rows_of(value)
    if not isinstance(node, dict):
        return
    key, value = node.get("key", node.get("id")), node.get("value")
    if isinstance(key, str) and isinstance(value, (str, int)):
        if key.lower() == "authorization" and " " in str(value):
            yield "token", value.split(" ", 1)[1].strip()
        if "{{" not in str(value):
            yield key, str(value)
    for name, value in node.items():
        if name == "raw" and isinstance(value, str) and value.strip()[:1] in ("{", "["):
            try:
                yield from leaves_of(json.loads(value))
            except ValueError:
                pass
        elif name in ("bearer", "basic", "oauth2", "apikey", "digest") and isinstance(value, dict):
            yield from leaves_of(value)
        elif name == "auth" and isinstance(value, dict) and "password" in value:  # of an address
            yield from leaves_of(value)
        else:
            yield from rows_of(value)


def leaves_of(node):
    for key, value in node.items() if isinstance(node, dict) else ():
        if isinstance(value, (str, int)) and "{{" not in str(value):
            yield key, str(value)
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from leaves_of(value)


def parameter(name):
    """The name of a parameter for the variable NAME, as import/naming.c makes it."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").upper()
    return "P_" + name if name[:1].isdigit() else name


def decoded(raw):
    """The text of a file that may have a byte order mark."""
    return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


class Newman:
    """One process for all runs."""

    def __init__(self, proxy):
        env = dict(os.environ, HTTP_PROXY=proxy.url, HTTPS_PROXY=proxy.url, NO_PROXY="", NODE_TLS_REJECT_UNAUTHORIZED="0",
                   NODE_NO_WARNINGS="1")
        self.process = subprocess.Popen(["node", str(HERE / "newman.js")], env=env, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def run(self, files):
        self.process.stdin.write(json.dumps(files) + "\n")
        self.process.stdin.flush()
        while True:
            line = self.process.stdout.readline()
            if not line:
                sys.exit("newman ended: is NODE_PATH the folder with the package newman?")
            if line.startswith(("done", "failed")):
                return

    def close(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait()


class Case:
    def __init__(self, program, folder, work, repository, path, more):
        self.program, self.work = program, work
        base = folder / repository.replace("/", "+")
        self.collection = work / "collection.json"
        raw = (base / path).read_bytes()
        self.collection.write_bytes(raw)
        self.source = json.loads(decoded(raw))
        if "collection" in self.source:
            self.source = self.source["collection"]
            self.collection.write_text(json.dumps(self.source), encoding="utf-8")
        self.with_files()
        self.files = {}
        for kind in ("environment", "globals", "data"):
            for name in more:
                if re.search(rf"[_.-]{kind}\.(json|csv)$", name.lower()):
                    file = work / f"{kind}{pathlib.Path(name).suffix}"
                    shutil.copy(base / pathlib.Path(path).parent / name, file)
                    self.files[kind] = file
        self.complete_environment()

    def with_files(self):
        """Files to upload are on the machine of the author: another one is sent instead."""
        (self.work / "upload.txt").write_text("content of a file\n", encoding="utf-8")
        changed = False

        def walk(node):
            nonlocal changed
            for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
                walk(value)
            if isinstance(node, dict) and node.get("mode") == "file" and isinstance(node.get("file"), dict):
                node["file"]["src"] = "upload.txt"
                changed = True
            if isinstance(node, dict) and (node.get("type") == "file" or (isinstance(node.get("src"), (str, list)) and
                                                                          node["src"])):
                node["src"] = "upload.txt"
                changed = True
        walk(self.source.get("item", []))
        if changed:
            self.collection.write_text(json.dumps(self.source), encoding="utf-8")

    def complete_environment(self):
        """Variables without a value get one, so that both programs can send the requests."""
        known = {"values": []}
        if "environment" in self.files:
            known = json.loads(decoded(self.files["environment"].read_bytes()))
        values = known.setdefault("values", [])
        have = {row.get("key") for row in values if row.get("value") not in (None, "", "/")}
        for scope in (self.source.get("variable", []), self.read("globals").get("values", [])):
            have |= {row.get("key", row.get("id")) for row in scope
                     if row.get("value") not in (None, "", "/")}
        if "data" in self.files:
            have |= set(re.split(r"[,\s]+", self.files["data"].read_text("utf-8-sig").split("\n")[0].replace('"', "")))
            have |= set(re.findall(r'"(\w+)"\s*:', self.files["data"].read_text("utf-8-sig")))
        used = [name.strip() for text in texts_of(self.source) for name in re.findall(r"{{([^{}]+)}}", text)]
        urls = {name.strip() for text in texts_of(self.source) for name in re.findall(r"^{{([^{}]+)}}(?=/|$)", text)}
        sets = {name for text in texts_of(self.source) for name in
                re.findall(r"(?:\.set|set(?:Environment|Global)Variable)\(\s*['\"`]([^'\"`]+)", text)}
        for name in dict.fromkeys(used):
            if name in have or name.startswith("$") or name in sets:
                continue
            values[:] = [row for row in values if row.get("key") != name]
            server = name in urls and re.search("url|host|server|base|api|domain|endpoint|gateway", name, re.I)
            values.append({"key": name, "value": "http://server.test" if server else f"v-{name}", "enabled": True})
        known["_postman_variable_scope"] = "environment"
        self.files["environment"] = self.work / "environment.json"
        self.files["environment"].write_text(json.dumps(known), encoding="utf-8")

    def read(self, kind):
        if kind not in self.files or self.files[kind].suffix == ".csv":
            return {}
        found = json.loads(decoded(self.files[kind].read_bytes()))
        return found if isinstance(found, dict) else {}

    def newman(self, runner, proxy):
        files = {"collection": str(self.collection), "workingDir": str(self.work)}
        for kind, option in (("environment", "environment"), ("globals", "globals"), ("data", "iterationData")):
            if kind in self.files:
                files[option] = str(self.files[kind])
        runner.run(files)
        return proxy.take()

    def import_it(self):
        files = [str(self.collection)] + [str(file) for file in self.files.values()]
        done = subprocess.run([self.program, "import", "postman", *files, "-o", "made.yaml", "--force"], cwd=self.work,
                              capture_output=True, text=True, timeout=LIMIT_S, check=False)
        return done.returncode == 0, done.stderr

    def parameters(self, text):
        """The parameters that the scenario requires, with the values of the collection."""
        values = {}
        for source in (self.read("globals"), self.source, self.read("environment")):
            for key, value in rows_of(source):
                if value not in values.setdefault(parameter(key), []):
                    values[parameter(key)].append(value)
        final = {parameter(key): value for source in (self.read("globals"), self.source, self.read("environment"))
                 for row in (source.get("variable") or []) + (source.get("values") or [])
                 for key, value in rows_of(row)}
        found = {}
        for name in re.findall(r"^  ([A-Z][A-Z0-9_]*): {required: yes", text, re.M):
            base, _, number = name.rpartition("_")
            if name.endswith("_FILE"):
                found[name] = "upload.txt"
            elif name in final or name in values:
                found[name] = final.get(name) or values[name][0]
            elif number.isdigit() and base in values:
                found[name] = values[base][min(int(number), len(values[base])) - 1]
            else:
                found[name] = f"unknown-{name}"
        return found

    def ours(self, proxy):
        file = self.work / "made.yaml"
        text = file.read_text(encoding="utf-8")
        values = self.parameters(text)
        settings = f"  proxy: {proxy.url}\n  tls: {{verify: no}}\n  timeout: 5s\n"
        text = text.replace("\ndefaults:\n", "\ndefaults:\n" + settings, 1) if "\ndefaults:\n" in text else \
            text.replace("\nsteps:\n", "\ndefaults:\n" + settings + "\nsteps:\n", 1)
        (self.work / "run.yaml").write_text(text, encoding="utf-8")
        command = [self.program, "run", "--once", "-q", "run.yaml"]
        for name, value in values.items():
            command += ["-p", f"{name}={value}"]
        done = subprocess.run(command, cwd=self.work, capture_output=True, text=True, timeout=LIMIT_S, check=False)
        return proxy.take(), done

    def leaks(self):
        """Secrets of the source that are in the scenario, and templates that are left in it."""
        text = (self.work / "made.yaml").read_text(encoding="utf-8")
        found = [f"'{{{{' in {line.strip()}" for line in text.splitlines() if "{{" in line.split(" # ")[0]
                 and not line.startswith("#")]
        hidden = [row["value"] for scope in (self.source, self.read("environment"), self.read("globals"))
                  for row in (scope.get("variable", []) or []) + (scope.get("values", []) or [])
                  if row.get("type") == "secret" and isinstance(row.get("value"), str) and len(row["value"]) > 5]
        return found + [f"the secret {value}" for value in hidden if value in text]


def reason(found, text):
    """Why the difference FOUND is expected; TEXT is the scenario. None: it is not."""
    want, _, got = found.partition(" / ")
    head = text.split("\nname:")[0]
    if "{{" in want or "%7B%7B" in want:
        return "a variable without a value: Postman sends its name in braces"
    if "none" in want and "Bearer '" in got:
        return "a token without a value: Postman sends no header"
    if "'null'" in want:
        return "a variable that a script sets to what the response does not have: Postman sends null"
    if ".url: " in want and "'.'," in want and "'.'," not in got:
        return "a path with the segment `.`, which an address does not have (RFC 3986, 5.2.4)"
    if "['OAuth']" in want and "auth oauth1" in head:
        return "OAuth 1 is not supported"
    if "['Digest']" in want:
        return "a login with Digest is sent after the server asks for it"
    if "its URL is not valid" in head:
        return "a URL that is not valid is skipped"
    if 'default: "${' in text and "JavaScript" not in head:
        return "a block of if whose condition is false"
    if "pick([true, false])" in text and re.fullmatch(r".*: (True|False)", want) and got in ("True", "False"):
        return "a random Boolean"
    jumps = re.search("setNextRequest|sendRequest", head)
    if "JavaScript is not run" in head and (jumps or got.endswith(("''", "=", "='", '""', "None"))):
        return "a script: " + re.search(r"# line \d+: (.*): JavaScript is not run", head)[1][:60]
    return None


def judge(case, runner, proxy):
    first = case.newman(runner, proxy)
    good, report = case.import_it()
    if not good:
        return len(first), "DIFFERENT: not imported: " + report.strip().split("\n")[-1], []
    ours, done = case.ours(proxy)
    found = compare.difference(first, first, ours)
    if found and len(first) == len(ours):  # it may be in random values
        found = compare.difference(first, case.newman(runner, proxy), ours)
    if found and not ours and first:
        found = "nothing sent: " + (done.stderr + done.stdout).strip().split("\n")[0]
    if not found:
        return len(first), "equal", case.leaks()
    why = reason(found, (case.work / "made.yaml").read_text(encoding="utf-8"))
    return len(first), f"known: {why}" if why else f"DIFFERENT: {found}", case.leaks()


def main():
    program, folder, only = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]
    bad = False
    equal = known = count = 0
    with tempfile.TemporaryDirectory() as top:
        proxy = recorder.Recorder(top)
        runner = Newman(proxy)
        for number, (repository, path, more) in enumerate(sources()):
            if only and not any(word in f"{repository}/{path}" for word in only):
                continue
            work = pathlib.Path(os.environ.get("KEEP", top)) / str(number)
            work.mkdir(exist_ok=True)
            requests, verdict, leaks = judge(Case(program, folder, work, repository, path, more), runner, proxy)
            print(f"{repository}\t{path}\t{requests}\t{verdict[:300]}", flush=True)
            for leak in leaks:
                print(f"LEAK\t{leak[:200]}", flush=True)
            bad |= bool(leaks) or verdict.startswith("DIFFERENT")
            count += 1
            equal += verdict == "equal"
            known += verdict.startswith("known")
        runner.close()
    print(f"# {count} collections: {equal} equal, {known} with a known difference")
    sys.exit(bad)


main()
