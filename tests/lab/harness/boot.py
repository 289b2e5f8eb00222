# SPDX-License-Identifier: MIT
"""Boots a guest and reads what its tests printed on the console. Ends nothing but its own QEMU."""

import re
import subprocess
import threading

BOOT_SECONDS = 240
LAST_LINES = 40


class Case:
    def __init__(self, name, state, reason=""):
        self.name, self.state, self.reason = name, state, reason


class Result:
    """What one guest's run gave: cases by test program, facts, and what went wrong as a whole."""

    def __init__(self, guest, release=None):
        self.guest, self.release = guest, release
        self.tests, self.facts, self.notes = {}, {}, []
        self.missing = None  # why the guest could not be booted: a skip
        self.failure = None  # why the run is no run: a failure
        self.seconds = 0.0

    def count(self, state):
        return sum(case.state == state for cases in self.tests.values() for case in cases)


def command(guest, emulator, kernel, initramfs):
    return emulator.arguments() + [
        "-accel",
        "tcg",
        "-m",
        guest.memory,
        "-nographic",
        "-no-reboot",
        "-kernel",
        kernel,
        "-initrd",
        initramfs,
        "-append",
        f"console={guest.console} panic=-1 quiet",
        *guest.machine,
    ]


def run(arguments, seconds=BOOT_SECONDS):
    """The console's lines, and whether time ran out."""
    lines = []
    with subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as guest:
        late = threading.Event()

        def end():
            late.set()
            guest.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        for line in guest.stdout:
            lines.append(line.decode("utf-8", "replace").rstrip("\r\n"))
        timer.cancel()
    return lines, late.is_set()


def read_console(result, lines, late):
    """Fills a result from the console's lines."""
    current, reason, ended = None, None, set()
    for line in lines:
        found = re.match(r"perfev-lab: (begin|end|complete) ?(\S*) ?(\d*)", line)
        if found:
            word, name, status = found.groups()
            if word == "begin":
                current, reason = name, None
                result.tests[name] = []
            elif word == "end":
                ended.add(name)
                close(result.tests.get(name, []), name, int(status))
                current = None
            else:
                ended.add(None)
        elif line.startswith("perfev-lab: "):
            result.notes.append(line[len("perfev-lab: ") :])
        elif current:
            reason = read_line(result, current, line, reason)
    if late or None not in ended:
        what = f"hung for {BOOT_SECONDS} s" if late else "ended before its tests did"
        last = "\n".join(lines[-LAST_LINES:])
        result.failure = f"{what}; its last lines:\n{last}"


def read_line(result, test, line, reason):
    """One line of a test's TAP. Returns the reason that a skip on the next line has."""
    found = re.match(r"# skip: (.*)", line)
    if found:
        return found.group(1)
    found = re.match(r"# fact: (.*?\?) (.*)", line)
    if found:
        result.facts[found.group(1)] = found.group(2)
        return reason
    found = re.match(r"# ([a-z][^:]{2,40}): (.+)", line)
    if found and not line.startswith("# /"):
        result.facts[found.group(1)] = found.group(2)
        return reason
    found = re.match(r"(not )?ok \d+ (?:- )?(.*)", line)
    if not found:
        # What a failed assertion says comes behind the line of its test.
        cases = result.tests[test]
        if line.startswith("# ") and cases and cases[-1].state == "failed":
            cases[-1].reason += line[2:] + " "
        return reason
    said, skipped, _ = found.group(2).partition("# SKIP")
    if skipped:
        name = found.group(2).partition("# SKIP")[2].strip()
        result.tests[test].append(Case(said.strip() or name, "skipped", reason or ""))
    else:
        state = "failed" if found.group(1) else "passed"
        result.tests[test].append(Case(said.strip(), state))
    return None


def close(cases, name, status):
    """A program that died is a failure even when every line that it got to print was good."""
    failed = any(case.state == "failed" for case in cases)
    if (status != 0 and not failed) or not cases:
        cases.append(Case(f"{name} as a whole", "failed", f"it ended with status {status}"))
