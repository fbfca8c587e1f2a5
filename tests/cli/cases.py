"""Runs the cases of a golden file and prints the file again with what the program does now.

cases.py REPRISE FILE
cases.py --files FILE FOLDER    writes the files of case N to FOLDER/N instead

A case of the file:

    == what the user did
    --- NAME                a file, until the next line that starts with ---
    --- NAME, escaped       the same with the escapes of printf, such as \\xe4
    $ COMMAND               run by a shell in a folder with these files; `reprise` is the program,
                            `check TEXT` checks a scenario with a target and this text, and
                            `once TEXT` runs it once and prints its failures
    (the output)
    status N

Ports, durations, sizes and seeds in the output are replaced, because they differ each time. SERVER in a
file or command is the URL in the environment variable SERVER_URL.
"""
import codecs
import os
import re
import shutil
import subprocess
import sys
import tempfile

SERVER = os.environ["SERVER_URL"]


SCRIPTS = {
    "check": """printf 'target: http://127.0.0.1:8080\\n%b\\n' "$1" >shop.yaml
exec reprise check shop.yaml
""",
    "once": """printf 'target: """ + SERVER + """\\n%b\\n' "$1" >shop.yaml
reprise run --once shop.yaml >out 2>&1
status=$?
sed '1d; /^\\(PASSED\\|FAILED\\)/,$d' out
exit $status
""",
}


def steady(text):
    text = text.replace(SERVER, "SERVER")
    text = text.replace(SERVER.split("://")[1], "127.0.0.1:PORT")
    text = re.sub(r"\b\d+(\.\d+)? (ms|µs)\b", "N ms", text)
    text = re.sub(r"\b\d+(\.\d+)? (bytes|kB)\b", r"N \2", text)
    return re.sub(r"seed \d{6,}", "seed N", text)


def run(reprise, files, command):
    folder = tempfile.mkdtemp()
    try:
        for name, content in files:
            with open(os.path.join(folder, name), "wb") as out:
                out.write(content)
        bin_folder = os.path.join(folder, ".bin")
        os.mkdir(bin_folder)
        os.symlink(reprise, os.path.join(bin_folder, "reprise"))
        for name, script in SCRIPTS.items():
            with open(os.path.join(bin_folder, name), "w") as out:
                out.write("#!/bin/bash\n" + script)
            os.chmod(os.path.join(bin_folder, name), 0o755)
        environment = dict(os.environ, PATH=bin_folder + ":" + os.environ["PATH"], COLUMNS="100")
        done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
    finally:
        shutil.rmtree(folder)
    output = steady(done.stdout.decode("utf-8", "replace"))
    if output and not output.endswith("\n"):
        output += "\n"
    return output + "status %d\n" % done.returncode


def content_of(name, text):
    text = text.replace("SERVER", SERVER)
    if name.endswith(", escaped"):
        return name[:-len(", escaped")], codecs.escape_decode(text.encode())[0]
    return name, text.encode()


def files_of(head):
    files = []
    for part in ("\n" + head).split("\n--- ")[1:]:
        name, _, text = part.partition("\n")
        files.append(content_of(name, text + "\n" if text else text))
    return files


def write_files(cases, folder):
    for number, case in enumerate(cases, 1):
        place = os.path.join(folder, str(number))
        os.makedirs(place)
        for name, content in files_of(case.partition("\n$ ")[0]):
            with open(os.path.join(place, name), "wb") as out:
                out.write(content)


def run_case(reprise, case):
    """CASE is the text after its title; returns it with the present output."""
    head, _, rest = case.partition("\n$ ")
    command = rest.split("\n", 1)[0]
    files = files_of(head)
    return "%s\n$ %s\n%s" % (head, command, run(reprise, files, command.replace("SERVER", SERVER)))


def main():
    reprise, path = os.path.abspath(sys.argv[1]), sys.argv[2]
    with open(path, encoding="utf-8") as golden:
        parts = re.split(r"^(== .*)$", golden.read(), flags=re.M)
    if sys.argv[1] == "--files":
        write_files(parts[2::2], sys.argv[3])
        return
    print(parts[0], end="")
    for title, case in zip(parts[1::2], parts[2::2]):
        print(title + run_case(reprise, case.rstrip("\n")) + "\n", end="")


main()
