"""The applications from Debian: DokuWiki, MediaWiki, phpMyAdmin, WordPress and Redmine.

They run from a copy of the package below the folder of the bed, with a separate
configuration. Each one that needs a database has its own MariaDB, which listens on a socket in that folder.
"""
import getpass
import os
import re
import shutil
import subprocess

from app import PASSWORD, App
from servers import Server, clean_environment

PHP = ("php-cli", "php-mysql", "php-xml", "php-mbstring", "php-intl", "php-curl")
# The server of the packages' dependency; it is not used.
WEB_SERVER = "nginx-light"


def copy_package(source, target, *left_out):
    """Copies a folder of a package with the files that its links lead to; some links lead nowhere."""
    try:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(*left_out))
    except shutil.Error as error:
        lasting = [names for names in error.args[0] if os.path.exists(names[0])]
        if lasting:
            raise


class PhpApp(App):
    """An application that PHP's own server serves from self.site, a copy of the package."""

    packages = ()
    tree = ""

    def __init__(self, bed):
        super().__init__(bed)
        self.site = os.path.join(self.folder, "site")

    def install(self):
        self.install_debian(WEB_SERVER, *PHP, *self.packages)
        if os.path.isdir(self.site):
            return
        shutil.rmtree(self.site + ".part", ignore_errors=True)
        copy_package(self.tree, self.site + ".part")
        self.configure(self.site + ".part")
        os.rename(self.site + ".part", self.site)

    def configure(self, site):
        """Changes the copy, once."""

    def php_options(self):
        """Settings of PHP that the command line and the server share."""
        return ["-d", "memory_limit=256M", "-d", "session.save_path=" + self.data,
                "-d", "display_errors=0", "-d", "log_errors=0", "-d", "opcache.enable_cli=1"]

    def php_environment(self):
        return clean_environment(PHP_CLI_SERVER_WORKERS="6", DATA=self.data,
                                 SOCKET=os.path.join(self.folder, "mysql.sock"),
                                 MW_CONFIG_FILE=os.path.join(self.data, "LocalSettings.php"))

    def php(self, script, *arguments):
        self.call("php", *self.php_options(), script, *arguments, cwd=self.site,
                  env=self.php_environment())

    def serve_php(self):
        self.serve(["php", *self.php_options(), "-S", "127.0.0.1:%d" % self.port, "-t", self.site],
                   cwd=self.site, env=self.php_environment())

    def start(self):
        self.serve_php()

    def write(self, path, text):
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)


class MariaDb(App):
    """An application with its own MariaDB."""

    def install(self):
        self.install_debian("mariadb-server-core", "mariadb-client-core")
        super().install()

    def socket_path(self):
        return os.path.join(self.folder, "mysql.sock")

    def sql(self, text):
        self.call("mariadb", "-S", self.socket_path(), "-uroot", stdin=text.encode())

    def prepare_database(self, *statements):
        """A new MariaDB, which runs until stop()."""
        self.call("mariadb-install-db", "--no-defaults", "--user=" + getpass.getuser(),
                  "--auth-root-authentication-method=normal", "--skip-test-db",
                  "--innodb-log-file-size=8M", "--datadir=" + os.path.join(self.data, "mysql"))
        self.start_database()
        self.sql("".join(statement + ";\n" for statement in statements))

    def start_database(self):
        if os.path.exists(self.socket_path()):
            os.unlink(self.socket_path())
        server = Server(["mariadbd", "--no-defaults", "--user=" + getpass.getuser(),
                         "--datadir=" + os.path.join(self.data, "mysql"),
                         "--socket=" + self.socket_path(), "--skip-networking",
                         "--pid-file=" + os.path.join(self.folder, "mysql.pid"),
                         "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=0"], self.log,
                        env=clean_environment(PATH=os.environ["PATH"] + ":/usr/sbin"))
        self.servers.append(server)
        server.wait_until(self.database_responds, "does not respond")

    def database_responds(self):
        return subprocess.run(["mariadb", "-S", self.socket_path(), "-uroot", "-e", "select 1"],
                              capture_output=True, timeout=30, check=False).returncode == 0

    def start(self):
        self.start_database()
        super().start()


