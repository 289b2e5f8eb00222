# SPDX-License-Identifier: MIT
"""Cross-builds the live tests, statically, and packs them with the first process into an initramfs."""

import glob
import os
import subprocess
import tarfile

FLAGS = "-std=gnu11 -D_GNU_SOURCE -O2 -g0 -Wall -Wextra -Werror".split()

# What cmocka's build system would find out: all of it is there with glibc on every architecture.
CMOCKA = (
    "-w -DHAVE_SIGNAL_H -DHAVE_STRUCT_TIMESPEC -DHAVE_CLOCK_GETTIME -DHAVE_CLOCK_REALTIME"
    " -DHAVE_STRSIGNAL -DHAVE_INTTYPES_H -DHAVE_STDINT_H -DHAVE_MALLOC_H -DHAVE_STRINGS_H"
    " -DHAVE_UNISTD_H -DHAVE_SETJMP_H -DHAVE_TIME_H -DHAVE_IO_H=0 -DHAVE_GCC_THREAD_LOCAL_STORAGE"
).split()


class Failed(Exception):
    """What the compiler said."""


class Builder:
    def __init__(self, top, folder, cmocka):
        self.top, self.folder = top, folder
        self.cmocka = unpack_cmocka(cmocka, os.path.join(folder, "cmocka"))

    def build(self, guest):
        """The folder with the guest's programs, made anew where a source has changed."""
        out = os.path.join(self.folder, guest.arch)
        os.makedirs(os.path.join(out, "tests"), exist_ok=True)
        live = os.path.join(self.top, "tests/live")
        include = [os.path.join(self.top, "include"), os.path.join(self.top, "tests/support"), live]
        flags = FLAGS + [f"-I{path}" for path in include + [os.path.join(self.cmocka, "include")]]
        tests = sorted(glob.glob(os.path.join(live, "test_*.c")))
        shared = sorted(set(glob.glob(os.path.join(live, "*.c"))) - set(tests))
        # The guests' programs have no library but the C library.
        tests = [test for test in tests if not test.endswith("/test_pfm.c")]
        shared += [os.path.join(self.top, "tests/support/support.c")]
        shared += sorted(glob.glob(os.path.join(self.top, "src/**/*.c"), recursive=True))
        shared = [s for s in shared if "/src/pfm/" not in s]
        folders = include + [os.path.join(self.top, "src")]
        headers = [h for path in folders for h in glob.glob(os.path.join(path, "**/*.h"), recursive=True)]
        newest = max(os.path.getmtime(h) for h in headers)
        objects = [self.object(guest, out, s, flags, newest) for s in shared]
        cmocka = os.path.join(self.cmocka, "src/cmocka.c")
        objects.append(self.object(guest, out, cmocka, flags + CMOCKA, 0))
        for test in tests:
            name = os.path.basename(test)[len("test_") : -2]
            self.link(guest, test, objects, flags, os.path.join(out, "tests", name), newest)
        self.link(guest, os.path.join(self.top, "tests/lab/init.c"), [], flags, f"{out}/init", 0)
        known = {os.path.basename(t)[len("test_") : -2] for t in tests}
        for stale in set(os.listdir(os.path.join(out, "tests"))) - known:
            os.unlink(os.path.join(out, "tests", stale))
        return out

    def object(self, guest, out, source, flags, newest):
        name = os.path.relpath(source, self.top) if source.startswith(self.top) else "cmocka.c"
        target = os.path.join(out, name.replace("/", "-")[:-2] + ".o")
        if older(target, [source], newest):
            # The library says for itself what it wants of the C library.
            if source.startswith(os.path.join(self.top, "src")):
                flags = [flag for flag in flags if flag != "-D_GNU_SOURCE"]
            compile_one([guest.compiler, *flags, "-c", source, "-o", target])
        return target

    def link(self, guest, source, objects, flags, target, newest):
        if older(target, [source, *objects], newest):
            command = [guest.compiler, *flags, "-static", "-Wl,--strip-debug", source, *objects, "-lpthread"]
            compile_one(command + ["-o", target])


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


def unpack_cmocka(archive, folder):
    if not os.path.isdir(folder):
        with tarfile.open(archive) as tar:
            tar.extractall(folder + ".part")
        os.rename(folder + ".part", folder)
    return next(p for p in glob.glob(os.path.join(folder, "*")) if os.path.isdir(p))


def initramfs(path, programs, environment, modules):
    """Writes a cpio archive (newc): the first process, the tests, their environment, modules."""
    files = [("init", 0o100755, content(os.path.join(programs, "init")))]
    for folder in ("tests", "modules", "proc", "sys", "dev", "tmp", "bin"):
        files.append((folder, 0o040755, b""))
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
