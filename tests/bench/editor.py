"""How fast the page of `reprise edit` is shown in Chromium, and how large it is."""
import json
import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.environ.get("PAGE_TOOLS", os.path.expanduser("~/.cache/reprise-page"))


def editor_page(setting, table):
    """Time from the start of the navigation to the skeleton and to the first button that can be used."""
    if not (shutil.which("node") and shutil.which("chromium") and
            os.path.isdir(os.path.join(TOOLS, "node_modules/playwright-core"))):
        table.note("editor_page: not measured; it needs Chromium and tests/page/journeys/install")
        return
    folder = os.path.join(setting.folder, "editor")
    os.makedirs(folder, exist_ok=True)
    with subprocess.Popen([setting.reprise.program, "edit", "--no-browser", folder],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as editor:
        try:
            found = re.search(r"http://\S+", editor.stdout.readline())
            if not found:
                table.note("editor_page: not measured; this build has no page")
                return
            result = subprocess.run(
                ["node", os.path.join(HERE, "editor.mjs"), found.group(0), str(setting.rounds)],
                env={**os.environ, "PAGE_TOOLS": TOOLS}, capture_output=True, text=True, timeout=300,
                check=False)
        finally:
            editor.terminate()
    if result.returncode:
        raise RuntimeError(result.stderr)
    times = json.loads(result.stdout)
    table.row("editor: the skeleton is shown", times["skeleton"], 300, digits=0, unit=" ms")
    table.row("editor: the page can be used", times["usable"], 1000, digits=0, unit=" ms")


ALL = [editor_page]
