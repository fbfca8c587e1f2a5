#!/usr/bin/env python3
"""A small application with notes, which refuses requests with status 200, as many applications do.

    notebook.py                 serves it on a free port, which is printed
    notebook.py visit URL FILE  visits it like a browser, and writes the HAR file

POST /_mode with a comma-separated list of words changes it:
    slug      a title can be used only once
    conflict  an edit finds that another user has edited the note
    merge     as conflict, but the page has the text of the other user, and the refused one beside it
    text      pages of notes are error pages
    json      the API returns success: false
    lost      a draft is saved only under the number that its form had; otherwise it is silently dropped
    once      the API accepts a title only once
    closed    /api/number refuses every number
    race      a note is refused if another one was made after its form was requested
    clock     titles and texts have the time, and responses no Content-Type
"""
import email
import hashlib
import html
import http.server
import itertools
import json
import re
import sys
import threading
import time
import urllib.parse

LOCK = threading.Lock()
TOUR = "9f86d081884c7d659a2f"
WELCOMES = []
NOTES, DRAFTS, MOTTOS, FILES, RECORDS, CARDS, MODE = {}, [], [""], {}, {}, {}, set()
FORMS = threading.Condition()
WAITING = [0]
IDS = itertools.count(4001)
NUMBERS = itertools.count(211)
FORM = ('<form method=post action="%s">%s<input type=hidden name=version value="%d">'
        '<label>Title <input name=title value="%s"></label>'
        '<label>Text <textarea name=text>%s</textarea></label><button>Save</button></form>')


