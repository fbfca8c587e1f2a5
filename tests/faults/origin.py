#!/usr/bin/env python3
"""A scripted origin server that misbehaves on demand, and counts what it receives.

usage: origin.py --ports FILE [--certs DIR] [--for SECONDS] [--list]

Listens on free loopback ports. When all are ready, it writes FILE with a line NAME=PORT for each:

  http       behaviour by path (behaviours.py, redirects.py, sessions.py)
  https      the same over TLS with a valid certificate (only with --certs, created by ./certs)
  untrusted  a certificate of an unknown CA
  wrong      a certificate for another name
  expired    an expired certificate
  garbage    sends random bytes when a client connects
  hangup     closes each connection immediately
  slam       resets each connection immediately
  mute       accepts connections and never sends anything
  silent     never completes a connection, because its queue is full
  late       completes connections only after a client has waited for 300 ms (slow.py)
  slow_tls   waits for 300 ms before the TLS handshake
  closed     refuses connections: the port is bound, but not listening
  proxy…     forward proxies (proxies.py)

GET /stats on http returns the counts since POST /stats/reset; neither is counted. The origin stops
on a signal, or after --for seconds (default 600).
"""
import argparse
import json
import os
import signal
import socket
import ssl
import struct
import sys
import threading

sys.dont_write_bytecode = True  # the sources may be read-only, or a clone that must stay clean

import behaviours
import bodies  # noqa: F401 registers its paths
import enemies  # noqa: F401 registers its paths
import logins  # noqa: F401 registers its paths
import proxies
import redirects  # noqa: F401 registers its paths
import sockets  # noqa: F401 registers its paths
import streams  # noqa: F401 registers its paths
import sessions  # noqa: F401 registers its paths
import slow
from counts import Counts
from wire import HOLD_S, Connection, Gone

LOOPBACK = "127.0.0.1"


class Origin:
    def __init__(self):
        self.counts = Counts()
        self.sessions = {}
        self.ports = {}
        self.kept = []

    def is_control(self, data):
        return data.startswith((b"GET /stats", b"POST /stats"))

    def control(self, conn, request):
        if not conn.control:
            conn.control = True
            self.counts.add("connections", -1)
        if request.method == "POST":
            self.counts.reset()
        body = json.dumps(self.counts.snapshot()).encode()
        return conn.answer(body=body, headers=[behaviours.JSON])

    def behave(self, conn, request):
        function, args = behaviours.find(request.path)
        if function is None:
            return conn.answer(404, b"no such behaviour")
        return function(conn, request, args)

    def listen(self, name, backlog=1024):
        """A listening socket on a free port, registered as `name`."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((LOOPBACK, 0))
        if backlog is not None:
            sock.listen(backlog)
        self.ports[name] = sock.getsockname()[1]
        self.kept.append(sock)
        return sock

    def http(self, name, context=None):
        """A port for HTTP; with a context, over TLS."""
        self.accept_on(name, lambda sock: self.speak(sock, context))

    def accept_on(self, name, speak):
        """A port with one thread per connection."""
        listener = self.listen(name)

        def loop():
            while True:
                sock, _address = listener.accept()
                threading.Thread(target=speak, args=(sock,), daemon=True).start()

        threading.Thread(target=loop, daemon=True).start()

    def speak(self, sock, context):
        """One connection, from the handshake to the end."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.counts.connected()
        try:
            if context:
                sock = context.wrap_socket(sock, server_side=True)
            Connection(sock, self, tls=context is not None).serve()
        except (OSError, Gone):
            self.counts.add("handshake_failures")
            sock.close()
        finally:
            self.counts.disconnected()

    def silent(self, name):
        """A port whose queue is full: a new connection never succeeds."""
        self.listen(name, 0)
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((LOOPBACK, self.ports[name]))
            self.kept.append(filler)


def tls_context(folder, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key"))
    context.set_alpn_protocols(["http/1.1"])
    return context


def garbage(sock):
    try:
        sock.sendall(bytes(range(256)) * 8)
        sock.settimeout(5)
        while sock.recv(65536):
            pass
    except OSError:
        pass
    sock.close()


def mute(sock):
    try:
        sock.settimeout(HOLD_S)
        while sock.recv(65536):
            pass
    except OSError:
        pass
    sock.close()


def slam(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def start(certs):
    """Opens all ports; returns the origin."""
    origin = Origin()
    origin.http("http")
    origin.accept_on("garbage", garbage)
    origin.accept_on("hangup", lambda sock: sock.close())
    origin.accept_on("slam", slam)
    origin.accept_on("mute", mute)
    origin.silent("silent")
    slow.late(origin, "late")
    origin.listen("closed", None)
    proxies.start(origin, tls_context(certs, "good") if certs else None)
    if certs:
        for name, file in (("https", "good"), ("untrusted",) * 2, ("wrong",) * 2, ("expired",) * 2):
            origin.http(name, tls_context(certs, file))
        slow.handshake(origin, "slow_tls", tls_context(certs, "good"))
    return origin


def write_ports(file, ports):
    """Writes the ports with a rename, so that a reader never sees a partial file."""
    with open(file + ".new", "w", encoding="ascii") as out:
        for name, port in ports.items():
            out.write(f"{name}={port}\n")
    os.rename(file + ".new", file)


def wait_for_end(seconds):
    """Waits for a signal or the end of the time."""
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    end.wait(seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ports", help="file to write NAME=PORT lines to")
    parser.add_argument("--certs", help="folder created by ./certs")
    parser.add_argument("--for", dest="seconds", type=float, default=600)
    parser.add_argument("--list", action="store_true", help="print all behaviours")
    options = parser.parse_args()
    if options.list:
        for name, function in sorted(behaviours.BEHAVIOURS.items()):
            print(f"{name:22} {function.__doc__}")
        return 0
    if not options.ports:
        parser.error("--ports FILE is needed")
    threading.stack_size(256 * 1024)
    origin = start(options.certs)
    write_ports(options.ports, origin.ports)
    wait_for_end(options.seconds)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
