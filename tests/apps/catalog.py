"""The applications of the test bed, by name."""
from debian_apps import DokuWiki, MediaWiki, PhpMyAdmin, Redmine, WordPress
from other_apps import Jsf, Keycloak, PocketBase
from python_apps import Allauth, Django, FlaskAppBuilder, Trac, Wagtail

APPS = {kind.name: kind for kind in (
    WordPress, MediaWiki, DokuWiki, Redmine, PhpMyAdmin, Trac, Django, Allauth, Wagtail, FlaskAppBuilder,
    PocketBase, Keycloak, Jsf)}
