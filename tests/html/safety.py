# SPDX-License-Identifier: MIT
"""Tests: names are never more than text, the page asks nobody, and nothing else may run in it."""

import profiles
from tap import same

EVIL = profiles.EVIL


def evil():
    """A profile in which everything that can be named is named by someone evil."""
    functions = [(2, 1, f"/lib/{name}", name) for name in EVIL]
    profile = profiles.Profile(EVIL[:3], functions, about=(*EVIL[:3], EVIL[0], 1, 10**9))
    for at in range(len(EVIL)):
        profile.add(at % 3, (EVIL[at], at, at, at), 1, 100 + at, *range(at, -1, -1))
        profile.add(0, (EVIL[at], at, at, at), 1, 100 + at, at)
    return profile


def names_are_only_text(page):
    """names that look like HTML or JavaScript are only text, wherever they are shown"""
    page.open(evil())
    for view in ("icicle", "callers", "flame"):
        page.look(view)
        page.frames()
    names = {row[0] for row in page.rows()}
    same(names, {name for at, name in enumerate(EVIL)})
    page.click_frame(EVIL[0])
    page.click_row(EVIL[1])
    page.browser.click("#callers")
    page.search("<")
    for event in EVIL[:3]:
        page.choose("#event", event)
    page.choose("#whom", EVIL[2])
    title = page.browser.run("return document.title")
    same(title, f"{EVIL[0]} – perfev")
    same(page.browser.run("return document.querySelectorAll('img, iframe, object, embed, b b, #flames a,"
                          " svg svg, #command *, .what b, #path b, optgroup b').length"), 0)
    same(page.browser.run("return document.scripts.length"), 1)
    same(page.text("#command"), EVIL[0])
    same([entry["message"] for entry in page.browser.logged("browser")], [])


def strange_bytes_are_replaced(page):
    """bytes that are no text become U+FFFD, and all else stays as it is"""
    profile = profiles.Profile(["cycles"], [(2, 1, "/bin/\udcff", "bad\udc80name")])
    profile.add(0, ("\udcfe", 1, 1, 0), 1, 1, 0)
    page.open(profile)
    same([row[:2] for row in page.rows()], [["bad\ufffdname", "/bin/\ufffd"]])


def nobody_is_asked(page):
    """the page asks nobody for anything, and says nothing to the console"""
    path = page.make(profiles.known())
    page.browser.open(path)
    page.wait("document.querySelector('tbody tr')")
    page.search("a")
    page.look("callers")
    page.choose("#event", "page-faults")
    page.frames()
    asked = [url for url in page.browser.requests() if not url.startswith("data:")]
    same(asked, [f"file://{path}"])
    same([entry["message"] for entry in page.browser.logged("browser")], [])


def the_policy_lets_nothing_else_run(page):
    """its policy refuses other scripts, other styles and every connection"""
    page.open(profiles.known())
    script = """
		const refused = [];
		document.addEventListener("securitypolicyviolation",
			(event) => refused.push(event.effectiveDirective));
		const add = (tag, change) => document.body.append(Object.assign(document.createElement(tag),
			change));
		add("script", {textContent: "document.title = 'evil'"});
		add("style", {textContent: "body { display: none }"});
		add("img", {src: "http://127.0.0.1:9/x.png"});
		add("iframe", {src: "http://127.0.0.1:9/"});
		let evaluated = "no";
		// Not in this call: what the driver runs itself may evaluate.
		setTimeout(() => {
			try { evaluated = (0, eval)("'yes'"); } catch (error) { evaluated = error.name; }
		});
		return fetch("http://127.0.0.1:9/").catch(() => "not fetched").then((answer) =>
			new Promise((done) => setTimeout(() => done([answer, evaluated, refused, document.title,
				getComputedStyle(document.body).display]), 200)));
	"""
    answer, evaluated, refused, title, display = page.browser.run(script)
    same((answer, evaluated, title, display),
         ("not fetched", "EvalError", "app --fast <in – perfev", "flex"))
    for what in ("script-src-elem", "style-src-elem", "img-src", "frame-src", "connect-src"):
        assert what in refused, (what, refused)


def licences_are_in_the_page(page):
    """the page has the licences of what it is made with"""
    page.open(profiles.known())
    words = page.text("#licences pre")
    for part in ("d3-flame-graph", "Apache License", "d3-selection", "Mike Bostock", "internmap"):
        assert part in words, part


TESTS = [names_are_only_text, strange_bytes_are_replaced, nobody_is_asked,
         the_policy_lets_nothing_else_run, licences_are_in_the_page]
