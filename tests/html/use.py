# SPDX-License-Identifier: MIT
"""Tests: what a reader does with the page, by mouse and by keyboard."""

import profiles
from page import BACKSPACE, DOWN, ENTER, ESCAPE, LEFT, RIGHT, TAB, UP, grouped, percent
from tap import same

FOCUSED = "return document.activeElement.getAttribute('name') || document.activeElement.id"


def a_click_zooms_and_the_path_leads_back(page):
    """a click zooms to a frame, and the path above leads back"""
    page.open(profiles.known())
    page.click_frame("compress")
    same(page.texts("#path button"), ["All", "app", "main", "compress"])
    wide = page.frames("compress")[0]
    assert wide["width"] > 0.999, wide
    same({frame["name"] for frame in page.frames() if frame["row"] > wide["row"]},
         {"deflate_slow", "longest_match", "memcpy"})
    page.browser.click("#path li:nth-child(2) button")
    same(page.texts("#path button"), ["All", "app"])
    page.browser.click("#path li:first-child button")
    same(page.texts("#path button"), ["All"])
    assert page.frames("compress")[0]["width"] < 0.9


def zooming_draws_what_was_too_narrow(page):
    """what is too narrow to be drawn is drawn when one zooms in"""
    profile = profiles.Profile(["cycles"], [(2, 1, "/bin/a", name) for name in
                                            ("main", "rare", "within", "often")])
    whom = ("a", -1, -1, -1)
    profile.add(0, whom, 1, 1000000, 0, 3)
    profile.add(0, whom, 1, 2000, 0, 1)
    profile.add(0, whom, 1, 50, 0, 1, 2)
    page.open(profile)
    same(page.frames("within"), [])
    page.click_frame("rare")
    same(len(page.frames("within")), 1)


def views_hang_and_stand(page):
    """flames stand on their callers, icicles and callers hang"""
    page.open(profiles.known())
    where = "const y = (name) => document.querySelector(`g.frame[name=${name}]`)" \
            ".getBoundingClientRect().top; return Math.sign(y('main') - y('All'))"
    page.frames()
    same(page.browser.run(where), -1)
    page.look("icicle")
    page.frames()
    same(page.browser.run(where), 1)
    page.look("flame")
    page.frames()
    same(page.browser.run(where), -1)


def commands_can_be_left_out(page):
    """the commands under the stacks can be left out"""
    page.open(profiles.known())
    same(len(page.frames("gzip")), 1)
    same(len(page.frames("main")), 3)
    page.browser.click("#by-command input")
    same(page.frames("gzip"), [])
    same(len(page.frames("main")), 1)


def table_and_graph_mark_each_other(page):
    """a row marks its frames, and a frame its row"""
    page.open(profiles.known())
    page.click_row("deflate_slow")
    frames = page.frames()
    same({frame["name"] for frame in frames if frame["isMarked"]}, {"deflate_slow"})
    same(sum(frame["isMarked"] for frame in frames),
         sum(frame["name"] == "deflate_slow" for frame in frames))
    page.browser.click("#forget")
    same([frame for frame in page.frames() if frame["isMarked"]], [])
    page.click_frame("vfs_write")
    same(page.texts("tr[aria-selected] button"), ["vfs_write"])


def what_is_looked_for_comes_into_sight(page):
    """what is searched for or chosen comes into sight"""
    names = [f"level_{depth}" for depth in range(100)]
    profile = profiles.Profile(["cycles"], [(2, 1, "/bin/a", name) for name in names])
    profile.add(0, ("a", -1, -1, -1), 1, 1, *range(100))
    page.open(profile)
    is_seen = "return ((box, at) => at.top >= box.top && at.bottom <= box.bottom)(" \
              "document.querySelector('#flames').getBoundingClientRect(), document.querySelector(" \
              "`g.frame[name=${arguments[0]}]`).getBoundingClientRect())"
    page.frames()
    same([page.browser.run(is_seen, name) for name in ("level_1", "level_95")], [True, False])
    page.search("level_95")
    page.frames()
    same([page.browser.run(is_seen, name) for name in ("level_1", "level_95")], [False, True])
    page.search("level_")
    page.click_row("level_3")
    page.frames()
    same(page.browser.run(is_seen, "level_3"), True)


