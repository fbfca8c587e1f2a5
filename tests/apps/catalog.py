"""The applications of the test bed, by name."""
from debian_apps import DokuWiki, MediaWiki, PhpMyAdmin, Redmine, WordPress
from python_apps import Allauth, Django, FlaskAppBuilder, Trac, Wagtail

APPS = {kind.name: kind for kind in (
    Django, Allauth, Wagtail, FlaskAppBuilder, Trac, DokuWiki, MediaWiki, PhpMyAdmin, Redmine, WordPress)}
