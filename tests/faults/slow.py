"""Ports whose connections are slow: the TCP connect, or the TLS handshake."""
import socket
import threading
import time

PAUSE_S = 0.3
SYN_SENT = "02"


def connecting(port):
    """The local ports of the connections to the loopback port that are not established."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows
            if row[3] == SYN_SENT and int(row[2].split(":")[1], 16) == port}


def late(origin, name):
    """A port whose queue is full until a client has waited for PAUSE_S; then it is like any other."""
    listener = origin.listen(name, 0)
    port = origin.ports[name]
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
        fillers.append(filler)
    own = {filler.getsockname()[1] for filler in fillers}

    def serve():
        while not connecting(port) - own:
            time.sleep(0.01)
        time.sleep(PAUSE_S)
        for filler in fillers:
            filler.close()
        while True:
            sock, _address = listener.accept()
            threading.Thread(target=origin.speak, args=(sock, None), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()


def handshake(origin, name, context):
    """A port that waits for PAUSE_S before the TLS handshake."""

    def speak(sock):
        time.sleep(PAUSE_S)
        origin.speak(sock, context)

    origin.accept_on(name, speak)
