#!/usr/bin/env python3
"""browser - opens a page in headless Chromium and does what a person would

browser.py [--dark] [--print] [--width=N] [--no-script] PAGE|URL STEP...

A step is click=SELECTOR (with the mouse, in the middle of what the selector
finds), key=NAME (Tab, Enter, Space), type=TEXT, wait=EXPRESSION (until it is
true), eval=EXPRESSION (prints its value as JSON), load (prints how many
milliseconds it took until the page was loaded) or shot=FILE (a picture; the
whole page as far as 4000 pixels). Speaks the DevTools protocol over a pipe:
nothing listens anywhere. Exit 1: a step failed, 2: trouble.
"""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

KEYS = {"Tab": 9, "Enter": 13, "Space": 32}
TEXTS = {"Enter": "\r", "Space": " "}


class Browser:
    def __init__(self, program, profile, width):
        to_child, self.out = os.pipe()
        self.inp, from_child = os.pipe()
        # What a child finds as 3 and 4 must not be moved over each other.
        high = [os.dup(to_child), os.dup(from_child)]

        def place():
            os.dup2(os.dup(high[0]), 103)
            os.dup2(os.dup(high[1]), 104)
            os.dup2(103, 3)
            os.dup2(104, 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu",
             "--remote-debugging-pipe", "--user-data-dir=" + profile,
             "--no-first-run", "--disable-dev-shm-usage",
             f"--window-size={width},900", "about:blank"],
            preexec_fn=place, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for fd in (to_child, from_child, *high):
            os.close(fd)
        self.buffer, self.number, self.session = b"", 0, None
        self.events = []

    def read(self):
        while b"\0" not in self.buffer:
            data = os.read(self.inp, 1 << 16)
            if not data:
                sys.exit("browser.py: the browser ended")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"browser.py: {method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait_event(self, name):
        while not any(e.get("method") == name for e in self.events):
            self.events.append(self.read())

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression,
                           returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            fail(expression + ": " +
                 str(result["exceptionDetails"].get("exception")))
        return result["result"].get("value")


def fail(reason):
    print("browser.py: " + reason, file=sys.stderr)
    sys.exit(1)


def click(browser, selector):
    place = browser.evaluate(
        "(() => { const e = document.querySelector(%s); if (!e) return null;"
        "e.scrollIntoView({block: 'center'});"
        "const r = e.getBoundingClientRect();"
        "return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        % json.dumps(selector))
    if not place:
        fail("nothing to click: " + selector)
    for kind in ("mousePressed", "mouseReleased"):
        browser.call("Input.dispatchMouseEvent", type=kind, x=place[0],
                     y=place[1], button="left", clickCount=1)


def key(browser, name):
    for kind in ("keyDown", "keyUp"):
        extra = {"text": TEXTS[name]} if name in TEXTS else {}
        browser.call("Input.dispatchKeyEvent", type=kind,
                     key=" " if name == "Space" else name, code=name,
                     windowsVirtualKeyCode=KEYS[name], **extra)


def wait(browser, expression):
    for _ in range(200):
        if browser.evaluate(expression):
            return
        time.sleep(0.05)
    fail("never true: " + expression)


def shot(browser, path, width):
    height = browser.evaluate("document.documentElement.scrollHeight")
    data = browser.call(
        "Page.captureScreenshot", captureBeyondViewport=True,
        clip={"x": 0, "y": 0, "width": width, "height": min(height, 4000),
              "scale": 1})["data"]
    pathlib.Path(path).write_bytes(base64.b64decode(data))


def step(browser, word, width, loaded):
    name, _, value = word.partition("=")
    if name == "click":
        click(browser, value)
    elif name == "key":
        key(browser, value)
    elif name == "type":
        browser.call("Input.insertText", text=value)
    elif name == "wait":
        wait(browser, value)
    elif name == "eval":
        print(json.dumps(browser.evaluate(value)), flush=True)
    elif name == "load":
        print(round(loaded * 1000), flush=True)
    elif name == "shot":
        shot(browser, value, width)
    else:
        sys.exit("browser.py: unknown step: " + word)


def drive(browser, page, steps, width, options):
    target = browser.call("Target.createTarget", url="about:blank")
    browser.session = browser.call(
        "Target.attachToTarget", targetId=target["targetId"],
        flatten=True)["sessionId"]
    browser.call("Page.enable")
    browser.call("Emulation.setDeviceMetricsOverride", width=width,
                 height=900, deviceScaleFactor=1, mobile=width < 600)
    scheme = "dark" if "--dark" in options else "light"
    browser.call("Emulation.setEmulatedMedia",
                 media="print" if "--print" in options else "screen",
                 features=[{"name": "prefers-color-scheme",
                            "value": scheme}])
    if "--no-script" in options:
        browser.call("Emulation.setScriptExecutionDisabled", value=True)
    start = time.monotonic()
    browser.call("Page.navigate", url=page)
    browser.wait_event("Page.loadEventFired")
    loaded = time.monotonic() - start
    for word in steps:
        step(browser, word, width, loaded)


def main():
    options = [a for a in sys.argv[1:] if a.startswith("--")]
    page, *steps = [a for a in sys.argv[1:] if not a.startswith("--")]
    width = next((int(o[8:]) for o in options if o.startswith("--width=")),
                 1200)
    path, mark, fragment = page.partition("#")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        sys.exit("browser.py: no chromium here")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile, width)
        try:
            if not path.startswith("http:"):
                path = pathlib.Path(path).resolve().as_uri()
            drive(browser, path + mark + fragment, steps, width, options)
        finally:
            browser.process.terminate()
            browser.process.wait()


main()
