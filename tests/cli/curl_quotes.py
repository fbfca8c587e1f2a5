"""The same requests as the developer tools of browsers have quoted them for cmd.exe.

curl_quotes.py PROGRAM: imports each of them, and prints those that differ from the import of the same
command in the quotes of a POSIX shell.
"""
import re
import shlex
import subprocess
import sys

URL = "http://127.0.0.1:8080/a?x=1&y=%20z"
BODIES = [
    '{"a":"b"}', "a=1&b=%20x%", "100%", "%PATH%", "%%", '{"p":"C:\\\\dir\\\\"}', 'x"y', '"', '""', 'a""b', "a\\", '\\"',
    '<a href="x">&amp;|</a>', '{"t":"line1\\nline2"}', "line1\nline2", "$1 `x` !y", '{"q":"$x"}', '{"e":"é"}',
    "it's", '{"q":"a\\"b"}', '{"a":["x","y"],"b":"p%20q"}', "a^b",
]


def chrome_2015(text):
    text = text.replace('"', '""').replace("%", '"%"').replace("\\", "\\\\")
    return '"' + re.sub(r"[\r\n]+", r'"^\g<0>"', text) + '"'


def carets(text, plain):
    text = re.sub(f"[^{plain}]", r"^\g<0>", text)
    return re.sub(r"\r?\n", "^\n\n", re.sub(r"%(?=[a-zA-Z0-9_])", "%^", text))


def chrome(text):
    return carets(text.replace("\\", "\\\\").replace('"', '\\"'), r"a-zA-Z0-9\s_\-:=+~'/.',?;()*`")


def chrome_2019(text):
    quote = '^"' if "\n" in text else '"'
    return quote + chrome(text) + quote


def chrome_2024(text):
    return '^"' + chrome(text) + '^"'


def firefox(text):
    text = re.sub(r"[`$]", r"\\\g<0>", text.replace("\\", "\\\\").replace('"', '""'))
    return carets(text, r"a-zA-Z0-9\s_\-:=+~/.',?;()*$&\\{}\"`")


def firefox_2021(text):
    return '"' + firefox(text) + '"'


def firefox_2024(text):
    return '^"' + firefox(text) + '^"'


def command(quote, body, separator):
    return separator.join([
        "curl " + quote(URL), "-X " + quote("POST"), "-H " + quote("Content-Type: text/plain"),
        "-H " + quote('X-Brands: "Chromium";v="99"'), "--data-raw " + quote(body)]) + "\n"


def imported(program, text):
    with open("quoted.sh", "w", encoding="utf-8", newline="") as out:
        out.write(text)
    done = subprocess.run([program, "import", "curl", "quoted.sh", "-q", "-o", "-"], capture_output=True, check=False)
    return done.stdout.decode() + done.stderr.decode()


def main():
    for body in BODIES:
        want = imported(sys.argv[1], command(shlex.quote, body, " \\\n"))
        for quote, separator in ((chrome_2015, " "), (chrome_2019, " "), (chrome_2024, " ^\r\n  "), (firefox_2021, " "),
                                 (firefox_2024, " ^\r\n  ")):
            got = imported(sys.argv[1], command(quote, body, separator))
            if "steps:" not in got or got != want:
                print(f"{quote.__name__} {body!r}:\n{command(quote, body, separator)}{got}")


main()
