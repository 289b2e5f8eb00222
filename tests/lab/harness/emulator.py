# SPDX-License-Identifier: MIT
"""QEMU for a guest: the system's where it is new enough, else a newer one unpacked in the cache."""

import glob
import os
import re
import shutil
import subprocess

from .archive import Missing

# Where a newer QEMU comes from when the system's is too old, and what of it is needed.
SUITE = "bookworm-backports"
PARTS = ("qemu-system-data", "qemu-system-common")


class Emulator:
    def __init__(self, command, data=None, firmware=None):
        self.command, self.data, self.firmware = command, data, firmware

    def arguments(self):
        found = [self.command]
        if self.data:
            found += ["-L", self.data]
        if self.firmware:
            found += ["-bios", self.firmware]
        return found


def find(guest, archive, host):
    """The emulator for a guest; raises Missing where there is none."""
    there = shutil.which(guest.emulator)
    version = version_of(there) if there else None
    if version and version >= guest.qemu:
        return Emulator(there, firmware=firmware("/usr") if guest.firmware else None)
    try:
        return fetched(guest, archive, host)
    except Missing as missing:
        have = f"is {'.'.join(map(str, version))}" if version else "is not installed"
        need = ".".join(map(str, guest.qemu))
        raise Missing(f"{guest.emulator} {have}, {need} is needed: {missing}") from None


def fetched(guest, archive, host):
    roots = []
    for name in (guest.emulator_package, *PARTS, *([guest.firmware] if guest.firmware else [])):
        roots.append(archive.unpack(archive.get(SUITE, host, name)))
    command = os.path.join(roots[0], "usr/bin", guest.emulator)
    if not version_of(command):
        raise Missing(f"{command} does not run here")
    data = merged(roots, os.path.join(archive.cache, "qemu-data"))
    return Emulator(command, data, firmware(roots[-1] + "/usr") if guest.firmware else None)


def merged(roots, folder):
    """One folder with QEMU's own data files, since -L takes one."""
    os.makedirs(folder, exist_ok=True)
    for root in roots:
        for share in ("usr/share/qemu", "usr/share/seabios"):
            for path in glob.glob(os.path.join(root, share, "*")):
                link = os.path.join(folder, os.path.basename(path))
                if not os.path.lexists(link):
                    os.symlink(path, link)
    return folder


def firmware(prefix):
    path = os.path.join(prefix, "lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin")
    return path if os.path.exists(path) else None


def version_of(command):
    try:
        said = subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    found = re.search(r"version (\d+)\.(\d+)", said)
    return (int(found.group(1)), int(found.group(2))) if found else None
