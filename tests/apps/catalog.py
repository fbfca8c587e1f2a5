"""The applications of the test bed, by name."""
from python_apps import Allauth, Django, FlaskAppBuilder, Trac, Wagtail

APPS = {kind.name: kind for kind in (
    Django, Allauth, Wagtail, FlaskAppBuilder, Trac)}
