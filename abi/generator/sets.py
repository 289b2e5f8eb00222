# SPDX-License-Identifier: MIT
"""Reads abi/sets.txt and fills each set with the names that belong to it."""

import fnmatch

from .symbols import Failure

KINDS = ("enum", "flags", "bits")


class Set:
    def __init__(self, name, kind, prefix, suffix, names):
        self.name, self.kind, self.names = name, kind, names
        self.prefix, self.suffix = prefix, suffix

    def brief(self, name):
        return name[len(self.prefix) : len(name) - len(self.suffix)]


def read(path, symbols):
    everything = constants(symbols.facts["headers"].values())
    sets = []
    with open(path, encoding="ascii") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#") or not line.strip():
                continue
            name, kind, affixes, *members = line.split()
            prefix, _, suffix = affixes.partition("*")
            found = select(members, symbols, everything)
            if kind not in KINDS or not found:
                raise Failure(f"{path}:{number}: {name} is of no known kind, or has no members")
            for member, _ in found:
                if not (member.startswith(prefix) and member.endswith(suffix)):
                    raise Failure(f"{path}:{number}: {member} does not begin with {prefix}")
            sets.append(Set(name, kind, prefix, suffix, found))
            digits = [n for n, _ in found if sets[-1].brief(n)[:1].isdigit()]
            if digits:
                raise Failure(f"{path}:{number}: {digits[0]} would be a number when brief")
    return sets


def constants(headers):
    """Every name with a value, in the headers' order: [(name, value, tag)]."""
    found = []
    for header in headers:
        for item in header["items"]:
            if item["kind"] == "macro" and "value" in item:
                found.append((item["name"], item["value"], None))
            elif item["kind"] == "enum":
                tag = item["tag"] or item["constants"][0]["name"]
                found += [(c["name"], c["value"], tag) for c in item["constants"]]
    return found


def select(members, symbols, everything):
    found = []
    for member in members:
        if member.startswith("enum:"):
            found += [(n, v) for n, v, tag in everything if tag == member[5:]]
        elif member.startswith("regs:"):
            found += [(n, v) for n, v, tag in constants([symbols.facts["regs"][member[5:]]]) if tag]
        elif not member.startswith("!"):
            found += [(n, v) for n, v, _ in everything if fnmatch.fnmatchcase(n, member)]
    unwanted = [m[1:] for m in members if m.startswith("!")]
    unwanted += ["*_MAX", "*_SHIFT", "*_MASK"]
    return [
        (n, v) for n, v in found if not any(fnmatch.fnmatchcase(n, pattern) for pattern in unwanted)
    ]