def one_function_alone(page):
    """a function's callees and callers are shown from all of its places together"""
    profile = profiles.known()
    page.open(profile)
    total = profile.sums(0)[0][2][1]
    _, _, whole = profile.sums(0)
    page.click_row("deflate_slow")
    page.browser.click("#callees")
    same([frame["name"] for frame in page.frames()], ["deflate_slow", "longest_match"])
    same(page.frames("deflate_slow")[0]["label"],
         f"deflate_slow, {percent(total, whole)}, 70 samples")
    page.browser.click("#callers")
    same({frame["name"] for frame in page.frames()},
         {"deflate_slow", "compress", "main", "Lcom/Main;::run", "app"})
    same(page.texts("#path button"), ["All", "deflate_slow"])
    page.browser.click("#path li:first-child button")
    assert len(page.frames()) > 10


def functions_that_call_themselves_count_once(page):
    """a function that calls itself is one root of its callees"""
    page.open(profiles.known())
    page.click_row("walk")
    page.browser.click("#callees")
    same([frame["name"] for frame in page.frames()], ["walk", "walk", "walk", "memcpy"])


def columns_sort(page):
    """each column sorts, one way and the other"""
    page.open(profiles.known())
    number = {"self": 3, "total": 5}
    for column in ("self", "total", "name", "module"):
        if column != "self":
            page.browser.click(f"button[data-sort={column}]")
        for turn in range(2):
            rows = page.rows()
            if column in number:
                keys = [int(row[number[column]].replace(",", "")) for row in rows]
            elif column == "name":
                keys = [row[0].encode("utf-16-be") for row in rows]
            else:
                keys = [row[1].rsplit("/", 1)[-1] for row in rows]
            is_down = (column in number) != bool(turn)
            same((column, keys), (column, sorted(keys, reverse=is_down)))
            head = f"th:has(button[data-sort={column}])"
            same(page.browser.run("return document.querySelector(arguments[0]).ariaSort", head),
                 "descending" if is_down else "ascending")
            page.browser.click(f"button[data-sort={column}]")


def pointing_says_more(page):
    """pointing at a frame says what it is, of which module, and how much"""
    profile = profiles.known()
    page.open(profile)
    page.frames()
    frame = page.browser.find("g.frame[name=longest_match] rect")
    page.browser.do("POST", "/actions", {"actions": [{
        "type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": {
                "element-6066-11e4-a52e-4f735466cecf": frame}}]}]})
    page.wait("!document.querySelector('#tip').hidden")
    lines = page.texts("#tip > *")
    _, _, whole = profile.sums(0)
    same(lines, ["longest_match", "/opt/app/bin/app",
                 f"{percent(4000003, whole)} · 40 samples · {grouped(4000003)} cycles:u",
                 f"{percent(4000003, whole)} by itself", "inlined into its caller"])


def the_keyboard_reaches_all(page):
    """arrows go from frame to frame, Enter zooms, Backspace and Escape lead back"""
    page.open(profiles.known())
    page.frames()
    page.browser.run("document.querySelector('#path button').focus()")
    page.browser.press(TAB)
    same(page.browser.run(FOCUSED), "All")
    said = []
    for key in (UP, UP, UP, DOWN, RIGHT, LEFT):
        page.browser.press(key)
        said.append(page.browser.run(FOCUSED))
    same(said[:4], ["app", "main", "compress", "main"])
    same(said[5], "main")
    assert page.is_shown("#tip"), "what has the focus is not said"
    page.browser.press(ENTER)
    same(page.texts("#path button"), ["All", "app", "main"])
    same(page.browser.run(FOCUSED), "main")
    page.browser.press(BACKSPACE)
    same(page.texts("#path button"), ["All", "app"])
    page.browser.press(ESCAPE)
    same(page.texts("#path button"), ["All"])
    page.browser.press("/")
    same(page.browser.run(FOCUSED), "search")


def switches_keep_what_was_chosen(page):
    """a function stays chosen when event and whom change"""
    page.open(profiles.known())
    page.click_row("compress")
    page.choose("#event", "page-faults")
    same(page.texts("tr[aria-selected] button"), ["compress"])
    same(page.text("#chosen p"), "compress self 90.00%, total 90.00%")
    same([frame["name"] for frame in page.frames() if frame["isMarked"]], ["compress"])


TESTS = [a_click_zooms_and_the_path_leads_back, zooming_draws_what_was_too_narrow,
         views_hang_and_stand, commands_can_be_left_out, table_and_graph_mark_each_other,
         what_is_looked_for_comes_into_sight,
         one_function_alone, functions_that_call_themselves_count_once, columns_sort,
         pointing_says_more, the_keyboard_reaches_all, switches_keep_what_was_chosen]
