"""recorder.py PORT-FILE LOG: an HTTP/1.1 server that writes each request to LOG as a JSON line,
{"line": …, "headers": [[name, value], …], "body": …}, and responds with status 500. PORT-FILE is
written when it listens."""

import json
import os
import socket
import sys
import threading

RESPONSE = b"HTTP/1.1 500 Recorded\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\n"


def serve(connection, log, lock):
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return
            data += more
        head, data = data.split(b"\r\n\r\n", 1)
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = [field.split(":", 1) for field in fields]
        length = sum(int(value) for name, value in headers if name.lower() == "content-length")
        while len(data) < length:
            data += connection.recv(65536)
        body, data = data[:length], data[length:]
        record = {"line": line, "headers": headers, "body": body.decode("latin-1")}
        with lock:
            log.write(json.dumps(record) + "\n")
            log.flush()
        connection.sendall(RESPONSE + (b"" if line.startswith("HEAD ") else b"recorded"))


def main(port_file, log_file):
    listener = socket.create_server(("127.0.0.1", 0))
    with open(port_file + ".new", "w") as file:
        file.write(str(listener.getsockname()[1]))
    os.rename(port_file + ".new", port_file)
    log, lock = open(log_file, "a"), threading.Lock()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, log, lock), daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
