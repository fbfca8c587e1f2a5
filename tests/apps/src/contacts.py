"""A Flask-AppBuilder application for the test bed: contacts, and who changed them."""
import os
import secrets

from flask import Flask, session
from flask_appbuilder import AppBuilder, Model, ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.utils.legacy import get_sqla_class
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Column, Integer, String, event

app = Flask(__name__)
app.config.update(SECRET_KEY="not secret", WTF_CSRF_ENABLED=True, AUTH_TYPE=1, RATELIMIT_ENABLED=False,
                  # The bed measures replays, not the time that a log-in takes.
                  FAB_PASSWORD_HASH_METHOD="pbkdf2:sha256:1000",
                  SQLALCHEMY_DATABASE_URI="sqlite:///%s/contacts.db?timeout=60" % os.environ["DATA"])
db = get_sqla_class()(app)
CSRFProtect(app)


class Contact(Model):
    __tablename__ = "contact"
    id = Column(Integer, primary_key=True)
    name = Column(String(100))
    note = Column(String(200))

    def __repr__(self):
        return self.name


class Change(Model):
    """Which session created or edited which contact: the truth for the test bed."""

    __tablename__ = "change"
    id = Column(Integer, primary_key=True)
    contact = Column(Integer)
    action = Column(String(10))
    visitor = Column(String(40))


def keep_change(action):
    def listener(_mapper, connection, contact):
        connection.execute(Change.__table__.insert().values(
            contact=contact.id, action=action, visitor=session.get("visitor", "-")))
    return listener


event.listen(Contact, "after_insert", keep_change("created"))
event.listen(Contact, "after_update", keep_change("edited"))


@app.before_request
def name_visitor():
    session.setdefault("visitor", secrets.token_hex(8))


class ContactView(ModelView):
    route_base = "/cv"
    datamodel = SQLAInterface(Contact)
    list_columns = ["id", "name", "note"]
    edit_columns = add_columns = ["name", "note"]


with app.app_context():
    builder = AppBuilder(app, db.session)
    Model.metadata.create_all(db.engine)
    builder.add_view(ContactView, "Contacts", category="Data")
    if not builder.sm.find_user("admin"):
        builder.sm.add_user("admin", "Ada", "Admin", "admin@example.org",
                            builder.sm.find_role("Admin"), "Adm1nPassw0rd!")
