"""Logins that challenge: /digest/USER/PASSWORD (RFC 7616: MD5, qop auth)."""
import hashlib
import re
import secrets

from behaviours import JSON, path, small

NONCES = set()
REALM = 'the "test" realm'


def digest(*parts):
    return hashlib.md5(":".join(parts).encode()).hexdigest()


def proved(request, args):
    """Whether the request's Authorization is valid for our nonce, the name and the password."""
    said = request.header("authorization") or ""
    fields = {k: v.strip('"') for k, v in re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|[^,\s]+)', said)}
    if not said.startswith("Digest ") or fields.get("nonce") not in NONCES:
        return False
    first = digest(args[0], REALM, args[1])
    second = digest(request.method, request.target)
    wanted = digest(
        first, fields["nonce"], fields["nc"], fields["cnonce"], fields["qop"], second
    )
    return fields["username"] == args[0] and fields["response"] == wanted


@path("/digest")
def challenge(conn, request, args):
    """/digest/USER/PASSWORD responds with 401 and a challenge until the credentials are correct."""
    if proved(request, args):
        return conn.answer(body=request.body or small(), headers=[JSON])
    nonce = secrets.token_hex(8)
    NONCES.add(nonce)
    realm = REALM.replace('"', '\\"')
    words = f'Digest realm="{realm}", qop="auth", algorithm=MD5, nonce="{nonce}"'
    return conn.answer(401, b"who are you?", [("WWW-Authenticate", words)])
