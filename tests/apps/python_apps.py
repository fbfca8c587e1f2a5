"""The applications from PyPI: Django admin, django-allauth, Wagtail, Flask-AppBuilder and Trac."""
import base64
import hashlib
import os

from app import PASSWORD, PythonApp
from servers import clean_environment


class Django(PythonApp):
    name = "django"
    title = "Django admin"
    port = 22016
    packages = ("django", "django-allauth", "gunicorn", "pillow")
    typed = {"BUTTON": "Save and continue editing"}
    per_iteration = {"created": 1, "edited": 1, "line": 2, "photo": 1}

    def folder_name(self):
        return "django"

    def django_environment(self, **more):
        return clean_environment(PYTHONPATH=self.source("django"), PYTHONDONTWRITEBYTECODE="1",
                                 DJANGO_SETTINGS_MODULE="site_settings", DATA=self.data, **more)

    def admin(self, *arguments):
        self.call(self.bin("python"), "-m", "django", *arguments, cwd=self.data,
                  env=self.django_environment(DJANGO_SUPERUSER_PASSWORD=PASSWORD))

    def prepare(self):
        self.admin("migrate", "--run-syncdb", "--verbosity", "0")
        self.admin("createsuperuser", "--noinput", "--username", "admin", "--email",
                   "admin@example.org")

    def start(self):
        self.gunicorn("site_wsgi:application", self.data, self.django_environment())


class Allauth(Django):
    name = "allauth"
    title = "django-allauth"
    password = "Vis1torPassw0rd!"
    per_iteration = {"created": 1, "edited": 1}


class Wagtail(PythonApp):
    name = "wagtail"
    title = "Wagtail"
    port = 22019
    packages = ("wagtail", "gunicorn")
    per_iteration = {"created": 1, "edited": 1}

    def wagtail_environment(self):
        return clean_environment(PYTHONDONTWRITEBYTECODE="1",
                                 DJANGO_SETTINGS_MODULE="bed.settings.dev",
                                 DJANGO_SUPERUSER_PASSWORD=PASSWORD)

    def manage(self, *arguments):
        self.call(self.bin("python"), "manage.py", *arguments, cwd=self.data,
                  env=self.wagtail_environment())

    def prepare(self):
        self.call(self.bin("wagtail"), "start", "bed", self.data)
        with open(os.path.join(self.data, "bed", "settings", "local.py"), "w", encoding="utf-8") as out:
            # The bed measures replays, not the time that a log-in takes.
            out.write("PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']\n")
            # Writers wait for each other, also those that read first.
            out.write("from .base import DATABASES\n"
                      "DATABASES['default']['OPTIONS'] = {'timeout': 60, 'transaction_mode': 'IMMEDIATE'}\n")
        self.manage("migrate", "--verbosity", "0")
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        self.manage("createsuperuser", "--noinput", "--username", "admin", "--email",
                    "admin@example.org")

    def start(self):
        self.gunicorn("bed.wsgi", self.data, self.wagtail_environment())


class FlaskAppBuilder(PythonApp):
    name = "fab"
    title = "Flask-AppBuilder"
    port = 22021
    packages = ("flask-appbuilder", "gunicorn")
    per_iteration = {"created": 1, "edited": 1}

    def prepare(self):
        self.call(self.bin("python"), self.source("contacts.py"), cwd=self.data,
                  env=self.contacts_environment())

    def contacts_environment(self):
        return clean_environment(PYTHONPATH=self.source(), PYTHONDONTWRITEBYTECODE="1",
                                 DATA=self.data)

    def start(self):
        self.gunicorn("contacts:app", self.data, self.contacts_environment())


class Trac(PythonApp):
    name = "trac"
    title = "Trac"
    port = 22022
    packages = ("trac", "setuptools<81")
    per_iteration = {"created": 1, "edited": 1}

    def prepare(self):
        project = os.path.join(self.data, "trac")
        self.call(self.bin("trac-admin"), project, "initenv", "Bed", "sqlite:db/trac.db")
        self.call(self.bin("trac-admin"), project, "permission", "add", "admin", "TRAC_ADMIN")
        with open(os.path.join(self.data, "users"), "w", encoding="utf-8") as users:
            # {SHA}, which tracd understands: the password of all accounts of the bed.
            users.write("admin:{SHA}%s\n" % sha1_base64(PASSWORD))

    def start(self):
        users = os.path.join(self.data, "users")
        self.serve([self.bin("tracd"), "--port", str(self.port), "--hostname", "127.0.0.1",
                    "--basic-auth=*,%s,Bed" % users, os.path.join(self.data, "trac")])


def sha1_base64(text):
    return base64.b64encode(hashlib.sha1(text.encode()).digest()).decode()
