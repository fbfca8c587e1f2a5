#!/usr/bin/env python3
"""browser.py PROFILE URL STEP...: opens URL in Chromium and runs the steps.

A step is a JavaScript expression, repeated until it is true (20 s), or one of

    move CHART X          moves the pointer to X, a fraction of the chart's width
    drag CHART FROM TO    selects a range of the chart
    key NAME              presses a key
    size WIDTH            sets the width of the window in pixels
    scheme light|dark     sets the preferred colour scheme
    touch FILE            creates a file, as a signal to the test
    forget                ignores the console messages so far
    contrast              every visible text has a contrast of at least 4.5 to 1
    heard                 charts, tables, buttons and links have accessible names

Console messages, dialogs and steps that never become true are failures. chromium_pipe.py starts the
browser.
"""
import json
import os
import subprocess
import sys
import time

import chromium_pipe


# Texts with too little contrast to their background (WCAG 2, 1.4.3).
FAINT = """(function () {
    function light(c) {
        return c.slice(0, 3).map(function (v) {
            v /= 255;
            return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
        }).reduce(function (sum, v, i) { return sum + v * [0.2126, 0.7152, 0.0722][i]; }, 0);
    }
    function numbers(text) { return text.match(/[\\d.]+/g).map(Number); }
    function over(top, under) {
        var a = top[3] === undefined ? 1 : top[3];
        return [0, 1, 2].map(function (i) { return top[i] * a + under[i] * (1 - a); });
    }
    function background(e) {
        var list = [];
        for (; e; e = e.parentElement) list.unshift(numbers(getComputedStyle(e).backgroundColor));
        return list.reduce(function (under, top) { return over(top, under); }, [255, 255, 255]);
    }
    var walker = document.createTreeWalker(document.body, 4), faint = [], seen = 0;
    while (walker.nextNode()) {
        var text = walker.currentNode, e = text.parentElement, svg = e.closest('svg');
        if (!text.data.trim() || !e.getClientRects().length || /SCRIPT|STYLE/.test(e.tagName)) continue;
        var under = background(svg ? svg.parentElement : e);
        var colour = over(numbers(getComputedStyle(e)[svg ? 'fill' : 'color']), under);
        var a = light(colour), b = light(under);
        seen++;
        if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) faint.push(text.data.slice(0, 40));
    }
    return seen > 100 ? faint : ['only ' + seen + ' texts'];
})()"""

# Windows key codes; Chromium ignores key events without them.
KEYS = {"Tab": 9, "Enter": 13}


class Browser:
    def __init__(self, profile):
        self.process, into, out = chromium_pipe.start(
            ["--window-size=1200,900", "--user-data-dir=" + profile])
        self.out, self.into = os.fdopen(into, "wb", 0), os.fdopen(out, "rb")
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
            elif answer.get("method") == "Page.javascriptDialogOpening":
                raise SystemExit("a dialog: " + str(answer["params"])[:2000])

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

    def hear(self):
        nameless = []
        for node in self.ask("Accessibility.getFullAXTree")["nodes"]:
            role = node.get("role", {}).get("value")
            if role in ("image", "img", "table", "button", "link", "figure") and not node["ignored"] \
                    and not node.get("name", {}).get("value"):
                nameless.append((role, str(node.get("childIds"))))
        if nameless:
            raise SystemExit("without a name: %s" % nameless)

    def step(self, step):
        words = step.split()
        if words[0] == "move":
            # Without this, a chart at the same position in the window would get no mouse move event.
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
            more = {"windowsVirtualKeyCode": KEYS.get(words[1], 0), "code": words[1]}
            if words[1] == "Enter":
                more["text"] = "\r"
            self.ask("Input.dispatchKeyEvent", type="keyDown", key=words[1], **more)
            self.ask("Input.dispatchKeyEvent", type="keyUp", key=words[1])
        elif words[0] == "size":
            self.ask("Emulation.setDeviceMetricsOverride", width=int(words[1]), height=900,
                     deviceScaleFactor=1, mobile=False)
        elif words[0] == "scheme":
            self.ask("Emulation.setEmulatedMedia",
                     features=[{"name": "prefers-color-scheme", "value": words[1]}])
        elif words[0] == "touch":
            open(words[1], "w").close()
        elif step == "forget":
            self.value("1")
            self.complaints = []
        elif step == "contrast":
            faint = self.value(FAINT)
            if faint != []:
                raise SystemExit("hard to read: %s" % faint)
        elif step == "heard":
            self.hear()
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
