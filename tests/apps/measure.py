"""Records a visit, imports it, replays it with many users, and reads its database."""
import collections
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

from app import HERE
from servers import Problem, Server, call, clean_environment

# The browser's own HAR, `reprise record`, and a scenario that was written by hand (visits/NAME.yaml).
WAYS = {"har": "browser", "rec": "recorder", "hand": "by hand"}
IMPORT_LIMIT_S = 600
# The end of a load: the users finish their iterations.
GRACE = "180s"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def parameters(scenario):
    """The names of the parameters that a scenario requires, each on its own line."""
    names, current, inside = [], None, False
    with open(scenario, encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith((" ", "#", "\n")):
                inside = line.startswith("parameters:")
            elif inside and re.match(r"  \S+:", line):
                current = line.split(":")[0].strip()
            if inside and re.search(r"required: (yes|true)\b", line):
                names.append(current)
    return names


def is_file(scenario, name):
    """Whether the parameter NAME is the path of a file."""
    with open(scenario, encoding="utf-8") as file:
        return re.search(r'file: "?\$\{%s\}' % re.escape(name), file.read()) is not None


class Counted(collections.Counter):
    """The lines of a .count file: `WORD RECORD [BY]`, how often each occurs.

    RECORD is what the application wrote to; BY is who did it, where the application knows that.
    """

    def __init__(self, app):
        with open(os.path.join(HERE, "visits", app.name + ".count"), encoding="utf-8") as file:
            script = file.read()
        done = subprocess.run(["sh", "-euc", script], env=app.environment(), cwd=app.folder,
                              capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            raise Problem("%s.count: %s" % (app.name, done.stderr.strip()))
        super().__init__(tuple(line.split()) for line in done.stdout.splitlines() if line)

    def since(self, before):
        """The lines that BEFORE does not have."""
        new = collections.Counter(self)
        new.subtract(before)
        return +new


class Truth:
    """The records that one run wrote, according to the application."""

    def __init__(self, app, lines):
        self.app, self.words, self.foreign = app, collections.Counter(), collections.Counter()
        created = {line[1:] for line in lines if line[0] == "created"}
        records = {line[0] for line in created}
        times = {record: collections.Counter() for record in records}
        for line, count in lines.items():
            self.words[line[0]] += count
            if len(line) > 1 and line[1] in times:
                times[line[1]][line[0]] += count
            own = line[1:] in created if len(line) > 2 else line[1] in records
            if not own and line[0] not in app.shared:
                self.foreign[line[0]] += count
        expected = {word: n for word, n in app.per_iteration.items() if word not in app.shared}
        self.incomplete = sum(1 for record in records if any(
            times[record][word] != n for word, n in expected.items()))

    def agrees(self, iterations):
        expected = {word: each * iterations for word, each in self.app.per_iteration.items()}
        return dict(+self.words) == {word: n for word, n in expected.items() if n} \
            and not self.foreign and not self.incomplete

    def __str__(self):
        names = [*self.app.per_iteration, *(w for w in self.words if w not in self.app.per_iteration)]
        text = ", ".join("%d %s" % (self.words[word], word)
                         + (" (%d elsewhere)" % self.foreign[word] if self.foreign[word] else "")
                         for word in names)
        return text + ("; %d records incomplete" % self.incomplete if self.incomplete else "")


class Row:
    """One application, recorded in one way: a line of the table."""

    def __init__(self, app, way):
        self.app, self.way = app, way
        self.steps = self.verify = self.run = self.iterations = self.failed = self.readers = "-"
        self.truth, self.problem = None, None
        self.right = self.refused = self.wrong_pass = False

    def verdict(self):
        if self.problem:
            return "not measured: %s" % self.problem
        if self.right:
            return "right"
        if self.refused:
            return "refused in part, and reported"
        return "WRONG, and passed" if self.wrong_pass else "wrong, and reported"

    def cells(self):
        return [self.app.title, WAYS[self.way], str(self.steps), self.readers, str(self.verify),
                str(self.run), str(self.iterations), str(self.failed),
                str(self.truth) if self.truth is not None else "-", self.verdict()]


HEADINGS = ["application", "recording", "steps", "PyYAML", "verify", "run", "iterations", "failed requests",
            "database", "result"]


class Measurement:
    """The steps to one row; its files are in a folder of the bed."""

    def __init__(self, app, way, options):
        self.app, self.way, self.options = app, way, options
        self.folder = os.path.join(app.bed, "rows", "%s-%s" % (app.name, way))
        self.log = os.path.join(self.folder, "log")
        self.har = self.path("visit.har")
        self.scenario = self.path("visit.yaml")

    def path(self, name):
        return os.path.join(self.folder, name)

    def base(self):
        return "http://127.0.0.1:%d" % self.app.port

    def reprise(self, *arguments, output, limit_s):
        """Runs the program, with all that it prints in OUTPUT; returns its exit status."""
        with open(self.path(output), "w", encoding="utf-8") as out:
            try:
                return subprocess.run([self.options.reprise, *arguments], cwd=self.folder,
                                      env=clean_environment(NO_COLOR="1"),
                                      stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                      timeout=limit_s, check=False).returncode
            except subprocess.TimeoutExpired:
                raise Problem("reprise %s: no end after %d s" % (arguments[0], limit_s)) from None

    def visit(self, *way):
        browser = os.path.join(self.app.bed, "browser", "node_modules")
        call(["node", os.path.join(HERE, "visit.js"), self.app.name, self.base(), *way], self.log,
             env=clean_environment(NODE_PATH=browser), limit_s=300)

    def record(self):
        if self.way == "har":
            self.visit("har", self.har)
            return
        port = free_port()
        recorder = Server([self.options.reprise, "record", self.base(), "--browser", "none",
                           "--port", str(port), "-o", "visit.yaml", "--force"],
                          self.path("record.txt"), cwd=self.folder,
                          env=clean_environment(NO_COLOR="1"))
        try:
            recorder.wait_until(lambda: self.contains("record.txt", "127.0.0.1:%d" % port),
                                "does not listen")
            self.visit("proxy", str(port))
        finally:
            status = recorder.stop(signal.SIGINT)
        if status or not os.path.exists(self.har):
            raise Problem("the recorder ended with status %d; see %s" % (status, self.path("record.txt")))

    def contains(self, name, text):
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return text in file.read()

    def secrets(self, scenario):
        """The values of the parameters that the program asks for."""
        given = []
        for name in parameters(scenario):
            value = self.app.account if "USER" in name.upper() else self.app.password
            if is_file(scenario, name):
                value = "attached.txt"
            value = self.app.typed.get(name, value)
            given += ["-p", "%s=%s" % (name, value)]
        return given

    def measure(self):
        row = Row(self.app, self.way)
        try:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.makedirs(self.folder)
            # A browser does not keep the content of files that were chosen: a scenario may ask for one.
            shutil.copy(os.path.join(HERE, "visits", "attached.txt"), self.folder)
            self.app.reset()
            self.app.start()
            if self.way == "hand":
                self.run(row, os.path.join(HERE, "visits", self.app.name + ".yaml"))
            else:
                self.record()
                self.replay(row)
        except Problem as problem:
            row.problem = str(problem)
        finally:
            self.app.stop()
        return row

    def replay(self, row):
        status = self.reprise("import", "visit.har", "-o", "visit.yaml", "--force", "--explain",
                              output="import.txt", limit_s=IMPORT_LIMIT_S)
        if status not in (0, 1) or not os.path.exists(self.scenario):
            raise Problem("the import ended with status %d; see %s" % (status, self.path("import.txt")))
        shutil.copy(self.scenario, self.path("imported.yaml"))
        secrets = self.secrets(self.scenario)
        row.verify = self.reprise("import", "visit.har", "-o", "visit.yaml", "--force", "--verify",
                                  *secrets, output="verify.txt", limit_s=IMPORT_LIMIT_S)
        row.readers = self.read_with_pyyaml("imported.yaml", "visit.yaml")
        self.run(row, self.scenario)

    def read_with_pyyaml(self, *names):
        """Whether another reader of YAML reads each value of the scenarios as it is written."""
        if not importlib.util.find_spec("yaml"):
            return "not installed"
        reader = os.path.join(os.path.dirname(HERE), "cli", "yaml_readers.py")
        with open(self.path("pyyaml.txt"), "w", encoding="utf-8") as out:
            status = subprocess.run([sys.executable, "-B", reader, *names], cwd=self.folder, stdout=out,
                                    stderr=out, timeout=120, check=False).returncode
        return "other values" if status else "same"

    def run(self, row, scenario):
        secrets = self.secrets(scenario)
        before = Counted(self.app)
        self.reprise("run", scenario, "-u", str(self.options.users), "-d", self.options.duration,
                     "--grace", GRACE, "--json", "result.json", "-o", "result", *secrets,
                     output="run.txt", limit_s=self.options.run_limit_s)
        self.judge(row, Counted(self.app).since(before))

    def judge(self, row, lines):
        try:
            with open(self.path("result.json"), encoding="utf-8") as file:
                result = json.load(file)
        except (OSError, ValueError):
            raise Problem("the run has no result; see %s" % self.path("run.txt")) from None
        row.steps = len(result["steps"])
        row.run = result["verdict"]
        row.iterations = result["iterations"]["completed"]
        row.failed = result["requests"]["failed"]
        row.truth = Truth(self.app, lines)
        with open(self.path("database.txt"), "w", encoding="utf-8") as out:
            for line, times in sorted(lines.items()):
                out.write("%d x %s\n" % (times, " ".join(line)))
        if row.run == "pass" and not row.iterations:
            row.problem = "no iteration was completed; the application is too slow"
        agrees = row.iterations > 0 and row.truth.agrees(row.iterations)
        row.right = agrees and row.failed == 0 and row.run == "pass"
        row.refused = agrees and row.failed > 0 and row.run == "fail"
        row.wrong_pass = not agrees and row.run == "pass" and not row.problem


def print_table(rows, out=sys.stdout):
    """The rows as a Markdown table, and the number of applications that are right in both ways."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    for number, line in enumerate(lines):
        print("| %s |" % " | ".join(cell.ljust(width) for cell, width in zip(line, widths)), file=out)
        if number == 0:
            print("|%s|" % "|".join("-" * (width + 2) for width in widths), file=out)
    recorded = [row for row in rows if row.way != "hand"]
    names = list(dict.fromkeys(row.app.name for row in recorded))
    right = [n for n in names if all(row.right for row in recorded if row.app.name == n)]
    print("\n%d of %d applications right in all recordings; %d of %d rows right, %d passed wrongly"
          % (len(right), len(names), sum(row.right for row in rows), len(rows),
             sum(row.wrong_pass for row in rows)), file=out)
    print("PyYAML reads each value of %d of %d imported scenarios as it is written"
          % (sum(row.readers == "same" for row in recorded), len(recorded)), file=out, flush=True)


def has_hand_written(app):
    return os.path.exists(os.path.join(HERE, "visits", app.name + ".yaml"))


def measure_all(apps, options):
    rows = []
    for app in apps:
        begin = time.monotonic()
        try:
            app.ready()
        except Problem as problem:
            for way in options.ways:
                row = Row(app, way)
                row.problem = str(problem)
                rows.append(row)
            continue
        for way in options.ways:
            if way == "hand" and not has_hand_written(app):
                continue
            row = Measurement(app, way, options).measure()
            rows.append(row)
            print("%s: %s" % (app.name, " | ".join(row.cells()[1:])), file=sys.stderr, flush=True)
        print("%s: %d s" % (app.name, time.monotonic() - begin), file=sys.stderr, flush=True)
    return rows
