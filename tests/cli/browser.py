#!/usr/bin/env python3
"""browser.py PROFILE URL STEP...: opens URL in Chromium and goes through the steps.

A step is an expression in JavaScript, tried until it is true (20 s), or one of

    move CHART X          the pointer goes to that share of the chart's width
    drag CHART FROM TO    a stretch of the chart is chosen
    key NAME              a key is pressed

Whatever the page complains about on its console fails, as does a step that never comes true. The
browser is spoken to over pipes (--remote-debugging-pipe), so that no port is needed.
"""
import json
import os
import subprocess
import sys
import time


class Browser:
    def __init__(self, profile):
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def plumb():
            # 3 and 4 are what Chromium speaks on; the ends may have those numbers already.
            reading, writing = os.dup(to_read), os.dup(from_write)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--window-size=1200,900", "--user-data-dir=" + profile,
             "--remote-debugging-pipe", "about:blank"],
            preexec_fn=plumb, close_fds=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.out, self.into = os.fdopen(to_write, "wb", 0), os.fdopen(from_read, "rb")
        self.rest, self.number, self.session, self.complaints = b"", 0, None, []

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.into.fileno(), 1 << 16)
            if not more:
                raise SystemExit("the browser has ended")
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **params):
        self.number += 1
        question = {"id": self.number, "method": method, "params": params}
        if self.session:
            question["sessionId"] = self.session
        self.out.write(json.dumps(question).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit("%s: %s" % (method, answer["error"]))
                return answer["result"]
            if answer.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(str(answer["params"]["exceptionDetails"])[:2000])
            elif answer.get("method") == "Log.entryAdded":
                self.complaints.append(str(answer["params"]["entry"])[:2000])
            elif answer.get("method") == "Runtime.consoleAPICalled":
                self.complaints.append(str(answer["params"]["args"])[:2000])

    def open(self, url):
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in "Runtime", "Log", "Page":
            self.ask(domain + ".enable")
        self.ask("Page.navigate", url=url)

    def value(self, expression):
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return None if "exceptionDetails" in result else result["result"].get("value")

    def until(self, expression):
        end = time.monotonic() + 20
        while not self.value(expression):
            if time.monotonic() > end:
                verdict = self.value("document.getElementById('verdict').innerText")
                raise SystemExit("\n".join(["never true: " + expression, str(verdict)] +
                                           self.complaints))
            time.sleep(0.05)

    def place(self, chart, share):
        box = self.value("""(function () {
            var x = document.querySelector('[data-chart=%s] .xa');
            x.scrollIntoView({block: 'center', behavior: 'instant'});
            var b = x.getBoundingClientRect();
            return [b.left, b.top, b.width];
        })()""" % chart)
        return box[0] + float(share) * box[2], box[1] + 60

    def mouse(self, kind, at, **more):
        self.ask("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], **more)

    def step(self, step):
        words = step.split()
        if words[0] == "move":
            # Over another chart at the same place of the window there would be no movement.
            at = self.place(words[1], words[2])
            self.mouse("mouseMoved", (at[0] - 3, at[1]))
            self.mouse("mouseMoved", at)
        elif words[0] == "drag":
            begin, end = self.place(words[1], words[2]), self.place(words[1], words[3])
            self.mouse("mouseMoved", begin)
            self.mouse("mousePressed", begin, button="left", buttons=1, clickCount=1)
            self.mouse("mouseMoved", end, button="left", buttons=1)
            self.mouse("mouseReleased", end, button="left", clickCount=1)
        elif words[0] == "key":
            self.ask("Input.dispatchKeyEvent", type="keyDown", key=words[1])
            self.ask("Input.dispatchKeyEvent", type="keyUp", key=words[1])
        else:
            self.until(step)


def main():
    browser = Browser(sys.argv[1])
    try:
        browser.open(sys.argv[2])
        browser.until("document.readyState === 'complete' && document.getElementById('verdict') !== null")
        for step in sys.argv[3:]:
            browser.step(step)
        if browser.complaints:
            raise SystemExit("the console says:\n" + "\n".join(browser.complaints))
    finally:
        browser.process.terminate()
        try:
            browser.process.wait(10)
        except subprocess.TimeoutExpired:
            browser.process.kill()


main()
