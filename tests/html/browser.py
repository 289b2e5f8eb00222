# SPDX-License-Identifier: MIT
"""A real Chromium, driven by chromedriver's WebDriver protocol: nothing but Python's own library.

Each browser has an empty profile of its own and asks nothing of the network by itself, so that
whatever it asks is the page's.
"""

import json
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Missing(Exception):
    """There is no browser here, or it does not start."""


class Browser:
    def __init__(self):
        binary = next(filter(None, map(shutil.which, BROWSERS)), None)
        driver = shutil.which("chromedriver")
        if not binary or not driver:
            raise Missing("neither chromium and chromedriver nor their like" if not binary
                          else "no chromedriver")
        self.folder = tempfile.mkdtemp(prefix="perfev-page-")
        self.driver = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, text=True)
        try:
            self.base = f"http://127.0.0.1:{self.port()}"
            self.session = None
            self.start(binary)
        except BaseException:
            self.close()
            raise

    def port(self):
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                return int(line.split()[-1].rstrip("."))
        raise Missing("chromedriver ended at its start")

    def start(self, binary):
        try:
            told = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome",
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
                "goog:chromeOptions": {
                    "binary": binary,
                    "args": FLAGS + [f"--user-data-dir={self.folder}"],
                },
            }}})
        except RuntimeError as error:
            raise Missing(f"it does not start: {str(error).splitlines()[0]}") from error
        self.session = told["sessionId"]

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method, headers={
            "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode())
        # A proxy of the machine's has no part in this.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from error

    def do(self, method, path, body=None):
        return self.ask(method, f"/session/{self.session}{path}", body)

    def open(self, path):
        """Opens a file; what was logged before is forgotten."""
        self.do("POST", "/url", {"url": "about:blank"})
        self.logged("browser")
        self.logged("performance")
        self.do("POST", "/url", {"url": f"file://{path}"})

    def run(self, script, *arguments):
        """Runs the body of a function in the page and returns what that returns."""
        return self.do("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script, *arguments):
        """Until what a script returns is true; it returns that."""
        end = time.monotonic() + 30
        while True:
            got = self.run(script, *arguments)
            if got or time.monotonic() > end:
                return got
            time.sleep(0.05)

    def find(self, selector):
        found = self.do("POST", "/element", {"using": "css selector", "value": selector})
        return found[ELEMENT]

    def click(self, selector):
        """As a person would: the element must be there, in sight and not covered."""
        self.do("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, text):
        self.do("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def press(self, *keys):
        """Presses keys on whatever has the focus."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.do("POST", "/actions", {"actions": [
            {"type": "key", "id": "keyboard", "actions": actions}]})

    def resize(self, width, height, is_phone=False):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=2 if is_phone else 1, mobile=is_phone)

    def prefer(self, **features):
        """What the system prefers: prefer(color_scheme="dark")."""
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-" + name.replace("_", "-"), "value": value}
            for name, value in features.items()])

    def devtools(self, command, **parameters):
        return self.do("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def screenshot(self):
        """A PNG, in base64."""
        return self.do("GET", "/screenshot")

    def logged(self, kind):
        return self.do("POST", "/se/log", {"type": kind})

    def requests(self):
        """The addresses that were asked for since the page was opened."""
        messages = [json.loads(entry["message"])["message"] for entry in self.logged("performance")]
        return [message["params"]["request"]["url"] for message in messages
                if message["method"] == "Network.requestWillBeSent"]

    def close(self):
        try:
            if getattr(self, "session", None):
                self.do("DELETE", "")
        except (OSError, RuntimeError):
            pass  # it has gone already
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.driver.stdout.close()
            shutil.rmtree(self.folder, ignore_errors=True)
