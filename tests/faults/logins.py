"""Logins that challenge: /digest/USER/PASSWORD (RFC 7616: MD5, qop auth), /ntlm/DOMAIN/USER/PASSWORD
(MS-NLMP: NTLMv2), and /ntlm, which responds with the user of the connection."""
import base64
import hashlib
import hmac
import re
import secrets
import struct

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


def md4(data):
    """RFC 1320; OpenSSL 3 does not have it any more."""
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    rounds = [
        (lambda x, y, z: x & y | ~x & z, 0, range(16), (3, 7, 11, 19)),
        (lambda x, y, z: x & y | x & z | y & z, 0x5A827999,
         [i // 4 + i % 4 * 4 for i in range(16)], (3, 5, 9, 13)),
        (lambda x, y, z: x ^ y ^ z, 0x6ED9EBA1,
         [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15], (3, 9, 11, 15)),
    ]
    text = data + b"\x80" + bytes(-(len(data) + 9) % 64) + struct.pack("<Q", 8 * len(data))
    for at in range(0, len(text), 64):
        words = struct.unpack("<16I", text[at:at + 64])
        a, b, c, d = state
        for mix, constant, order, shifts in rounds:
            for step, word in enumerate(order):
                total = (a + mix(b, c, d) + words[word] + constant) & 0xFFFFFFFF
                shift = shifts[step % 4]
                a, b, c, d = d, (total << shift | total >> (32 - shift)) & 0xFFFFFFFF, b, c
        state = [(x + y) & 0xFFFFFFFF for x, y in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


def field(message, at):
    """The bytes that the field at AT describes: length, allocated length, offset."""
    length, _, offset = struct.unpack_from("<HHI", message, at)
    return message[offset:offset + length]


def ntlm_challenge(conn):
    """The second message, with a challenge for this connection."""
    conn.ntlm_challenge = secrets.token_bytes(8)
    name, info = "TEST".encode("utf-16-le"), struct.pack("<HH", 0, 0)
    flags = 0x00800000 | 0x00080000 | 0x00010000 | 0x200 | 1  # target info, extended, domain, NTLM, Unicode
    head = struct.pack("<8sIHHII8s8sHHI", b"NTLMSSP\0", 2, len(name), len(name), 48, flags,
                       conn.ntlm_challenge, bytes(8), len(info), len(info), 48 + len(name))
    return base64.b64encode(head + name + info).decode()


def ntlm_proved(conn, message, domain, user, password):
    """Whether the third message is that of the user and the password."""
    response, said_domain, said_user = (field(message, at) for at in (20, 28, 36))
    if (said_domain.decode("utf-16-le"), said_user.decode("utf-16-le")) != (domain, user):
        return False
    secret = hmac.digest(md4(password.encode("utf-16-le")),
                         (user.upper() + domain).encode("utf-16-le"), "md5")
    return response[:16] == hmac.digest(secret, conn.ntlm_challenge + response[16:], "md5")


@path("/ntlm")
def ntlm(conn, request, args):
    """/ntlm/DOMAIN/USER/PASSWORD: 401 until its connection is authenticated, and 403 if another user
    has authenticated it."""
    user = getattr(conn, "ntlm_user", None)
    said = (request.header("authorization") or "").split(" ")
    message = base64.b64decode(said[1]) if said[0] == "NTLM" else b""
    if not args:
        return conn.answer(body=(user or "nobody").encode())
    if message[8:9] == b"\1":
        return conn.answer(401, b"", [("WWW-Authenticate", "NTLM " + ntlm_challenge(conn))])
    if message[8:9] == b"\3" and ntlm_proved(conn, message, *args):
        user = conn.ntlm_user = args[1]
    if not user:
        return conn.answer(401, b"who are you?", [("WWW-Authenticate", "NTLM")])
    if user != args[1]:
        return conn.answer(403, b"the connection of another user")
    return conn.answer(body=request.body or user.encode())
