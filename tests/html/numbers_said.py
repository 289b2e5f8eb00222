# SPDX-License-Identifier: MIT
"""Tests: the numbers in the page are the profile's, and printed as the terminal prints them."""

import profiles
from page import grouped, percent
from tap import same


def table_has_what_each_function_has(page):
    """the table says what each function has by itself and in all"""
    page.open(profiles.known())
    same(sorted(page.rows()), page.expected_rows(0))


def each_event_has_its_numbers(page):
    """another event has its own numbers"""
    page.open(profiles.known())
    page.choose("#event", "page-faults")
    same(sorted(page.rows()), page.expected_rows(1))
    same(page.text("#whole"), "10 samples")


def each_whom_has_its_numbers(page):
    """each command, process, thread and CPU has its own numbers"""
    profile = profiles.known()
    page.open(profile)
    _, _, all_of_it = profile.sums(0)
    for words, whom in [("app (", {"comm": "app"}), ("gzip (", {"comm": "gzip"}),
                        ("app 42 (", {"pid": 42}), ("app 43 (", {"tid": 43}),
                        ("CPU 1 (", {"cpu": 1})]:
        page.choose("#whom", words)
        _, samples, whole = profile.sums(0, **whom)
        same((words, sorted(page.rows())), (words, page.expected_rows(0, **whom)))
        same(page.text("#whole"), f"{grouped(samples)} samples · {grouped(whole)} cycles:u · "
             f"{percent(whole, all_of_it)} of all")
    page.choose("#whom", "All")
    same(sorted(page.rows()), page.expected_rows(0))


def frames_are_as_wide_as_their_share(page):
    """frames are as wide as their share and stand on their callers"""
    profile = profiles.known()
    page.open(profile)
    _, _, whole = profile.sums(0)
    main = sum(weight for _, weight, frames in profile.of(0, comm="app") if frames[0] == 0)
    for name, row, weight in [("All", 0, whole), ("app", 1, profile.sums(0, comm="app")[2]),
                              ("main", 2, main), ("gzip", 1, 1600000)]:
        frame = page.frames(name)[0]
        same(frame["row"], row)
        assert abs(frame["width"] - weight / whole) < 0.002, (name, frame, weight / whole)
        same(frame["label"].split(", ")[1], percent(weight, whole))


def callers_lead_from_what_ran(page):
    """the callers' view begins with what ran, and goes on to who called it"""
    profile = profiles.known()
    page.open(profile)
    page.look("callers")
    _, _, whole = profile.sums(0)
    longest = profile.sums(0)[0][3][0]
    frame = page.frames("longest_match")[0]
    same(frame["row"], -1)
    assert abs(frame["width"] - longest / whole) < 0.002, frame
    above = [at["name"] for at in page.frames() if at["row"] < -1 and
             frame["left"] - 0.001 <= at["left"] < frame["left"] + frame["width"] - 0.001]
    same(set(above), {"deflate_slow", "compress", "main", "Lcom/Main;::run", "app"})


def search_says_its_share(page):
    """a search finds a function, and says what share of the samples has one in its stack"""
    profile = profiles.known()
    page.open(profile)
    _, _, whole = profile.sums(0)
    for text, found, is_found in [
            ("deflate_slow", "1 match", lambda name: name == "deflate_slow"),
            ("LONGEST", "1 match", lambda name: name == "longest_match"),
            ("write", "2 matches", lambda name: "write" in name)]:
        page.search(text)
        same(page.text("#found"), f"{found}: {percent(profile.share_of(0, is_found), whole)}")
        same(sorted(row[0] for row in page.rows()),
             sorted(f[3] for f in profile.functions if is_found(f[3])))
    page.search("nowhere")
    same(page.text("#found"), "Nothing found")


def middles_are_rounded_as_printf_does(page):
    """shares in the middle are rounded as printf() rounds them"""
    page.open(profiles.middles())
    same(sorted(page.rows()), page.expected_rows(0))
    assert "0.12%" in sum(page.rows(), []) and "0.38%" in sum(page.rows(), [])


def what_is_left_out_is_counted(page):
    """where stacks are left out, the page says so, and functions have their whole numbers"""
    profile = profiles.known()
    page.open(profile, 12)
    same(sorted(page.rows()), page.expected_rows(0))
    assert any("drawn together as “smaller”" in line for line in page.texts("#missing li"))
    smaller = [frame for frame in page.frames() if "smaller)" in frame["name"]]
    assert smaller, "there is no frame for those that are left out"
    _, samples, whole = profile.sums(0)
    same(page.text("#whole"), f"{grouped(samples)} samples · {grouped(whole)} cycles:u")
    page.choose("#event", "page-faults")
    same(sorted(page.rows()), page.expected_rows(1))


def large_profiles_keep_their_numbers(page):
    """a profile of 100,000 nodes opens, with its numbers"""
    profile = profiles.many(100000)
    page.open(profile)
    _, samples, whole = profile.sums(0)
    same(page.text("#whole"), f"{grouped(samples)} samples · {grouped(whole)} cycles")
    rows = page.browser.run("return [...document.querySelectorAll('tbody tr')].map((row) => ["
                            "row.querySelector('button').textContent, row.querySelector('.module').title,"
                            "...[...row.querySelectorAll('.number > *')].map((at) => at.textContent)])")
    same(len(rows), 100)
    expected = {tuple(row) for row in page.expected_rows(0)}
    same([row for row in rows if tuple(row) not in expected], [])
    page.search("function_1(")
    share = profile.share_of(0, lambda name: name.startswith("function_1("))
    same(page.text("#found"), f"1 match: {percent(share, whole)}")


def nothing_is_no_error(page):
    """a profile without samples is no error"""
    page.open(profiles.Profile(["cycles"], []))
    assert page.is_shown("#nothing")
    same(page.text("#whole"), "0 samples")
    page.open(profiles.Profile([], []))
    assert page.is_shown("#nothing")


TESTS = [table_has_what_each_function_has, each_event_has_its_numbers, each_whom_has_its_numbers,
         frames_are_as_wide_as_their_share, callers_lead_from_what_ran, search_says_its_share,
         middles_are_rounded_as_printf_does, what_is_left_out_is_counted,
         large_profiles_keep_their_numbers, nothing_is_no_error]
