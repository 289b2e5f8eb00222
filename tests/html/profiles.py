# SPDX-License-Identifier: MIT
"""Profiles for the tests of the page, in the lines that made_page reads, and what the page must say
of them, added up here by the plainest means.
"""

import random

KERNEL, USER = 1, 2

# What must stay text wherever it comes from. Each would say so if it ran.
EVIL = [
    "</script><script>document.title='evil'</script>",
    "<img src=x onerror=\"document.title='evil'\">",
    "<svg/onload=document.title='evil'>",
    "<!--<script>", "]]>", "${document.title='evil'}", "'\"><b>bold</b>", "{{profile}}",
    "javascript:document.title='evil'", "a\u2028b\u2029c", "back\\slash \\u003c", "__proto__",
    "constructor", "\u202egnirts", "\U0001f525 flame", "\x7f\x1b[31mred",
]


class Profile:
    def __init__(self, events, functions, about=None, losses=None):
        self.events = events        # names
        self.functions = functions  # (mode, is known, module, name)
        self.stacks = []            # (event, comm, pid, tid, cpu, samples, weight, frames)
        self.about = about or ("", "", "", "", 0, 0)
        self.losses = losses or (0,) * 7

    def add(self, event, whom, samples, weight, *frames):
        self.stacks.append((event, *whom, samples, weight, frames))

    def text(self):
        lines = [("about", *self.about), ("losses", *self.losses)]
        lines += [("event", name, 997, 0) for name in self.events]
        lines += [("function", *function) for function in self.functions]
        lines += [("stack", *stack[:-1], *stack[-1]) for stack in self.stacks]
        return "".join("\t".join(map(str, line)) + "\n" for line in lines)

    def of(self, event, **whom):
        """The stacks of an event and of whom: (samples, weight, functions)."""
        names = ("comm", "pid", "tid", "cpu")
        return [(stack[5], stack[6], [int(str(frame).rstrip("i")) for frame in stack[7]])
                for stack in self.stacks if stack[0] == event and
                all(stack[1 + names.index(key)] == value for key, value in whom.items())]

    def sums(self, event, **whom):
        """By function's number: [self, total]; and all there is: (samples, weight)."""
        sums, samples, whole = {}, 0, 0
        for count, weight, frames in self.of(event, **whom):
            samples += count
            whole += weight
            if frames:
                sums.setdefault(frames[-1], [0, 0])[0] += weight
            for number in set(frames):
                sums.setdefault(number, [0, 0])[1] += weight
        return sums, samples, whole

    def share_of(self, event, is_found, **whom):
        """The weight of the stacks that have a function that is found."""
        return sum(weight for _, weight, frames in self.of(event, **whom)
                   if any(is_found(self.functions[number][3]) for number in frames))


def known():
    """A small one with all that the page tells apart."""
    app, libc, vmlinux = "/opt/app/bin/app", "/usr/lib/libc.so.6", "[kernel.kallsyms]"
    functions = [
        (USER, 1, app, "main"), (USER, 1, app, "compress"), (USER, 1, app, "deflate_slow"),
        (USER, 1, app, "longest_match"), (USER, 1, libc, "memcpy"), (USER, 1, libc, "write"),
        (KERNEL, 1, vmlinux, "do_syscall_64"), (KERNEL, 1, vmlinux, "vfs_write"),
        (USER, 1, "/tmp/perf-42.map", "Lcom/Main;::run"), (USER, 0, "", "[unknown]"),
        (USER, 0, app, "[app]"), (USER, 1, app, "walk"),
    ] + [(USER, 1, app, name) for name in EVIL]
    profile = Profile(["cycles:u", "page-faults"], functions,
                      about=("builder", "6.1.0-44-amd64", "x86_64", "app --fast <in", 10**9, 52 * 10**8),
                      losses=(7, 2, 0, 0, 3, 41, 0))
    first, second, other = ("app", 42, 42, 0), ("app", 42, 43, 1), ("gzip", 50, 50, 1)
    profile.add(0, first, 40, 4000003, 0, 1, 2, "3i")
    profile.add(0, first, 10, 999997, 0, 1, 2)
    profile.add(0, first, 5, 500000, 0, 1, 4)
    profile.add(0, first, 3, 300001, 0, 5, 6, 7)
    profile.add(0, second, 20, 2000000, 0, 8, 1, 2, "3i")
    profile.add(0, second, 4, 412345, 0, 11, 11, 11, 4)   # calls itself: each stack counts once
    profile.add(0, second, 1, 100000, 9)
    profile.add(0, second, 2, 222222, 0, 10)
    profile.add(0, other, 16, 1600000, 0, 5, 6, 7)
    profile.add(1, first, 9, 9, 0, 1)
    profile.add(1, other, 1, 1, 0, 5)
    for at in range(len(EVIL)):
        profile.add(0, ("<b>evil</b>", 66, 66, 0), 1, 1000, 0, 12 + at)
    return profile


def middles():
    """Shares that lie in the middle between two of two decimals: printf() makes them even."""
    profile = Profile(["cycles"], [(USER, 1, "/bin/a", f"f{at}") for at in range(8)])
    weights = [1, 3, 5, 7, 9, 11, 13]
    for at, weight in enumerate(weights):
        profile.add(0, ("a", -1, -1, -1), 1, weight, at)
    profile.add(0, ("a", -1, -1, -1), 1, 800 - sum(weights), 7)
    return profile


def many(nodes, seed=1):
    """Of so many nodes, grown at random as programs' stacks are: few ways often, many ways once."""
    chance = random.Random(seed)
    modules = ["/usr/bin/prog", "/usr/lib/libstdc++.so.6", "/usr/lib/libc.so.6", "[kernel.kallsyms]"]
    functions = [(KERNEL if at % 4 == 3 else USER, 1, modules[at % 4], f"function_{at}(int, char*)")
                 for at in range(max(20, nodes // 25))]
    profile = Profile(["cycles"], functions)
    paths, made = [()], 0
    comms = [("make", 1, 1, 0), ("cc1", 2, 2, 1), ("cc1", 3, 3, 0), ("ld", 4, 4, 1)]
    while made < nodes:
        start = paths[int(len(paths) * chance.random() ** 2)][:40]
        more = tuple(chance.randrange(len(functions)) for _ in range(1 + chance.randrange(6)))
        paths.append(start + more)
        made += len(more)
        profile.add(0, comms[chance.randrange(4)], 1, chance.randrange(1000, 2000000), *start, *more)
    return profile
