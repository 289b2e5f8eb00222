# SPDX-License-Identifier: MIT
"""Tests: how the page looks: its head, dark and light, contrast, widths, names for all controls."""

import profiles
from page import percent
from tap import same

BACK = "return getComputedStyle(document.body).backgroundColor"
# The least contrast (WCAG 2) of all texts in sight to what they stand on, and of which.
CONTRAST = """
	const paint = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
	const over = (colour, back) => {
		paint.fillStyle = `rgb(${back.join()})`;
		paint.fillRect(0, 0, 1, 1);
		paint.fillStyle = colour;
		paint.fillRect(0, 0, 1, 1);
		return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
	};
	const light = ([r, g, b]) => {
		const [x, y, z] = [r, g, b].map((part) => part / 255).map((part) =>
			part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
		return 0.2126 * x + 0.7152 * y + 0.0722 * z;
	};
	const ratio = (a, b) => {
		const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
		return (x + 0.05) / (y + 0.05);
	};
	const backOf = (element) => {
		if (!element)
			return [255, 255, 255];
		const style = getComputedStyle(element);
		let back = over(style.backgroundColor, backOf(element.parentElement));
		if (element.matches(".number")) // the bar is behind a part of the text
			back = over(style.getPropertyValue("--bar") && getComputedStyle(
				document.querySelector("#bar")).backgroundColor, back);
		if (element.matches("g.frame")) {
			const rect = getComputedStyle(element.querySelector("rect"));
			paint.globalAlpha = Number(rect.fillOpacity);
			back = over(rect.fill, back);
			paint.globalAlpha = 1;
		}
		return back;
	};
	const bar = document.createElement("i");
	bar.id = "bar";
	bar.style.background = "var(--bar)";
	document.body.append(bar);
	const found = [];
	for (const element of document.querySelectorAll("body *")) {
		const text = [...element.childNodes].some((node) => node.nodeType === 3 &&
			node.data.trim());
		if (!text || element.closest("script, noscript, option, [hidden]") || !element.checkVisibility())
			continue;
		const back = backOf(element);
		const value = ratio(over(getComputedStyle(element).color, back), back);
		found.push([Math.round(value * 100) / 100, element.tagName, element.textContent.slice(0, 40)]);
	}
	bar.remove();
	return [found.length, found.sort((a, b) => a[0] - b[0]).slice(0, 3)];
"""


def the_head_says_what_was_recorded(page):
    """the head says what was recorded, and what is missing and why"""
    page.open(profiles.known())
    same(page.text("#command"), "app --fast <in")
    same(page.texts("#about dt"), ["Host", "Kernel", "Duration", "Samples"])
    same(page.texts("#about dd"), ["builder", "6.1.0-44-amd64 x86_64", "4.20 s", "127"])
    page.browser.click("#missing summary")
    told = page.texts("#missing li")
    for words in ("7 records lost", "Throttled 2 times", "3 samples where nothing was mapped",
                  "41 samples whose callers"):
        assert any(words in line for line in told), (words, told)
    sums, _, whole = page.profile.sums(0)
    unknown = sum(own for number, (own, _) in sums.items() if not page.profile.functions[number][1])
    same(told[-1].split(" ")[0], percent(unknown, whole))
    page.browser.click("h1")
    assert not page.is_shown("#missing ul"), "it lies over the rest for ever"


def what_is_not_known_is_not_said(page):
    """a profile that says nothing of itself has no empty words in its head"""
    profile = profiles.Profile(["cycles"], [(2, 1, "/bin/a", "main")])
    profile.add(0, ("", -1, -1, -1), 1, 1, 0)
    page.open(profile)
    same(page.texts("#about dt"), ["Samples"])
    assert not page.is_shown("#missing") and not page.is_shown("#by-command")
    same(page.texts("#whom option"), ["All"])


def dark_and_light(page):
    """dark and light are as the system has it, until one says otherwise"""
    page.open(profiles.known())
    light = page.browser.run(BACK)
    page.browser.prefer(color_scheme="dark", reduced_motion="reduce")
    page.wait("document.documentElement.dataset.theme === 'dark'")
    dark = page.browser.run(BACK)
    assert light != dark, light
    page.browser.click("#theme")
    same(page.browser.run(BACK), light)
    page.browser.click("#theme")
    same(page.browser.run(BACK), dark)
    page.browser.run("localStorage.clear()")


