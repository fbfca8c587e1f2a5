"""An application of the test bed: installation, first data, start and stop.

An application is installed once, below the folder of the bed. Its data (database and files) is
prepared once too, and copied from there before each recording, so that each row of the table
starts with the same records.
"""
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

from servers import STARTUP_S, Problem, Server, call, clean_environment, is_listening

HERE = os.path.dirname(os.path.abspath(__file__))

PASSWORD = "Adm1nPassw0rd!"


class App:
    """A web application: subclasses say how it is installed and started."""

    name = ""
    title = ""
    port = 0
    # The values of the parameters that a scenario requires: those of `typed`, else attached.txt for a
    # file, the account for a name with USER, and the password for the others.
    account = "admin"
    password = PASSWORD
    typed = {}
    # How often each word of the application's .count file occurs in one iteration.
    per_iteration = {}
    # Words whose record need not be one that the same iteration created.
    shared = ()

    def __init__(self, bed):
        self.bed = bed
        self.folder = os.path.join(bed, self.folder_name())
        self.data = os.path.join(self.folder, "data", self.name)
        self.pristine = os.path.join(self.folder, "pristine", self.name)
        self.log = os.path.join(self.folder, self.name + ".log")
        self.servers = []

    def folder_name(self):
        return self.name

    def source(self, *parts):
        return os.path.join(HERE, "src", *parts)

    def bin(self, name):
        return os.path.join(self.folder, "venv", "bin", name)

    def call(self, *command, **more):
        call(command, self.log, **more)

    # Each application defines these three.

    def install(self):
        """Fetches the application; does nothing if it is installed."""

    def prepare(self):
        """Creates the first data in self.data, a new folder."""

    def start(self):
        """Starts the servers with the data of self.data."""

    # All applications use these.

    def ready(self):
        """Installs the application and creates its first data, unless that was done before."""
        os.makedirs(self.folder, exist_ok=True)
        self.install()
        if os.path.isdir(self.pristine):
            return
        self.renew_folder(self.data)
        try:
            self.prepare()
        finally:
            self.stop()
        os.makedirs(os.path.dirname(self.pristine), exist_ok=True)
        shutil.copytree(self.data, self.pristine + ".part", symlinks=True)
        os.rename(self.pristine + ".part", self.pristine)

    def install_debian(self, *packages):
        """Installs Debian packages that are missing, without starting services."""
        found = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\\n", *packages],
                               capture_output=True, text=True, check=False).stdout.split("\n")
        missing = [name for name in packages if "installed " + name not in found]
        if not missing:
            return
        as_root = [] if os.geteuid() == 0 else ["sudo"]
        # In run level 1, the scripts of the packages start nothing.
        self.call(*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "install",
                  "-y", "--no-install-recommends", *missing, limit_s=1800)

    def renew_folder(self, path):
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)

    def reset(self):
        """The data is what prepare() left."""
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self.pristine, self.data, symlinks=True)

    def serve(self, command, port=None, **more):
        """Starts a server, and returns when it listens on its port."""
        port = port or self.port
        if is_listening(port):
            raise Problem("another process listens on 127.0.0.1:%d" % port)
        server = Server(command, self.log, **more)
        self.servers.append(server)
        server.wait_until(lambda: is_listening(port), "nothing listens on port %d" % port)
        self.warm_up(port)

    def warm_up(self, port):
        """Requests a page, because some applications load their code with the first one."""
        proxyless = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            proxyless.open("http://127.0.0.1:%d/" % port, timeout=STARTUP_S).close()
        except urllib.error.HTTPError:
            pass

    def stop(self):
        while self.servers:
            self.servers.pop().stop()

    def environment(self):
        """The environment of the .count file."""
        return clean_environment(DATA=self.data, APP=self.folder)


class PythonApp(App):
    """An application from PyPI, in a virtual environment."""

    packages = ()

    def install(self):
        done = os.path.join(self.folder, "venv", "installed")
        if os.path.exists(done):
            return
        self.install_debian("sqlite3")
        self.call(sys.executable, "-m", "venv", "--clear", os.path.join(self.folder, "venv"))
        self.call(self.bin("pip"), "install", "--quiet", *self.packages)
        with open(done, "w", encoding="utf-8"):
            pass

    def gunicorn(self, module, cwd, env=None):
        self.serve([self.bin("gunicorn"), "--bind", "127.0.0.1:%d" % self.port, "--workers", "2",
                    "--threads", "4", "--keep-alive", "20", "--no-control-socket", module], cwd=cwd, env=env)
