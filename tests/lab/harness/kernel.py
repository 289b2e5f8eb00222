# SPDX-License-Identifier: MIT
"""The kernel of a guest: the image out of Debian's package, and headers to build a module with."""

import glob
import os
import shutil
import subprocess

from .archive import Missing
from .build import Failed


def image(guest, archive):
    """The path of the kernel image and its release. The name of the package that holds it is
    resolved now, since suites move; since 7.x the image is in one called linux-binary."""
    name = archive.depends(guest.suite, guest.debian, guest.kernel, r"linux-image-\d")
    if not name:
        raise Missing(f"{guest.kernel} of {guest.suite} depends on no kernel image")
    inner = archive.depends(guest.suite, guest.debian, name, r"linux-binary-\d")
    path = archive.get(guest.suite, guest.debian, inner or name)
    folder = archive.unpack(path, only="*/vmlinu[xz]*")
    found = [
        f
        for f in glob.glob(os.path.join(folder, "**/vmlinu[xz]*"), recursive=True)
        if os.path.isfile(f)
    ]
    if not found:
        raise Missing(f"{os.path.basename(path)} holds no kernel image")
    return found[0], name[len("linux-image-") :]


def module(guest, archive, host, top, folder):
    """Builds the test PMU for the guest's kernel and returns the module's path."""
    name = archive.depends(guest.suite, guest.debian, guest.kernel, r"linux-image-\d")
    headers = name.replace("linux-image-", "linux-headers-")
    common = archive.depends(guest.suite, guest.debian, headers, r"linux-headers-.*-common")
    tools = archive.depends(guest.suite, guest.debian, headers, r"linux-kbuild-")
    root = os.path.join(folder, guest.name + "-headers")
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root)
    # kbuild's own programs are for this machine, and may want a newer C library than it has.
    parts = [(headers, guest.debian), (common, guest.debian), (tools, host), ("libc6", host)]
    for package, arch in parts:
        path = archive.get(guest.suite, arch, package)
        subprocess.run(["dpkg-deb", "-x", path, root], check=True)
    out = os.path.join(folder, guest.name + ".ko")
    done = subprocess.run(
        [os.path.join(top, "tests/lab/pmu/build"), guest.arch, root, out],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"the test PMU does not build: {(done.stdout + done.stderr)[-2000:]}")
    return out
