"""PocketBase (a Go module), Keycloak and a JavaServer Faces application (Maven)."""
import glob
import os
import shutil
import zipfile

from app import PASSWORD, App

# The newest version that Go 1.26 builds.
POCKETBASE = "github.com/pocketbase/pocketbase@v0.36.8"
KEYCLOAK = "26.0.7"


class PocketBase(App):
    name = "pocketbase"
    title = "PocketBase"
    port = 22017
    account = "admin@example.org"
    per_iteration = {"created": 1, "attached": 1, "edited": 1}

    def program(self):
        return os.path.join(self.folder, "pocketbase")

    def install(self):
        source = self.source("pocketbase", "main.go")
        if os.path.exists(self.program()) and os.path.getmtime(self.program()) > os.path.getmtime(source):
            return
        build = os.path.join(self.folder, "build")
        self.renew_folder(build)
        shutil.copy(source, build)
        for command in (["mod", "init", "bed"], ["get", POCKETBASE], ["mod", "tidy"],
                        ["build", "-p", "1", "-o", self.program(), "."]):
            self.call("go", *command, cwd=build, limit_s=1800)

    def environment(self):
        return {**super().environment(), "CHANGES": os.path.join(self.data, "changes")}

    def prepare(self):
        self.call(self.program(), "superuser", "upsert", self.account, PASSWORD, "--dir", self.data)
        # The first start creates the collection.
        self.start()

    def start(self):
        self.serve([self.program(), "serve", "--http", "127.0.0.1:%d" % self.port, "--dir", self.data],
                   env=self.environment())


class Keycloak(App):
    name = "keycloak"
    title = "Keycloak"
    port = 22020
    account = "visitor"
    password = "Vis1torPassw0rd!"
    per_iteration = {"created": 1, "edited": 1, "logout": 1}
    # All visits change the name of their account, and the event does not have the session.
    shared = ("edited",)

    def home(self):
        return os.path.join(self.folder, "keycloak-" + KEYCLOAK)

    def install(self):
        if os.path.isdir(self.home()):
            return
        self.call("mvn", "--quiet", "dependency:copy",
                  "-Dartifact=org.keycloak:keycloak-quarkus-dist:%s:zip" % KEYCLOAK,
                  "-DoutputDirectory=" + self.folder, cwd=self.folder, limit_s=1800)
        archive = glob.glob(os.path.join(self.folder, "keycloak-*.zip"))[0]
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(self.folder)
        os.unlink(archive)
        os.chmod(os.path.join(self.home(), "bin", "kc.sh"), 0o755)
        os.symlink(self.data, os.path.join(self.home(), "data"))

    def start(self):
        self.serve([os.path.join(self.home(), "bin", "kc.sh"), "start-dev", "--http-host=127.0.0.1",
                    "--http-port=%d" % self.port, "--import-realm"], cwd=self.folder,
                   env={**self.environment(), "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
                        "KC_BOOTSTRAP_ADMIN_PASSWORD": PASSWORD, "JAVA_OPTS_APPEND": "-Xmx700m"})

    def prepare(self):
        os.makedirs(os.path.join(self.data, "import"))
        shutil.copy(self.source("keycloak-realm.json"), os.path.join(self.data, "import"))
        self.start()


class Jsf(App):
    name = "jsf"
    title = "JSF, PrimeFaces"
    port = 22023
    per_iteration = {"created": 1, "edited": 1}

    def install(self):
        project = os.path.join(self.folder, "project")
        if os.path.isdir(os.path.join(project, "target", "dependency")):
            return
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(self.source("jsf"), project)
        self.call("mvn", "--quiet", "--batch-mode", "package", cwd=project, limit_s=1800)

    def start(self):
        project = os.path.join(self.folder, "project")
        classes = ":".join([os.path.join(project, "target", "classes"),
                            os.path.join(project, "target", "dependency", "*")])
        self.serve(["java", "-Xmx300m", "-cp", classes, "bed.Main", str(self.port),
                    os.path.join(project, "src", "main", "webapp"), self.data], cwd=self.data,
                   env=self.environment())
