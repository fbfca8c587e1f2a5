"""The servers of a measurement: nginx pinned to one core, and the oracle of tests/faults."""
import os
import signal
import socket
import subprocess
import time
import urllib.request

LOGIN = (
    '<html><head><title>Login</title></head><body><form method="post" action="/login">'
    '<input type="hidden" name="csrf" value="8f14e45fceea167a5a36dedd4bea2543">'
    '<input name="user"><input name="password" type="password"><button>Go</button>'
    "</form></body></html>"
)
SMALL = '{"ok": true, "id": 4711, "name": "a small typical response", "price": 12.50, "left": 3}'

CONF = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_rlimit_nofile {files};
events {{ worker_connections {connections}; multi_accept on; }}
http {{
    access_log off;
    log_format when '$msec';
    default_type application/json;
    types {{ }}
    keepalive_requests 1000000000;
    keepalive_timeout 3600s;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{http} backlog=16384;
        {tls}
        location = / {{ return 200 '{small}'; }}
        location = /logged {{ access_log {folder}/when.log when; return 200 '{small}'; }}
        location = /login {{
            default_type text/html;
            if ($request_method = POST) {{ return 200 '<html><body>Welcome back</body></html>'; }}
            return 200 '{login}';
        }}
        location = /products {{ alias {folder}/products.json; }}
        location = /large {{ alias {folder}/large.json; }}
        location = /form {{ default_type text/html; alias {folder}/form.html; }}
        location = /saved {{ default_type text/html; return 200 '<p>Saved'; }}
        location = /cart {{ return 201 '{{"ok": true, "items": 1}}'; }}
        location = /echo {{
            proxy_pass http://127.0.0.1:{streams};
            proxy_http_version 1.1;
            proxy_set_header Upgrade websocket;
            proxy_set_header Connection upgrade;
        }}
        location = /active {{ stub_status; }}
    }}
}}
"""

TLS = """\
listen 127.0.0.1:{https} ssl backlog=16384;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_certificate {certs}/good.pem;
        ssl_certificate_key {certs}/good.key;
        ssl_session_cache off;"""


def free_port():
    """A free port."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for(ready, what, process):
    """Waits until ready() is true; fails if the process ends earlier."""
    end = time.monotonic() + 10
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"bench: {what} did not start")
        time.sleep(0.02)


class Nginx:
    """nginx; STREAMS is the port of the stream server, which it makes available over TLS."""

    def __init__(self, folder, pin, files, certs, streams):
        self.folder = folder
        self.http, self.https = free_port(), free_port()
        with open(os.path.join(folder, "products.json"), "w", encoding="ascii") as out:
            out.write(products())
        with open(os.path.join(folder, "large.json"), "w", encoding="ascii") as out:
            out.write(large())
        with open(os.path.join(folder, "form.html"), "w", encoding="ascii") as out:
            out.write(form())
        conf = os.path.join(folder, "nginx.conf")
        with open(conf, "w", encoding="ascii") as out:
            tls = TLS.format(https=self.https, certs=certs) if certs else ""
            out.write(CONF.format(folder=folder, files=files, connections=files, http=self.http,
                                  tls=tls, small=SMALL, login=LOGIN, streams=streams))
        self.process = subprocess.Popen(pin + ["nginx", "-p", folder, "-c", conf],
                                        stderr=subprocess.DEVNULL)
        wait_for(self.answers, "nginx", self.process)

    def answers(self):
        try:
            return self.active() >= 0
        except OSError:
            return False

    def active(self):
        """The number of open connections without this one."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/active", timeout=5) as answer:
            return int(answer.readline().split()[-1]) - 1

    def times(self):
        """The response times of the requests for /logged in seconds; clears the list."""
        file = os.path.join(self.folder, "when.log")
        with open(file, encoding="ascii") as lines:
            found = [float(line) for line in lines]
        os.truncate(file, 0)
        return found

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.http}{path}"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def products():
    """About 2 KB of JSON."""
    items = ", ".join(
        f'{{"id": "p{n:03}", "name": "hat number {n}", "price": {n}.50, "in_stock": true}}'
        for n in range(1, 32))
    return f'{{"items": [{items}]}}\n'


def form():
    """About 20 KB of HTML: a form, and a hundred links."""
    rows = "".join(f"<tr><td>Item {n}<td>Some <b>words</b> about it<td><a href=/items/{n}>Edit {n}"
                   f"</a><td class=note>{'x' * 100}</tr>\n" for n in range(1, 101))
    return ("<!doctype html><title>Edit</title><form method=post action=/saved>"
            "<input type=hidden name=token value=a1b2c3><input name=title>"
            "<textarea name=body></textarea><button>Save</button></form>"
            f"<table>{rows}</table>\n")


def large():
    """10 MB of JSON."""
    item = '{"id": 1234567, "name": "hat number 12", "price": 12.50, "in_stock": true}'
    return "[" + ", ".join([item] * (10000000 // (len(item) + 2))) + "]"


class Oracle:
    """The server with known response times; use it in a `with`."""

    def __init__(self, program, folder, pin, *options):
        self.port_file = os.path.join(folder, "oracle.port")
        if os.path.exists(self.port_file):
            os.unlink(self.port_file)
        self.process = subprocess.Popen(pin + [program, "--port-file", self.port_file, *options])
        wait_for(self.written, "the oracle", self.process)
        with open(self.port_file, encoding="ascii") as file:
            self.url = f"http://127.0.0.1:{file.read().strip()}"

    def written(self):
        return os.path.exists(self.port_file) and os.path.getsize(self.port_file) > 1

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        self.process.terminate()
        self.process.wait()
