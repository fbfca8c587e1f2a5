"""Receivers for the outputs of a run: a statsd listener and a web server, on free loopback ports.

    sinks.py FOLDER SECONDS

Writes FOLDER/ports (statsd=…, http=…), then FOLDER/statsd.N (one packet per file), FOLDER/influx
(all lines) and FOLDER/otlp (the last batch). POST /slow never responds, /refuse responds with 400.
Stops after SECONDS.
"""
import http.server
import os
import socket
import sys
import threading
import time

folder, seconds = sys.argv[1], float(sys.argv[2])


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = 204
        if self.path.startswith("/slow"):
            time.sleep(seconds)
        elif self.path.startswith("/refuse"):
            status = 400
        elif self.path.startswith("/v1/metrics"):
            with open(os.path.join(folder, "otlp.new"), "wb") as out:
                out.write(body)
            os.rename(os.path.join(folder, "otlp.new"), os.path.join(folder, "otlp"))
            status = 200
        else:
            with open(os.path.join(folder, "influx"), "ab") as out:
                out.write(body)
        with open(os.path.join(folder, "seen"), "a") as out:
            out.write("%s %s\n" % (self.path, self.headers.get("Authorization", "-")))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def take_packets(udp):
    number = 0
    while True:
        packet = udp.recv(65536)
        with open(os.path.join(folder, "statsd.%06d" % number), "wb") as out:
            out.write(packet)
        number += 1


udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
udp.bind(("127.0.0.1", 0))
web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
web.daemon_threads = True
threading.Thread(target=take_packets, args=(udp,), daemon=True).start()
threading.Thread(target=web.serve_forever, daemon=True).start()
with open(os.path.join(folder, "ports.new"), "w") as ports:
    ports.write("statsd=%d\nhttp=%d\n" % (udp.getsockname()[1], web.server_address[1]))
os.rename(os.path.join(folder, "ports.new"), os.path.join(folder, "ports"))
time.sleep(seconds)
