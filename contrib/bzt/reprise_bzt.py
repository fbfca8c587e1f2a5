"""Runs scenarios of reprise in Taurus (bzt). See README.md in this folder."""
from bzt import TaurusConfigError, ToolError
from bzt.engine import ScenarioExecutor
from bzt.modules.aggregator import ConsolidatingAggregator
from bzt.modules.console import ExecutorWidget
from bzt.modules.jmeter import JTLReader
from bzt.utils import CALL_PROBLEMS, RequiredTool, dehumanize_time, shutdown_process

PASSED, THRESHOLDS_FAILED = 0, 1


class RepriseExecutor(ScenarioExecutor):
    """Starts `reprise run`, and reads the rows of requests that it writes."""

    def __init__(self):
        super().__init__()
        self.process = None
        self.tool = None
        self.rows = None

    def prepare(self):
        super().prepare()
        self.script = self.get_script_path()
        if not self.script:
            raise TaurusConfigError("reprise: the scenario has no 'script': a YAML file of reprise")
        self.install_required_tools()
        self.rows = self.engine.create_artifact("reprise", ".jtl")
        self.stdout = open(self.engine.create_artifact("reprise", ".out"), "w", encoding="utf-8")
        self.stderr = open(self.engine.create_artifact("reprise", ".err"), "w", encoding="utf-8")
        self.reader = JTLReader(self.rows, self.log)
        if isinstance(self.engine.aggregator, ConsolidatingAggregator):
            self.engine.aggregator.add_underling(self.reader)

    def load_options(self):
        """The options of `reprise run` for the load of the execution; without one, the file's load is used."""
        load = self.get_load()
        options = []
        if load.throughput:
            options += ["--arrivals", f"{load.throughput:g}/s"]
        elif load.concurrency:
            options += ["--users", str(load.concurrency)]
        if load.ramp_up:
            options += ["--ramp-up", f"{dehumanize_time(load.ramp_up):g}s"]
        if load.iterations:
            options += ["--iterations", str(load.iterations)]
        if load.hold or load.ramp_up:
            options += ["--duration", f"{dehumanize_time(load.hold or 0) + dehumanize_time(load.ramp_up or 0):g}s"]
        return options

    def startup(self):
        scenario = self.get_scenario()
        command = [self.tool.tool_path, "run", "--plain", "--jtl", self.rows,
                   "--json", self.engine.create_artifact("reprise", ".json")]
        command += self.load_options()
        if scenario.get("default-address"):
            command += ["--target", scenario.get("default-address")]
        for name, value in scenario.get("variables").items():
            command += ["--param", f"{name}={value}"]
        command += [str(option) for option in self.execution.get("options", self.settings.get("options", []))]
        self.process = self._execute(command + [self.script])

    def check(self):
        """The thresholds of the scenario are those of reprise; other errors stop Taurus."""
        status = self.process.poll()
        if status is None:
            return False
        if status == THRESHOLDS_FAILED:
            self.log.warning("reprise: the run failed; the reason is in %s", self.stdout.name)
        elif status != PASSED:
            with open(self.stderr.name, encoding="utf-8") as file:
                raise ToolError(f"reprise: exit status {status}: {file.read()[-500:]}", self.get_error_diagnostics())
        return True

    def shutdown(self):
        shutdown_process(self.process, self.log)

    def post_process(self):
        if self.rows and not self.reader.read_records:
            raise ToolError("reprise: no request was finished")
        super().post_process()

    def has_results(self):
        return bool(self.reader and self.reader.read_records)

    def resource_files(self):
        return [self.get_script_path(required=True)]

    def get_widget(self):
        if not self.widget:
            self.widget = ExecutorWidget(self, f"reprise: {self.script}")
        return self.widget

    def install_required_tools(self):
        self.tool = self._get_tool(Reprise, config=self.settings)
        if not self.tool.check_if_installed():
            raise ToolError(f"reprise: {self.tool.tool_path} cannot be started; set modules.reprise.path")


class Reprise(RequiredTool):
    """The program; `path` of the module's settings, or `reprise` in PATH."""

    def __init__(self, config=None, **kwargs):
        path = (config or {}).get("path", "reprise")
        super().__init__(tool_path=path, installable=False, **kwargs)

    def check_if_installed(self):
        try:
            out, _err = self.call([self.tool_path, "--version"])
        except CALL_PROBLEMS as problem:
            self.log.warning("reprise: %s", problem)
            return False
        self.log.debug("reprise: %s", out)
        return True
