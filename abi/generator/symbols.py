# SPDX-License-Identifier: MIT
"""The facts of a kernel joined with our words on each symbol and the release that brought it.

A symbol without words or without a release is a failure, and so are words for which there is no
symbol: that is what keeps the documentation whole from one kernel to the next.
"""

import glob
import os
import re
import textwrap

# Names that two architectures' asm/perf_regs.h share, told apart by the architecture's name.
RENAMED = {
    "arm64": {
        "enum perf_event_arm_regs": "enum perf_event_arm64_regs",
        "PERF_REG_EXTENDED_MASK": "PERF_REG_ARM64_EXTENDED_MASK",
    },
    "x86": {"PERF_REG_EXTENDED_MASK": "PERF_REG_X86_EXTENDED_MASK"},
}
WIDTH = 100
GLUE = "\x01"  # a space at which no line is broken
NATIVE = "PERF_REG_EXTENDED_MASK"


class Failure(Exception):
    """What a person has to write or delete before the files can be generated."""


class Symbols:
    def __init__(self, facts, folder):
        self.facts = facts
        self.words = read_words(os.path.join(folder, "words"))
        self.releases = read_since(os.path.join(folder, "since.tsv"))
        self.release = facts["kernel"]["release"]
        rename(facts["regs"])
        self.keys = list(self.every_key())
        self.check()

    def every_key(self):
        for header in list(self.facts["headers"].values()) + list(self.facts["regs"].values()):
            for item in header["items"]:
                yield from item_keys(item)
        yield "__NR_perf_event_open"
        yield NATIVE

    def check(self):
        wanted = set(self.keys)
        silent = [k for k in self.keys if k not in self.words]
        stale = [k for k in self.words if k not in wanted]
        undated = [k for k in self.keys if self.dated(k) and k not in self.releases]
        lines = [f"no words for {k}: write them in abi/words/" for k in silent]
        lines += [f"abi/words/ speaks of {k}, which these headers do not have" for k in stale]
        lines += [f"no release for {k}: add a row to abi/since.tsv" for k in undated]
        if lines:
            raise Failure("\n".join(lines))

    @staticmethod
    def dated(key):
        """An unnamed enum is no symbol of its own, so no release brought it."""
        return not re.match(r"enum [A-Z]", key)

    def since(self, key):
        """The release that brought the symbol, as text."""
        return self.releases[key]

    def said(self, key):
        """The symbol's words and the release that brought it."""
        return self.words[key] + (f" (since{GLUE}{self.since(key)})" if self.dated(key) else "")

    def comment(self, key, indent=""):
        """The symbol's words as a comment on lines of their own."""
        return c_comment(self.said(key), indent)

    def declare(self, key, code, indent=""):
        """A line of C with the symbol's words behind it where they fit, above it where not."""
        line = f"{indent}{code} /* {self.said(key)} */\n".replace(GLUE, " ")
        if len(line.expandtabs(8)) <= WIDTH + 1:
            return line
        return self.comment(key, indent) + f"{indent}{code}\n"


def item_keys(item):
    if item["kind"] == "macro":
        yield item["name"]
        return
    yield item_key(item)
    if item["kind"] == "enum":
        for constant in item["constants"]:
            yield constant["name"]
    else:
        yield from (f"{item['tag']}.{f['name']}" for f in flat_fields(item["fields"]))


def item_key(item):
    """What an enum, struct or union is called in words/ and since.tsv."""
    return f"{item['kind']} {item['tag'] or item['constants'][0]['name']}"


def flat_fields(fields):
    for field in fields:
        if field["kind"] == "field":
            yield field
        else:
            yield from flat_fields(field["fields"])


def rename(regs):
    for arch, names in RENAMED.items():
        for item in regs[arch]["items"]:
            if item["kind"] == "macro":
                item["name"] = names.get(item["name"], item["name"])
            elif item["kind"] == "enum":
                item["tag"] = names.get(f"enum {item['tag']}", f"enum {item['tag']}")[5:]


def read_words(folder):
    """Key to text from every file of the folder; NAME{0..3} stands for four keys."""
    words = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.txt"))):
        key, lines = None, {}
        with open(path, encoding="ascii") as file:
            for number, line in enumerate(file, 1):
                line = line.rstrip()
                if line.startswith("    ") and key:
                    lines[key].append(line.strip())
                elif line and not line.startswith(("#", " ")):
                    key = line
                    if key in lines:
                        raise Failure(f"{path}:{number}: {key} has words already")
                    lines[key] = []
                elif line.startswith(" "):
                    raise Failure(f"{path}:{number}: text must be indented by four spaces")
        for key, text in lines.items():
            for name, said in family(key, " ".join(text)):
                if name in words:
                    raise Failure(f"{path}: {name} has words in another file already")
                if not re.search(r"\.\)?$", said) or "*/" in said:
                    raise Failure(f"{path}: {key}: words must be whole sentences")
                words[name] = said
    return words


def family(key, text):
    match = re.fullmatch(r"(.*)\{(\d+)\.\.(\d+)\}(.*)", key)
    if not match:
        yield key, text
        return
    head, first, last, tail = match.groups()
    for number in range(int(first), int(last) + 1):
        yield f"{head}{number}{tail}", text.replace("{}", str(number))


def read_since(path):
    releases = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            columns = line.rstrip("\n").split("\t")
            releases[columns[1]] = columns[3]
    return releases


def release_code(release):
    """"4.1" as LINUX_VERSION_CODE writes it."""
    parts = [int(p) for p in release.split(".")] + [0, 0]
    return parts[0] << 16 | parts[1] << 8 | parts[2]


def kernel_macro(release):
    parts = (release.split(".") + ["0", "0"])[:3]
    return f"PERFEV_KERNEL({', '.join(parts)})"


def c_comment(text, indent=""):
    room = WIDTH - 8 * len(indent)
    if len(text) + 6 <= room:
        return f"{indent}/* {text} */\n".replace(GLUE, " ")
    lines = textwrap.wrap(text, room - 3, break_long_words=False, break_on_hyphens=False)
    lines = [line.replace(GLUE, " ") for line in lines]
    return f"{indent}/*\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"
