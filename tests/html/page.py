# SPDX-License-Identifier: MIT
"""The page of perfev report --html as its reader has it: what it shows, what one can do with it."""

import subprocess

ENTER, ESCAPE, BACKSPACE, TAB = "\ue007", "\ue00c", "\ue003", "\ue004"
LEFT, UP, RIGHT, DOWN = "\ue012", "\ue013", "\ue014", "\ue015"

ROWS = """
	for (let more = document.querySelector("#more"); !more.hidden;)
		more.click();
	return [...document.querySelectorAll("tbody tr")].map((row) => [
		row.querySelector("button").textContent, row.querySelector(".module").title,
		...[...row.querySelectorAll(".number > *")].map((cell) => cell.textContent)]);
"""
# Where each frame is, in parts of the graph's width, and its row from the callers' end on.
FRAMES = """
	const box = document.querySelector("#flames svg").getBoundingClientRect();
	const root = document.querySelector("g.frame[aria-level='1']").getBoundingClientRect();
	return [...document.querySelectorAll("g.frame")].map((frame) => {
		const at = frame.querySelector("rect").getBoundingClientRect();
		return {name: frame.getAttribute("name"), left: (at.left - box.left) / box.width,
			width: at.width / box.width, row: Math.round((root.top - at.top) / 20),
			fill: getComputedStyle(frame.querySelector("rect")).fill,
			label: frame.getAttribute("aria-label"), isMarked: frame.matches(".marked")};
	});
"""


def percent(part, whole):
    """As the terminal prints it, by printf()."""
    return "%.2f%%" % (100 * part / whole)


def grouped(number):
    return f"{number:,}"


class Page:
    def __init__(self, browser, made_page, folder):
        self.browser = browser
        self.made_page = made_page
        self.folder = folder
        self.count = 0

    def make(self, profile, *most):
        """Makes the page of a profile and returns its path."""
        self.count += 1
        path = f"{self.folder}/page-{self.count}.html"
        with open(path, "wb") as file:
            subprocess.run([self.made_page, *map(str, most)], stdout=file, check=True,
                           input=profile.text().encode("utf-8", "surrogateescape"))
        return path

    def open(self, profile, *most):
        self.browser.open(self.make(profile, *most))
        self.wait("document.querySelector('tbody tr, #nothing:not([hidden])')")
        self.profile = profile

    def wait(self, expression):
        assert self.browser.wait(f"return !!({expression})"), f"never came true: {expression}"

    def text(self, selector):
        return self.browser.run(
            "return document.querySelector(arguments[0]).textContent", selector)

    def texts(self, selector):
        return self.browser.run("return [...document.querySelectorAll(arguments[0])]"
                                ".map((element) => element.textContent)", selector)

    def is_shown(self, selector):
        return self.browser.run("return document.querySelector(arguments[0]).checkVisibility()",
                                selector)

    def rows(self):
        return self.browser.run(ROWS)

    def frames(self, name=None):
        """The frames as they lie when they have come to rest."""
        self.wait("![...document.querySelectorAll('#flames svg *')].some((at) => at.__transition)")
        return [frame for frame in self.browser.run(FRAMES) if name in (None, frame["name"])]

    def choose(self, selector, words):
        """Chooses the option of a list that begins so, as a person does."""
        value = self.browser.run("return [...document.querySelector(arguments[0]).options]"
                                 ".find((option) => option.text.startsWith(arguments[1])).value",
                                 selector, words)
        self.browser.click(f"{selector} option[value='{value}']")

    def look(self, view):
        self.browser.click(f"input[value={view}] + span")

    def search(self, text):
        self.browser.run("document.querySelector('#search').value = ''")
        self.browser.type("#search", text)

    def click_frame(self, name, at=0):
        self.frames()
        self.browser.run(
            "document.querySelectorAll('g.frame').forEach((frame) => frame.removeAttribute('data-at'));"
            "[...document.querySelectorAll('g.frame')].filter((frame) =>"
            " frame.getAttribute('name') === arguments[0])[arguments[1]].dataset.at = 'it'", name, at)
        self.browser.click("g.frame[data-at=it] rect")

    def click_row(self, name):
        self.browser.run("[...document.querySelectorAll('tbody button')].find((button) =>"
                         " button.textContent === arguments[0]).dataset.at = 'it'", name)
        self.browser.click("tbody button[data-at=it]")

    def expected_rows(self, event, **whom):
        """What the table must say of an event and whom, in the order of names."""
        sums, _, whole = self.profile.sums(event, **whom)
        return sorted([*reversed(self.profile.functions[number][2:]), percent(own, whole), grouped(own),
                       percent(total, whole), grouped(total)]
                      for number, (own, total) in sums.items())
