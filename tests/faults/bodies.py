"""Checks of the received body: /hash, /bytes, /parts."""
import email.parser
import email.policy
import hashlib
import json

from behaviours import JSON, path


@path("/hash")
def sha256(conn, request, args):
    """The SHA-256 of the body."""
    return conn.answer(body=hashlib.sha256(request.body).hexdigest().encode())


@path("/bytes")
def count(conn, request, args):
    """The number of bytes in the request, header and body."""
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    size = len("\r\n".join(lines)) + 4 + len(request.body)
    return conn.answer(body=str(size).encode())


@path("/parts")
def parts(conn, request, args):
    """Name, file name, type and length of each part of a multipart body, as JSON."""
    head = f"Content-Type: {request.header('content-type')}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    seen = [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part["content-type"] and part.get_content_type(),
            len(part.get_payload(decode=True)),
        )
        for part in message.iter_parts()
    ]
    return conn.answer(body=json.dumps(seen).encode(), headers=[JSON])
