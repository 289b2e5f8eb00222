# SPDX-License-Identifier: MIT
"""Cross-builds the command and the tests that run in guests, statically, and packs them with the first
process into an initramfs."""

import glob
import os
import subprocess

from . import libraries

FLAGS = "-std=gnu11 -D_GNU_SOURCE -O2 -g0 -Wall -Wextra -Werror".split()
# Where what the guests run is: its headers and its tests.
HEADERS = ("include", "src", "cli", "tests/support", "tests/live", "tests/cli")
TESTS = ("tests/live", "tests/cli")

class Failed(Exception):
    """What the compiler said."""


class Builder:
    def __init__(self, top, folder, archive):
        self.top, self.folder = top, folder
        self.cmocka = libraries.cmocka(archive, folder)
        self.json_c = libraries.json_c(archive, folder)

    def find(self, pattern):
        return sorted(glob.glob(os.path.join(self.top, pattern), recursive=True))

    def build(self, guest):
        """The folder with the guest's programs, made anew where a source has changed."""
        out = os.path.join(self.folder, guest.arch)
        os.makedirs(os.path.join(out, "tests"), exist_ok=True)
        folders = [os.path.join(self.top, f) for f in ("include", "tests/support", "tests/live")]
        flags = FLAGS + [f"-I{path}" for path in folders]
        newest = max(os.path.getmtime(h) for f in HEADERS for h in self.find(f"{f}/**/*.h"))
        library = self.command(guest, out, flags, newest)

        tests = [t for f in TESTS for t in self.find(f"{f}/test_*.c") if not t.endswith("/test_pfm.c")]
        shared = [s for s in self.find("tests/live/*.c") if "/test_" not in s]
        shared += self.find("tests/cli/command.c") + self.find("tests/cli/work.c")
        shared += self.find("tests/support/support.c")
        flags += [f"-I{self.cmocka.include}"]
        objects = [self.object(guest, out, s, flags, newest) for s in shared]
        objects += library + self.library(guest, out, self.cmocka)
        for test in tests:
            own = self.object(guest, out, test, flags, newest)
            self.link(guest, [own, *objects], os.path.join(out, "tests", name_of(test)))
        self.init(guest, out)
        for stale in set(os.listdir(os.path.join(out, "tests"))) - {name_of(t) for t in tests}:
            os.unlink(os.path.join(out, "tests", stale))
        return out

    def command(self, guest, out, flags, newest):
        """Makes perfev. Returns the objects of its library."""
        # The guests' programs have no library but the C library and json-c: no makers' names, no
        # symbols, no compression.
        others = ("/src/pfm/", "/src/symbol/", "/src/zstd/")
        sources = [s for s in self.find("src/**/*.c") if not any(o in s for o in others)]
        library = [self.object(guest, out, s, flags, newest) for s in sources]

        json_c = self.library(guest, out, self.json_c)
        options = flags + [f"-I{self.json_c.include}", '-DPERFEV_VERSION="lab"', '-DPERFEV_LIBEXEC="libexec"']
        # Nor the program that shows recordings, which needs elfutils: the command says so.
        apart = ("/cli/export/", "/cli/profile/", "/cli/report/", "/cli/top/")
        sources = [s for s in self.find("cli/**/*.c") if not any(a in s for a in apart)]
        command = [self.object(guest, out, s, options, newest) for s in sources]
        self.link(guest, [*command, *library, *json_c], f"{out}/perfev")
        return library

    def init(self, guest, out):
        """The first process of a guest."""
        init = self.object(guest, out, os.path.join(self.top, "tests/lab/init.c"), FLAGS, 0)
        self.link(guest, [init], f"{out}/init")

    def library(self, guest, out, library):
        flags = [*FLAGS, *library.flags, f"-I{library.include}"]
        return [self.object(guest, out, s, flags, 0) for s in library.sources]

    def object(self, guest, out, source, flags, newest):
        target = os.path.join(out, os.path.relpath(source, self.top).replace("/", "-")[:-2] + ".o")
        if older(target, [source], newest):
            # The library says for itself what it wants of the C library.
            if source.startswith(os.path.join(self.top, "src")):
                flags = [flag for flag in flags if flag != "-D_GNU_SOURCE"]
            compile_one([guest.compiler, *flags, "-c", source, "-o", target])
        return target

    def link(self, guest, objects, target):
        if older(target, objects, 0):
            libraries_of_c = ["-lpthread", "-lm", "-ldl"]
            command = [guest.compiler, "-static", "-Wl,--strip-debug", *objects, *libraries_of_c]
            compile_one(command + ["-o", target])


def name_of(test):
    return os.path.basename(test)[len("test_") : -len(".c")]


def older(target, sources, newest):
    """Whether target must be made again."""
    if not os.path.exists(target):
        return True
    made = os.path.getmtime(target)
    return newest > made or any(os.path.getmtime(s) > made for s in sources)


def compile_one(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command[:1] + command[-3:])}\n{done.stderr[-3000:]}")


def initramfs(path, programs, environment, modules):
    """Writes a cpio archive (newc): the first process, the tests, their environment, modules."""
    files = [("init", 0o100755, content(os.path.join(programs, "init")))]
    for folder in ("tests", "modules", "proc", "sys", "dev", "tmp", "bin"):
        files.append((folder, 0o040755, b""))
    files.append(("bin/perfev", 0o100755, content(os.path.join(programs, "perfev"))))
    for name in sorted(os.listdir(os.path.join(programs, "tests"))):
        files.append((f"tests/{name}", 0o100755, content(os.path.join(programs, "tests", name))))
    for module in modules:
        files.append((f"modules/{os.path.basename(module)}", 0o100644, content(module)))
    lines = "".join(f"{key}={value}\n" for key, value in environment.items())
    files.append(("environment", 0o100644, lines.encode()))
    with open(path, "wb") as out:
        for number, (name, mode, data) in enumerate(files + [("TRAILER!!!", 0, b"")], 1):
            out.write(entry(number, name, mode, data))


def entry(number, name, mode, data):
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    return pad(head) + pad(data)


def pad(data):
    return data + b"\0" * (-len(data) % 4)


def content(path):
    with open(path, "rb") as file:
        return file.read()