def texts_can_be_read(page):
    """every text has a contrast of 4.5 to 1, in the dark and in the light"""
    for scheme in ("light", "dark"):
        page.browser.prefer(color_scheme=scheme, reduced_motion="reduce")
        page.open(profiles.known())
        page.browser.click("#missing summary")
        for step in ("missing", "search", "chosen", "zoomed"):
            if step == "search":
                page.browser.click("h1")
                page.search("deflate")
            elif step == "chosen":
                page.search(" ")
                page.click_row("longest_match")
            elif step == "zoomed":
                page.click_frame("compress")
            page.frames()
            count, least = page.browser.run(CONTRAST)
            assert count > 40, count
            assert least[0][0] >= 4.5, (scheme, step, least)


def kinds_have_colours(page):
    """colours say whose code it is, and the legend says which colour that is"""
    page.open(profiles.known())
    same([words.strip() for words in page.texts("#legend li")],
         ["Program", "Library", "Kernel", "Made at run time (JIT)", "Unknown", "Command",
          "Smaller, together"])
    hues = {}
    for name in ("compress", "memcpy", "vfs_write", "Lcom/Main;::run", "[unknown]", "app"):
        hues[name] = page.frames(name)[0]["fill"]
    same(len(set(hues.values())), 6)


def all_widths_do(page):
    """nothing is cut off from 360 to 1920 pixels"""
    for width, height in ((360, 640), (390, 844), (768, 1024), (1024, 768), (1280, 800), (1920, 1080)):
        page.browser.resize(width, height, is_phone=width < 500)
        page.open(profiles.known())
        for panes in ("both", "graph", "table"):
            page.look(panes)
            wide, seen = page.browser.run("const {scrollWidth, clientWidth} = document.documentElement;"
                                          "return [scrollWidth, clientWidth]")
            same((width, panes, wide), (width, panes, seen))
            out = page.browser.run("return [...document.querySelectorAll('button, select, input, dd, th')]"
                                   ".filter((at) => at.checkVisibility() && !at.closest('#path, #licences')"
                                   " && (at.getBoundingClientRect().right > innerWidth + 1"
                                   " || at.getBoundingClientRect().left < -1)).map((at) => at.outerHTML)")
            same(out, [])
            if panes != "table":
                wide = page.frames("All")[0]
                assert wide["width"] > 0.99, wide


def the_window_may_change(page):
    """the graph follows the window's width"""
    page.open(profiles.known())
    before = page.browser.run("return document.querySelector('#flames svg').clientWidth")
    page.browser.resize(1000, 800)
    page.wait(f"document.querySelector('#flames svg').clientWidth < {before}")
    box, drawn = page.browser.run("const box = document.querySelector('#flames');"
                                  "return [box.clientWidth, box.querySelector('svg').clientWidth]")
    assert abs(box - drawn) <= 4, (box, drawn)


def controls_have_names(page):
    """whatever can be reached has a name for readers of screens"""
    page.open(profiles.known())
    page.click_row("compress")
    nodes = page.browser.devtools("Accessibility.getFullAXTree")["nodes"]
    roles = {}
    for node in nodes:
        role = node.get("role", {}).get("value")
        if node.get("ignored") or role not in ("button", "combobox", "searchbox", "radio", "checkbox",
                                               "treeitem", "tree", "table", "navigation", "group"):
            continue
        roles.setdefault(role, []).append(node.get("name", {}).get("value", ""))
    for role in ("button", "combobox", "searchbox", "radio", "checkbox", "treeitem", "tree", "table"):
        assert roles.get(role), f"there is no {role}"
        assert all(roles[role]), (role, roles[role])


TESTS = [the_head_says_what_was_recorded, what_is_not_known_is_not_said, dark_and_light,
         texts_can_be_read, kinds_have_colours, all_widths_do, the_window_may_change,
         controls_have_names]
