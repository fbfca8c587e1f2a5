"""Clients that misuse a server: slow_clients.py MODE PORT [ARG]

    idle PORT COUNT    opens COUNT connections, prints their number, and keeps them until it is killed
    slow PORT          sends a head slowly, and opens a connection without sending anything; prints
                       how many of the two the server closes within 40 s
    interim FILE       writes its port to FILE, and sends 103 responses without end to the first client; prints
                       how many bytes were accepted within 3 s
    pipeline PORT TARGET  sends three requests together; prints how many responses have status 200
    unread PORT        through a proxy, for 3 s each: a response without end to a client that does not read, and
                       a body without end to a server that does not read; prints how many bytes were accepted
    heads PORT TARGET  sends ambiguous requests for TARGET to a proxy; prints the status of each
"""
import resource
import socket
import sys
import threading
import time

HEADS = [
    ("Connection: Host", "GET {t} HTTP/1.1\r\nHost: {h}\r\nConnection: Host\r\n\r\n"),
    ("two Host", "GET {t} HTTP/1.1\r\nHost: {h}\r\nHost: other\r\n\r\n"),
    ("two Content-Length", "POST {t} HTTP/1.1\r\nHost: {h}\r\nContent-Length: 2\r\n"
                           "Content-Length: 2\r\n\r\nhi"),
    ("two Transfer-Encoding", "POST {t} HTTP/1.1\r\nHost: {h}\r\nTransfer-Encoding: chunked\r\n"
                              "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("bare LF", "GET {t} HTTP/1.1\r\nHost: {h}\nA: b\r\n\r\n"),
    ("bare LF at the end", "GET {t} HTTP/1.1\r\nHost: {h}\r\n\n"),
    ("obs-fold", "GET {t} HTTP/1.1\r\nHost: {h}\r\nA: b\r\n c\r\n\r\n"),
    ("plain", "GET {t} HTTP/1.1\r\nHost: {h}\r\n\r\n"),
]


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def idle(port, count):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(count + 100, hard), hard))
    held = [connect(port) for _ in range(count)]
    print(len(held), flush=True)
    threading.Event().wait()


def is_closed(client):
    """Whether the server closes the connection; a response before that is read."""
    client.settimeout(40)
    try:
        while client.recv(1000):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


def drip(client):
    try:
        for _ in range(100):
            client.sendall(b"A")
            time.sleep(0.5)
    except OSError:
        pass


def slow(port):
    clients = [connect(port), connect(port)]
    clients[0].sendall(b"GET / HTTP/1.1\r\nA: ")
    threading.Thread(target=drip, args=(clients[0],), daemon=True).start()
    results = []
    threads = [threading.Thread(target=lambda c=c: results.append(is_closed(c))) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(results))


def interim(port_file):
    server = socket.create_server(("127.0.0.1", 0))
    with open(port_file, "w", encoding="ascii") as file:
        file.write(str(server.getsockname()[1]))
    client, _ = server.accept()
    client.recv(65536)
    head = b"HTTP/1.1 103 Early Hints\r\nLink: </" + b"x" * 1000 + b">\r\n\r\n"
    sent, end = 0, time.monotonic() + 3
    client.settimeout(1)
    try:
        while time.monotonic() < end:
            sent += client.send(head * 50)
    except OSError:
        pass
    print(sent, flush=True)


def pipeline(port, target):
    request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\n"
    with connect(port) as client:
        client.sendall((2 * (request + "\r\n") + request + "Connection: close\r\n\r\n").encode())
        received = b""
        while piece := client.recv(65536):
            received += piece
    print(received.count(b"HTTP/1.1 200 OK"))


def accepted_in(seconds, sender, first):
    """How many bytes SENDER can send after FIRST, to a receiver that does not read them."""
    sender.sendall(first)
    sender.settimeout(0.2)
    piece, sent, end = b"x" * 65536, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            sent += sender.send(piece)
        except TimeoutError:
            pass
    return sent


def unread(port):
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = "127.0.0.1:%d" % server.getsockname()[1]
        head = f" http://{host}/ HTTP/1.1\r\nHost: {host}\r\n"
        with connect(port) as client:
            client.sendall(f"GET{head}\r\n".encode())
            upstream, _ = server.accept()
            upstream.recv(65536)
            print(accepted_in(3, upstream, b"HTTP/1.1 200 OK\r\n\r\n"))
            upstream.close()
        with connect(port) as client:
            print(accepted_in(3, client, f"POST{head}Content-Length: 9999999999\r\n\r\n".encode()))


def heads(port, target):
    host = target.split("/")[2]
    for name, text in HEADS:
        with connect(port) as client:
            client.sendall(text.format(t=target, h=host).encode())
            print(client.recv(65536).split(b" ")[1].decode(), name)


if __name__ == "__main__":
    if sys.argv[1] == "idle":
        idle(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "slow":
        slow(int(sys.argv[2]))
    elif sys.argv[1] == "interim":
        interim(sys.argv[2])
    elif sys.argv[1] == "unread":
        unread(int(sys.argv[2]))
    elif sys.argv[1] == "pipeline":
        pipeline(int(sys.argv[2]), sys.argv[3])
    else:
        heads(int(sys.argv[2]), sys.argv[3])
