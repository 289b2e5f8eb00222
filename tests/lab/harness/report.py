# SPDX-License-Identifier: MIT
"""What the guests found: a table for the terminal, JSON, and the pages under docs/."""

import datetime
import json
import os

MARKS = {"passed": "+", "failed": "X", "skipped": "-"}
PAGE = """# Where perfev was tested

Written by `make lab`; do not edit. The live tests and those of the command, run in guests under QEMU on
the kernels and processors below, on {date}. `+` passed, `X` failed, `-` skipped: the reasons stand at the
end. "exact" guests count instructions exactly, so their tests assert equality.

"""
FACTS = """# What the kernel does

Written by `make lab` on {date}; do not edit. Half of this stands in no manual: each line is a question
that a test asked the running kernel (`tests/live/test_facts*.c` and others), with the answers of the
kernels and processors in [tested.md](tested.md). Where all agree there is one answer.

"""


def rows(results):
    """[(test, case)] in order, of all guests together."""
    found = {}
    for result in results:
        for test, cases in result.tests.items():
            for case in cases:
                found.setdefault((test, case.name))
    return sorted(found, key=lambda row: row[0])


def state(result, test, name):
    for case in result.tests.get(test, []):
        if case.name == name:
            return case
    return None


def table(results, say):
    """One table, cases down and guests across, the failures and the reasons for skips below."""
    ran = [r for r in results if r.tests]
    for number, result in enumerate(ran):
        say(f"  {chr(65 + number)}  {result.guest.name}: Linux {result.release}, {result.seconds:.0f} s")
    last = None
    for test, name in rows(ran):
        if test != last:
            say(f"\n{test:<76} {''.join(chr(65 + n) for n in range(len(ran)))}")
            last = test
        marks = ""
        for result in ran:
            case = state(result, test, name)
            marks += MARKS[case.state] if case else " "
        say(f"  {name[:74]:<74} {marks}")
    say("")
    for reason, where in reasons(ran, "skipped").items():
        say(f"skipped, {reason}:\n    {where}")
    for result in results:
        if result.missing:
            say(f"skipped, {result.guest.name}: {result.missing}")
        if result.failure:
            say(f"FAILED {result.guest.name}: {result.failure}")
        for test, cases in result.tests.items():
            for case in cases:
                if case.state == "failed":
                    say(f"FAILED {result.guest.name}: {test}: {case.name}: {case.reason}")


def reasons(results, wanted):
    """Reason to the tests and guests that it stopped, told once."""
    found = {}
    for result in results:
        for test, cases in result.tests.items():
            for case in cases:
                if case.state == wanted:
                    found.setdefault(case.reason, {}).setdefault(f"{test}: {case.name}", []).append(
                        result.guest.name
                    )
    return {
        reason: "\n    ".join(f"{what} ({', '.join(guests)})" for what, guests in where.items())
        for reason, where in sorted(found.items())
    }


def totals(results):
    passed = sum(r.count("passed") for r in results)
    failed = sum(r.count("failed") for r in results) + sum(r.failure is not None for r in results)
    skipped = sum(r.count("skipped") for r in results) + sum(r.missing is not None for r in results)
    return passed, failed, skipped


def write_json(results, path):
    data = []
    for r in results:
        data.append(
            {
                "guest": r.guest.name,
                "release": r.release,
                "seconds": round(r.seconds, 1),
                "missing": r.missing,
                "failure": r.failure,
                "facts": r.facts,
                "tests": {t: [vars(c) for c in cases] for t, cases in r.tests.items()},
            }
        )
    with open(path, "w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)


def write_pages(results, folder):
    """docs/tested.md and docs/kernel.md, of a run of all guests."""
    date = datetime.date.today().isoformat()
    ran = [r for r in results if r.tests]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "tested.md"), "w", encoding="utf-8") as file:
        file.write(PAGE.format(date=date) + guest_table(ran) + case_table(ran) + skip_list(ran))
    with open(os.path.join(folder, "kernel.md"), "w", encoding="utf-8") as file:
        file.write(FACTS.format(date=date) + fact_list(ran))


def guest_table(ran):
    text = "| guest | kernel | processor | passed | failed | skipped |\n|---|---|---|---|---|---|\n"
    for result in ran:
        machine = " ".join(result.guest.machine)
        numbers = " | ".join(str(result.count(s)) for s in ("passed", "failed", "skipped"))
        text += f"| {result.guest.name} | Linux {result.release} | `{machine}` | {numbers} |\n"
    return text + "\n"


def case_table(ran):
    names = [result.guest.name for result in ran]
    text = f"| test | {' | '.join(names)} |\n|---|{'---|' * len(names)}\n"
    for test, name in rows(ran):
        cases = [state(result, test, name) for result in ran]
        marks = " | ".join(MARKS[case.state] if case else " " for case in cases)
        text += f"| {test}: {name.replace('_', ' ')} | {marks} |\n"
    return text + "\n"


def skip_list(ran):
    text = "## Why tests were skipped\n\n"
    for reason, where in reasons(ran, "skipped").items():
        text += f"- {reason}\n"
        for line in where.split("\n"):
            text += f"  - {line.strip()}\n"
    return text


def fact_list(ran):
    answers = {}
    for result in ran:
        for question, answer in result.facts.items():
            answers.setdefault(question, {}).setdefault(answer, []).append(result.guest.name)
    text = ""
    for question, found in sorted(answers.items()):
        text += f"- **{question}**"
        if len(found) == 1:
            text += f" {next(iter(found))}\n"
        else:
            text += "\n" + "".join(f"  - {a} ({', '.join(w)})\n" for a, w in found.items())
    return text