class DokuWiki(PhpApp):
    name = "dokuwiki"
    title = "DokuWiki"
    port = 22012
    packages = ("dokuwiki",)
    tree = "/usr/share/dokuwiki"
    per_iteration = {"edited": 1}
    # All visits edit one page, which is not new.
    shared = ("edited",)

    def php_options(self):
        return [*super().php_options(), "-d", "auto_prepend_file=" + self.source("dokuwiki.php")]

    def prepare(self):
        conf = os.path.join(self.data, "conf")
        copy_package("/etc/dokuwiki", conf)
        for folder in ("attic", "cache", "index", "locks", "log", "media", "media_attic", "media_meta",
                       "meta", "pages", "tmp"):
            os.makedirs(os.path.join(self.data, "wiki", folder))
        self.write(os.path.join(conf, "local.php"), "<?php\n"
                   "$conf['title'] = 'Bed';\n$conf['savedir'] = getenv('DATA') . '/wiki';\n"
                   "$conf['useacl'] = 1;\n$conf['superuser'] = '@admin';\n$conf['updatecheck'] = 0;\n")
        self.write(os.path.join(conf, "acl.auth.php"), "*\t@ALL\t1\n*\t@user\t8\n")
        hashed = subprocess.run(["php", "-r", "echo password_hash($argv[1], PASSWORD_BCRYPT, ['cost' => 4]);",
                                 PASSWORD], capture_output=True, text=True, check=True).stdout
        self.write(os.path.join(conf, "users.auth.php"),
                   "admin:%s:Ada Admin:admin@example.org:admin,user\n" % hashed)
        os.makedirs(os.path.join(self.data, "wiki", "pages", "playground"))
        self.write(os.path.join(self.data, "wiki", "pages", "playground", "test.txt"), "The first text.\n")


class MediaWiki(MariaDb, PhpApp):
    name = "mediawiki"
    title = "MediaWiki"
    port = 22011
    packages = ("mediawiki",)
    tree = "/usr/share/mediawiki"
    per_iteration = {"edited": 1}
    # All visits edit one page, which is not new.
    shared = ("edited",)

    def configure(self, site):
        settings = os.path.join(site, "LocalSettings.php")
        if os.path.lexists(settings):
            os.unlink(settings)

    def prepare(self):
        self.prepare_database("create database wiki")
        self.call("php", *self.php_options(), "maintenance/install.php", "--dbserver",
                  "localhost:" + self.socket_path(), "--dbname", "wiki", "--dbuser", "root", "--dbpass", "",
                  "--installdbuser", "root", "--installdbpass", "", "--confpath", self.data,
                  "--server", "http://127.0.0.1:%d" % self.port, "--scriptpath", "", "--lang", "en",
                  "--pass", PASSWORD, "Bed", "Admin", cwd=self.site,
                  env={k: v for k, v in self.php_environment().items() if k != "MW_CONFIG_FILE"})
        with open(os.path.join(self.data, "LocalSettings.php"), "a", encoding="utf-8") as out:
            out.write("wfLoadSkin('Vector');\n$wgDefaultSkin = 'vector';\n"
                      "$wgArticlePath = '/index.php/$1';\n$wgUsePathInfo = true;\n"
                      # All users of a load test come from one address, and log in with one account.
                      "$wgRateLimits = [];\n$wgPasswordAttemptThrottle = false;\n"
                      "$wgJobRunRate = 0;\n$wgCacheDirectory = getenv('DATA') . '/cache';\n"
                      # The bed measures replays, not the time that a log-in takes.
                      "$wgPasswordConfig['pbkdf2']['cost'] = '1000';\n")
        self.php("maintenance/changePassword.php", "--user", "Admin", "--password", PASSWORD)
        self.call("php", *self.php_options(), "maintenance/edit.php", "--user", "Admin", "Talk:Sandbox",
                  cwd=self.site, env=self.php_environment(), stdin=b"The first text.\n")


class PhpMyAdmin(MariaDb, PhpApp):
    name = "phpmyadmin"
    title = "phpMyAdmin"
    port = 22013
    packages = ("phpmyadmin",)
    tree = "/usr/share/phpmyadmin"
    account = "app"
    password = "apppw"
    per_iteration = {"created": 1}

    def configure(self, site):
        path = os.path.join(site, "libraries", "vendor_config.php")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name, value in (("configFile", "/config.php"), ("tempDir", "/")):
            before = text[text.index("'%s' =>" % name):].split("\n")[0]
            text = text.replace(before, "'%s' => getenv('DATA') . '%s'," % (name, value))
        self.write(path, text)

    def prepare(self):
        self.write(os.path.join(self.data, "config.php"), "<?php\n"
                   "$cfg['blowfish_secret'] = str_repeat('not secret', 4);\n"
                   "$cfg['Servers'][1] = ['auth_type' => 'cookie', 'host' => 'localhost', "
                   "'socket' => getenv('SOCKET')];\n"
                   "$cfg['VersionCheck'] = false;\n$cfg['SendErrorReports'] = 'never';\n")
        self.prepare_database(
            "create database bed",
            "create table bed.notes (id int auto_increment primary key, title varchar(50), txt varchar(200))",
            "create user app@localhost identified by 'apppw'", "grant all on bed.* to app@localhost")


