"""The counts of the origin, which the tests compare with the program's.

One object for the whole process, shared by all connection threads with one lock. `sends` counts a
request when its first byte arrives, so requests that are reset or not read completely are counted
too. Requests for the counts themselves (/stats) are not counted.
"""
import threading


class Counts:
    def __init__(self):
        self.lock = threading.Lock()
        self.open = 0
        self.reset()

    def reset(self):
        """Resets all counts except the number of open connections."""
        with self.lock:
            self.connections = 0
            self.handshake_failures = 0
            self.sends = 0
            self.requests = {}
            self.in_flight = 0
            self.max_in_flight = 0
            self.mixed_sessions = 0
            self.shared_connections = 0
            self.logins = 0
            self.through_proxy = {}

    def add(self, name, more=1):
        with self.lock:
            setattr(self, name, getattr(self, name) + more)

    def connected(self):
        with self.lock:
            self.connections += 1
            self.open += 1

    def disconnected(self):
        with self.lock:
            self.open -= 1

    def request(self, method, path):
        with self.lock:
            key = f"{method} {path}"
            self.requests[key] = self.requests.get(key, 0) + 1
            self.in_flight += 1
            self.max_in_flight = max(self.max_in_flight, self.in_flight)

    def proxied(self, what):
        with self.lock:
            self.through_proxy[what] = self.through_proxy.get(what, 0) + 1

    def answered(self):
        with self.lock:
            self.in_flight = max(0, self.in_flight - 1)

    def snapshot(self):
        """A dict of all counts, for JSON."""
        with self.lock:
            return {
                "connections": self.connections,
                "open": self.open,
                "handshake_failures": self.handshake_failures,
                "sends": self.sends,
                "requests": dict(self.requests),
                "max_in_flight": self.max_in_flight,
                "mixed_sessions": self.mixed_sessions,
                "shared_connections": self.shared_connections,
                "logins": self.logins,
                "proxied": dict(self.through_proxy),
            }
