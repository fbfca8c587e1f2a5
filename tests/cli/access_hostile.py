"""Logs that try to choose the target of a replay, and the target that each must give.

access_hostile.py write FOLDER: writes FOLDER/NAME.log for each of them.
access_hostile.py check FOLDER: compares the `target` of FOLDER/NAME.yaml; prints what differs.
"""
import json
import os
import re
import sys

COUNT = 40


def combined(n, request="GET /a HTTP/1.1", before=None, ident="-"):
    start = f"192.0.2.{n % 9 + 1}" if before is None else before
    return f'{start} {ident} - [10/Oct/2026:13:55:{n:02d} +0000] "{request}" 200 5 "-" "Mozilla/5.0"'


def keyed(n, scheme="https", **members):
    return json.dumps({"scheme": scheme, "time": f"2026-10-10T13:55:{n:02d}Z", "remote_addr": f"192.0.2.{n % 9 + 1}",
                       "request": "GET /a HTTP/1.1", "status": 200, **members})


def log(usual, odd=None, share=0):
    """The line USUAL(n); one of SHARE lines is ODD(n)."""
    return [odd(n) if share and n % share == 0 else usual(n) for n in range(COUNT)]


# name: (lines, target; None: the log does not decide)
LOGS = {
    "whole URL of another host": (
        log(combined, lambda n: combined(n, "GET http://evil.example/ HTTP/1.1"), 20), None),
    "whole URL with a login": (
        log(combined, lambda n: combined(n, "GET http://me:pw@evil.example/ HTTP/1.1"), 8), None),
    "whole URLs of many hosts": (
        log(lambda n: combined(n, f"GET http://h{n}.example/ HTTP/1.1")), None),
    "whole URLs of one host": (
        log(lambda n: combined(n, "GET http://shop.example/ HTTP/1.1")), "http://shop.example"),
    "whole URLs of two hosts": (
        log(lambda n: combined(n, f"GET http://shop{n % 2}.example/ HTTP/1.1")), None),
    "one other Host header": (
        log(lambda n: keyed(n, http_host="shop.example"), lambda n: keyed(n, http_host="evil.example"), 40),
        "https://shop.example"),
    "a tenth of other Host headers": (
        log(lambda n: keyed(n, http_host="shop.example"), lambda n: keyed(n, http_host="evil.example"), 10), None),
    "most lines without a host": (
        log(lambda n: keyed(n), lambda n: keyed(n, http_host="evil.example"), 3), None),
    "virtual hosts": (log(lambda n: combined(n, before=f"shop.example:443 192.0.2.{n % 9}")), "https://shop.example"),
    "the default server of nginx": (log(lambda n: keyed(n, server_name="_")), None),
    "two addresses of the client": (
        log(lambda n: f'198.51.100.7 192.0.2.{n % 9} - [10/Oct/2026:13:55:{n:02d} +0000] "GET /a HTTP/1.0" 200 191 '
                      f'367 464 1 "-" "x"'), None),
    "the client as the host": (
        log(lambda n: keyed(n, remote_addr="192.0.2.7", http_host="192.0.2.7")), None),
    "an address as the host": (log(lambda n: keyed(n, http_host="198.51.100.5")), "https://198.51.100.5"),
    "names of the clients": (log(lambda n: combined(n, ident=f"pc{n}.corp.example{n}")), None),
    "http and https": (
        log(lambda n: keyed(n, http_host="shop.example", scheme="https"),
            lambda n: keyed(n, http_host="shop.example", scheme="http"), 2), None),
    "nearly all https": (
        log(lambda n: keyed(n, http_host="shop.example", scheme="https"),
            lambda n: keyed(n, http_host="shop.example", scheme="http"), 40), "https://shop.example"),
    "two ports": (
        log(lambda n: keyed(n, http_host="shop.example:8080"),
            lambda n: keyed(n, http_host="shop.example:9090"), 3), None),
    "one port": (log(lambda n: keyed(n, http_host="Shop.Example:8080")), "https://shop.example:8080"),
    "the usual port": (
        log(lambda n: keyed(n, http_host="shop.example:443", scheme="https")), "https://shop.example"),
    "an IPv6 host": (log(lambda n: keyed(n, http_host="[2001:db8::7]:8080")), "https://[2001:db8::7]:8080"),
    "a host that is not valid": (log(lambda n: keyed(n, http_host="a b\"; rm -rf /")), None),
    "a port that is not valid": (log(lambda n: keyed(n, http_host="shop.example:99999999999")), None),
    "with and without www": (
        log(lambda n: keyed(n, http_host="www.shop.example"), lambda n: keyed(n, http_host="shop.example"), 3),
        "https://www.shop.example"),
    "neither http nor https": (log(lambda n: keyed(n, scheme="", http_host="shop.example")), None),
    "a port that is not a scheme": (log(lambda n: keyed(n, scheme="", http_host="shop.example:8443")), None),
    "the port of http": (log(lambda n: keyed(n, scheme="", http_host="shop.example:80")), "http://shop.example"),
    "names of other servers": (
        log(lambda n: keyed(n, http_host="shop.example", server_name=f"web{n}.internal")), "https://shop.example"),
}


def file_of(name):
    return name.replace(" ", "-")


def target_of(path):
    with open(path) as file:
        text = file.read()
    found = re.search(r"^target: (\S+)", text, re.M)
    return found and found[1].strip('"\'')


if __name__ == "__main__":
    for each, (lines, target) in LOGS.items():
        path = os.path.join(sys.argv[2], file_of(each))
        if sys.argv[1] == "write":
            with open(path + ".log", "w") as out:
                out.writelines(line + "\n" for line in lines)
        elif target_of(path + ".yaml") != target:
            print(f"{each}: {target_of(path + '.yaml')}, not {target}")