class WordPress(MariaDb, PhpApp):
    name = "wordpress"
    title = "WordPress"
    port = 22010
    packages = ("wordpress", "wordpress-theme-twentytwentyone")
    tree = "/usr/share/wordpress"
    per_iteration = {"created": 1, "comment": 1, "draft": 1}
    # The quick draft is another record.
    shared = ("draft",)

    def configure(self, site):
        shutil.copy(self.source("wp-config.php"), os.path.join(site, "wp-config.php"))
        plugins = os.path.join(site, "wp-content", "mu-plugins")
        os.makedirs(plugins)
        shutil.copy(self.source("wp-one-account.php"), plugins)
        themes = os.path.join(site, "wp-content", "themes")
        shutil.rmtree(themes)
        copy_package("/var/lib/wordpress/wp-content/themes", themes)

    def prepare(self):
        self.prepare_database("create database wp")
        self.php(self.source("wp-install.php"), str(self.port), PASSWORD)


class Rails(App):
    """Redmine, with puma."""

    def __init__(self, bed):
        super().__init__(bed)
        self.site = os.path.join(self.folder, "site")

    def install(self):
        self.install_debian(WEB_SERVER, "redmine", "redmine-sqlite", "ruby-mysql2", "puma")
        if os.path.isdir(self.site):
            return
        part = self.site + ".part"
        shutil.rmtree(part, ignore_errors=True)
        copy_package("/usr/share/redmine", part, "instances", "database.yml")
        os.makedirs(os.path.join(part, "instances"))
        os.symlink(self.data, os.path.join(part, "instances", "default"))
        gemfile = os.path.join(part, "Gemfile")
        with open(gemfile, encoding="utf-8") as file:
            text = file.read()
        with open(gemfile, "w", encoding="utf-8") as out:
            out.write(text.replace("/usr/share/redmine/", self.site + "/") + "gem 'puma'\n")
        # All users of a load test log in with one account, which may have ten sessions by default.
        token = os.path.join(part, "app", "models", "token.rb")
        with open(token, encoding="utf-8") as file:
            text = file.read()
        with open(token, "w", encoding="utf-8") as out:
            out.write(re.sub(r"(add_action :session, +max_instances: )10\b", r"\g<1>1000", text))
        os.rename(part, self.site)

    def rails_environment(self):
        return clean_environment(RAILS_ENV="production", REDMINE_LANG="en", RAILS_SERVE_STATIC_FILES="1",
                                 BUNDLE_APP_CONFIG=os.path.join(self.folder, "bundle"))

    def prepare(self):
        for folder in ("config", "files", "log", "tmp/pdf", "tmp/cache", "public"):
            os.makedirs(os.path.join(self.data, folder))
        with open(os.path.join(self.data, "config", "database.yml"), "w", encoding="utf-8") as out:
            out.write("production: {adapter: mysql2, username: root, database: redmine, socket: %s, "
                      "encoding: utf8mb4, pool: 10}\n" % os.path.join(self.folder, "mysql.sock"))
        with open(os.path.join(self.data, "config", "secret_key.txt"), "w", encoding="utf-8") as out:
            out.write("not secret " * 8)
        env = self.rails_environment()
        self.call("bundle", "install", "--local", cwd=self.site, env=env)
        for task in ("db:migrate", "redmine:load_default_data"):
            self.call("bundle", "exec", "rake", task, cwd=self.site, env=env)
        self.call("bundle", "exec", "rails", "runner", self.source("redmine.rb"), PASSWORD, cwd=self.site,
                  env=env)

    def start(self):
        self.serve(["bundle", "exec", "puma", "--bind", "tcp://127.0.0.1:%d" % self.port, "--threads", "8:8",
                    "--environment", "production"], cwd=self.site, env=self.rails_environment())


class Redmine(MariaDb, Rails):
    name = "redmine"
    title = "Redmine"
    port = 22015
    per_iteration = {"created": 1, "edited": 1, "attached": 1}

    def prepare(self):
        self.prepare_database("create database redmine character set utf8mb4")
        super().prepare()