def parts(kind, body):
    """The parts of a multipart body: name, file name, text."""
    message = email.message_from_string("Content-Type: %s\n\n%s" % (kind, body.replace("\r\n", "\n")))
    return [(part.get_param("name", header="Content-Disposition"), part.get_filename(), part.get_payload())
            for part in message.get_payload()]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, body, kind="text/html; charset=utf-8", location=None):
        data = body.encode()
        self.send_response(status)
        if "clock" not in MODE:
            self.send_header("Content-Type", kind)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def page(self, title, body, status=200):
        if "clock" in MODE:
            title += time.strftime(" %A %H:%M:%S ") + str(time.time_ns())
        self.reply(status, "<!doctype html><html><head><title>%s</title></head><body><h1>%s</h1>"
                   "%s</body></html>" % (title, title, body))

    def edit(self, action, number, version, fields, error="", refused=""):
        text = "<ul class=errorlist><li>%s</li></ul>" % error if error else ""
        if refused:
            text += "<textarea name=yours readonly>\n%s</textarea>" % html.escape(refused)
        self.page("Edit a note", FORM % (action, text, version, html.escape(
            fields.get("title", "")), html.escape(fields.get("text", ""))))

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        note = re.fullmatch(r"/notes/(\d+)(/edit)?", path)
        if path == "/":
            self.page("Notes", "<a href=/notes/new>New</a> <a href=/draft>Draft</a>")
        elif path == "/attach":
            self.page("A file", "<form method=post action=/attach><input name=title><button>Save</button></form>")
        elif path == "/notes/new":
            version = len(NOTES)
            if "race" in MODE:
                with FORMS:  # for another user with the same request
                    WAITING[0] += 1
                    FORMS.notify_all()
                    FORMS.wait_for(lambda: WAITING[0] > 1, 0.2)
                    WAITING[0] -= 1
                    FORMS.notify_all()
            self.edit("/notes", 0, version if "race" in MODE else 0, {})
        elif path == "/api/serial":
            number = next(IDS)
            CARDS[number] = ""
            self.reply(200, json.dumps({"serial": number}), "application/json")
        elif path.startswith("/cards/"):
            self.page("A card", '<form method=post action="%s"><textarea name=words>%s</textarea><button>Save'
                      '</button></form>' % (path, html.escape(CARDS[int(path[7:])])))
        elif path == "/draft":
            self.page("A draft", '<form method=post action=/draft><input type=hidden name=post_ID '
                      'value="%d"><input name=content></form>' % next(IDS))
        elif path == "/notes":
            self.page("All notes", "<ul>%s</ul>" % "".join(
                '<li>%s <a href="/notes/%d/edit">Edit</a></li>' % (html.escape(n["title"]), i)
                for i, n in sorted(NOTES.items(), reverse=True)))
        elif path == "/api/notes":
            self.reply(200, json.dumps([{"id": i, "title": n["title"]} for i, n in NOTES.items()]),
                       "application/json")
        elif path == "/welcome":
            WELCOMES.append(1)
            self.page("Welcome", '<script>var tourNonce = "%s";</script>' % TOUR
                      if len(WELCOMES) == 1 else "<p>again</p>")
        elif path == "/tour":
            self.reply(200, json.dumps({"success": True}), "application/json")
        elif path == "/profile":
            self.page("Profile", '<form method=post action=/profile><textarea name=motto>%s'
                      '</textarea><button>Save</button></form>' % html.escape(MOTTOS[-1]))
        elif path == "/inbox" and "text" in MODE:
            self.page("Sorry", "<p>Something went wrong.</p>")
        elif path == "/inbox":
            self.page("Inbox", '<a href="/inbox/%d">Open</a>' % next(IDS))
        elif path.startswith("/inbox/"):
            self.page("A message", "<p>It is read.</p>")
        elif path == "/api/number":
            self.reply(200, json.dumps({"number": next(NUMBERS)}), "application/json")
        elif path == "/counts":
            self.reply(200, json.dumps({"notes": len(NOTES), "drafts": len(DRAFTS), "mottos": len(MOTTOS), "attached": [
                text for text, attached in FILES.values() if attached], "cards": list(CARDS.values()), "records": [
                [r["title"], r["text"]] for r in RECORDS.values()], "edits": {
                i: n["version"] - 1 for i, n in NOTES.items()}}), "application/json")
        elif note and int(note[1]) in NOTES:
            if "text" in MODE:
                self.page("Sorry", "<p>Something went wrong.</p>")
            elif note[2]:
                n = NOTES[int(note[1])]
                self.edit("/notes/%s/edit" % note[1], int(note[1]), n["version"], n)
            else:
                self.page(NOTES[int(note[1])]["title"],
                          '<a href="/notes/%s/edit">Edit</a>' % note[1])
        else:
            self.page("Not found", "", 404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with LOCK:
            self.post(body)

    def do_PATCH(self):
        self.do_POST()

    def record(self, body):
        """Creates a record with an image, or changes it: it is known by the name that it got."""
        sent = parts(self.headers["Content-Type"], body)
        fields = {name: value for name, file, value in sent}
        files = [(file, value) for name, file, value in sent if name == "pic" and file]
        record = RECORDS.get(self.path.rpartition("/")[2])
        if record and fields.get("pic") == record["shown"]["pic"]:
            record["title"] = record["shown"]["title"] = fields["title"]
        elif not record and self.path == "/api/records" and "id" not in fields and files and files[0][1]:
            number = hashlib.sha256(b"%d" % next(IDS)).hexdigest()[:15]
            stem, _, ending = files[0][0].rpartition(".")
            record = RECORDS[number] = {"title": fields["title"], "text": files[0][1].strip(), "shown": {
                "id": number, "created": time.strftime("%Y-%m-%d %H:%M:%S.000Z"), "title": fields["title"],
                "pic": "%s_%s.%s" % (stem, number[5:], ending)}}
        else:
            return self.reply(400, json.dumps({"message": "Failed to write the record."}), "application/json")
        self.reply(200, json.dumps(record["shown"]), "application/json")

    def post(self, body):
        fields = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        note = re.fullmatch(r"/notes/(\d+)/edit", self.path)
        if self.path.startswith("/enroll?"):
            self.reply(200, json.dumps({"success": True}), "application/json")
        elif self.path.startswith("/cards/"):
            CARDS[int(self.path[7:])] = fields["words"]
            self.reply(303, "", location=self.path)
        elif self.path == "/_mode":
            MODE.clear()
            MODE.update(body.split(",") if body else [])
            self.reply(200, "{}", "application/json")
        elif self.path == "/notes":
            if "slug" in MODE and fields["title"] in [n["title"] for n in NOTES.values()]:
                return self.edit("/notes", 0, 0, fields, "This title is already in use.")
            if "race" in MODE and int(fields["version"]) != len(NOTES):
                return self.edit("/notes", 0, len(NOTES), fields, "You were too slow.")
            number = next(IDS)
            NOTES[number] = {"title": fields["title"], "text": fields["text"], "version": 1}
            self.reply(303, "", location="/notes/%d" % number)
        elif self.path == "/profile":
            if fields["motto"] != MOTTOS[-1]:
                MOTTOS.append(fields["motto"])
            self.reply(303, "", location="/profile")
        elif self.path == "/draft":
            if "lost" not in MODE or int(fields["post_ID"]) not in [d for d, _ in DRAFTS]:
                DRAFTS.append((int(fields["post_ID"]), fields["content"]))
            self.reply(303, "", location="/")
        elif self.path == "/api/notes":
            if "json" in MODE:
                return self.reply(200, json.dumps({"success": False, "message": "No room left"}),
                                  "application/json")
            title = json.loads(body)["title"]
            if "once" in MODE and title in [n["title"] for n in NOTES.values()]:
                return self.reply(409, json.dumps({"message": "%s exists" % title}),
                                  "application/json")
            number = next(IDS)
            NOTES[number] = dict(json.loads(body), version=1)
            self.reply(200, json.dumps({"success": True, "id": number}), "application/json")
        elif self.path.startswith("/uploads.js?"):
            token = "%d.%s" % (len(FILES) + 1, hashlib.sha256(body.encode()).hexdigest())
            FILES[token] = (body, False)
            self.reply(200, "$('#files').find('input.token').val('%s');" % token, "text/javascript")
        elif self.path.startswith("/api/records"):
            self.record(body)
        elif self.path == "/attach":
            if fields.get("token") not in FILES:
                return self.page("Not found", "", 404)
            FILES[fields["token"]] = (FILES[fields["token"]][0], True)
            self.reply(303, "", location="/")
        elif self.path == "/api/number":
            self.reply(409 if "closed" in MODE else 200, json.dumps({"ok": "closed" not in MODE}),
                       "application/json")
        elif note and int(note[1]) in NOTES:
            n = NOTES[int(note[1])]
            if "merge" in MODE:
                return self.edit(self.path, 0, n["version"], dict(n, text="The words of a colleague"),
                                 "Edit conflict", fields["text"])
            if "conflict" in MODE or int(fields["version"]) != n["version"]:
                return self.edit(self.path, 0, n["version"], fields, "Edit conflict")
            n.update(title=fields["title"], text=fields["text"], version=n["version"] + 1)
            self.reply(303, "", location="/notes/%s" % note[1])
        else:
            self.page("Not found", "", 404)

    def log_message(self, *args):
        pass


def visit(url, path, steps):
    """STEPS: the words note, edit, list, draft, api, inbox, number, profile, card,
    welcome, enroll, upload, record."""
    from har_visit import Visit
    v = Visit(url)
    v.page("Notes")
    v.send("GET", "/")
    number = None

    def hidden(text, name):
        return re.search(r'name=%s value="(\d+)"' % name, text)[1]

    for step in steps:
        v.page(step)
        if step == "note":
            text = v.send("GET", "/notes/new")
            v.form("/notes", version=hidden(text, "version"), title="A red lamp", text="for sale")
            number = max(note_numbers(v))
        elif step == "list":
            number = max(int(n) for n in re.findall(r"/notes/(\d+)/edit", v.send("GET", "/notes")))
        elif step == "edit":
            text = v.send("GET", "/notes/%d/edit" % number)
            v.form("/notes/%d/edit" % number, version=hidden(text, "version"), title="A red lamp",
                   text="sold today")
        elif step == "draft":
            text = v.send("GET", "/draft")
            v.form("/draft", post_ID=hidden(text, "post_ID"), content="to be done")
        elif step == "inbox":
            v.send("GET", re.search(r"/inbox/\d+", v.send("GET", "/inbox"))[0])
        elif step == "profile":
            v.send("GET", "/profile")
            v.form("/profile", motto="Never\r\ngive up")
        elif step == "welcome":
            nonce = re.search(r'tourNonce = "(\w+)"', v.send("GET", "/welcome"))[1]
            v.call("GET", "/tour?nonce=" + nonce)
        elif step == "enroll":
            nonce = re.search(r'tourNonce = "(\w+)"', v.send("GET", "/welcome"))[1]
            v.call("POST", "/enroll?nonce=" + nonce)
        elif step == "card":
            card = "/cards/%d" % v.call("GET", "/api/serial")["serial"]
            v.send("GET", card)
            v.form(card, words="Happy birthday")
        elif step == "upload":
            v.send("GET", "/attach")
            script = v.send("POST", "/uploads.js?filename=note.txt", "a felt hat", "application/octet-stream",
                            [("X-Requested-With", "XMLHttpRequest")], "xhr")
            del v.entries[-1]["request"]["postData"]
            v.form("/attach", title="A hat", token=re.search(r"val\('(.+?)'\)", script)[1])
        elif step == "record":
            made = json.loads(multipart(v, "POST", "/api/records", ('title"', "A record"), ('pic"; filename="p.txt"', "felt")))
            del v.entries[-1]["request"]["postData"]
            multipart(v, "PATCH", "/api/records/" + made["id"], ('id"', made["id"]), ('pic"', made["pic"]),
                      ('title"', "A record, edited"))
        elif step == "number":
            v.call("POST", "/api/number", {"number": v.call("GET", "/api/number")["number"]})
        elif step == "api":
            v.call("POST", "/api/notes", {"title": "A blue lamp", "text": "by a script"})
            v.call("GET", "/api/notes")
    v.write(path)


def multipart(v, method, path, *values):
    body = "".join('--BB\r\nContent-Disposition: form-data; name="%s\r\n\r\n%s\r\n' % value for value in values)
    return v.send(method, path, body + "--BB--\r\n", "multipart/form-data; boundary=BB", (), "fetch")


def note_numbers(v):
    return [int(n) for e in v.entries for n in re.findall(r"/notes/(\d+)", e["request"]["url"])]


def main():
    if sys.argv[1:2] == ["visit"]:
        return visit(sys.argv[2], sys.argv[3], sys.argv[4:])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
