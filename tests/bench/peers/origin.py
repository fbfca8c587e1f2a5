"""The server of the comparison: nginx with one worker on one core, and its own certificate authority."""
import http.client
import os
import re
import signal
import subprocess
import time

from servers import free_port, wait_for

CONF = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    access_log {folder}/failed.log combined if=$failed;
    map $status $failed {{ ~^2 0; default 1; }}
    keepalive_requests 1000000000;
    keepalive_timeout 300s;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{plain} backlog=8192;
        listen 127.0.0.1:{https} ssl backlog=8192;
        listen 127.0.0.1:{http2} ssl http2 backlog=8192;
        ssl_protocols TLSv1.3;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        ssl_session_cache off;
        ssl_session_tickets off;
        error_page 405 =200 $uri;
        location = /json {{
            default_type application/json;
            return 200 '{{"id":12345,"name":"widget","tags":["a","b"],"ok":true}}';
        }}
        location = /form {{
            default_type text/html;
            return 200 '<form action="/form"><input type="hidden" name="csrf" value="tok-abcdef0123456789"></form>';
        }}
        location = /item/12345 {{
            default_type application/json;
            return 200 '{{"id":12345,"stock":3}}';
        }}
        location / {{ return 404; }}
    }}
    server {{
        listen 127.0.0.1:{counts};
        access_log off;
        location / {{ stub_status; }}
    }}
}}
"""

CERTIFICATES = """\
set -e
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 \
    -subj /CN=peers-ca -addext keyUsage=critical,keyCertSign,cRLSign
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=127.0.0.1
printf 'subjectAltName=IP:127.0.0.1\\nbasicConstraints=CA:FALSE\\nextendedKeyUsage=serverAuth\\n' >server.ext
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile server.ext -out server.pem
if command -v keytool >/dev/null; then
    keytool -importcert -noprompt -alias ca -file ca.pem -keystore ca.p12 -storetype PKCS12 -storepass changeit
fi
"""


class Counts:
    """Requests and connections that the server has counted, without its own queries; the CPU seconds of its worker."""

    def __init__(self, requests, connections, cpu):
        self.requests, self.connections, self.cpu = requests, connections, cpu


class Origin:
    """nginx on the first of two cores; use it in a `with`."""

    def __init__(self, folder, core):
        self.folder = folder
        self.plain, self.https, self.http2, self.counts_port = (free_port() for _ in range(4))
        subprocess.run(["sh", "-c", CERTIFICATES], cwd=folder, check=True, capture_output=True)
        self.ca = os.path.join(folder, "ca.pem")
        self.trust_store = os.path.join(folder, "ca.p12")
        conf = os.path.join(folder, "nginx.conf")
        with open(conf, "w", encoding="ascii") as out:
            out.write(CONF.format(folder=folder, plain=self.plain, https=self.https,
                                  http2=self.http2, counts=self.counts_port))
        self.connection = None
        self.queries = 0
        self.process = subprocess.Popen(["taskset", "-c", str(core), "nginx", "-p", folder, "-c", conf],
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        wait_for(self.is_ready, "nginx", self.process)
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            self.worker = int(file.read().split()[0])
        favor_session(self.process.pid)

    def is_ready(self):
        try:
            self.counts()
            return True
        except (OSError, http.client.HTTPException):
            self.connection = None
            return False

    def counts(self):
        if not self.connection:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.counts_port, timeout=5)
        self.connection.request("GET", "/")
        numbers = re.findall(r"\d+", self.connection.getresponse().read().decode())
        self.queries += 1
        cpu = cpu_seconds(self.worker) if hasattr(self, "worker") else 0
        return Counts(int(numbers[3]) - self.queries, int(numbers[1]) - 1, cpu)

    def failed(self):
        """The number of responses whose status was not 2xx."""
        file = os.path.join(self.folder, "failed.log")
        if not os.path.exists(file):
            return 0
        with open(file, encoding="utf-8") as lines:
            return sum(1 for _ in lines)

    def base(self, case):
        scheme, port = {"https": ("https", self.https), "connect": ("https", self.https),
                        "http2": ("https", self.http2)}.get(case, ("http", self.plain))
        return f"{scheme}://127.0.0.1:{port}"

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def cpu_seconds(pid):
    """User and system time of a process and of the children that it waited for."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def favor_session(pid):
    """
    Gives the session of a process a large share of its core. Where sched_autogroup_enabled is 1, the kernel
    divides a core equally between sessions, and nice has no effect between them.
    """
    try:
        with open(f"/proc/{pid}/autogroup", "w", encoding="ascii") as file:
            file.write("-20")
    except OSError:
        time.sleep(0)  # not permitted, or no autogroups: the ratios are only more noisy
