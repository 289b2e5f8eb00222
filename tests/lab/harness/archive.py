# SPDX-License-Identifier: MIT
"""Debian packages of any suite and architecture, through an apt configuration of the lab's own.

Nothing is installed. Packages are kept in a cache under their file names and believed only while
their SHA-256 is the one that the archive's signed lists give.
"""

import hashlib
import os
import re
import subprocess
import time

KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
HELPER = "/usr/lib/apt/apt-helper"
FRESH_SECONDS = 6 * 3600


class Missing(Exception):
    """Something that could not be had, in words for the skip."""


class Package:
    def __init__(self, address, size, digest):
        self.address, self.name = address, os.path.basename(address)
        self.size, self.sha256 = size, digest


class Archive:
    def __init__(self, cache, say):
        self.cache, self.say = cache, say
        self.downloaded = 0
        self.indexes, self.lists = {}, None
        self.packages = os.path.join(cache, "packages")
        self.unpacked = os.path.join(cache, "unpacked")
        for folder in ("lists/partial", "apt/archives/partial", "packages", "unpacked"):
            os.makedirs(os.path.join(cache, folder), exist_ok=True)

    def update(self, wanted):
        """Gets the lists of {suite: {architectures, or "source"}}; those of a suite that does not
        answer are left as they were."""
        path, stamp = os.path.join(self.cache, "sources.list"), os.path.join(self.cache, "lists.of")
        fresh = os.path.exists(stamp) and time.time() - os.path.getmtime(stamp) < FRESH_SECONDS
        have = read(stamp) if fresh else ""
        sources = self.sources(wanted)
        if not set(sources.splitlines()) - set(have.splitlines()):
            return
        # Lists that another run fetched are kept: apt drops those that it is not told of.
        sources = "".join(sorted({line + "\n" for line in (have + sources).splitlines()}))
        with open(path, "w", encoding="ascii") as file:
            file.write(sources)
        self.say("fetching the lists of " + ", ".join(sorted(wanted)))
        before = self.list_bytes()
        done = self.apt("update", check=False)
        self.downloaded += max(0, self.list_bytes() - before)
        if done.returncode == 0 and "Failed" not in done.stderr:
            with open(stamp, "w", encoding="ascii") as file:
                file.write(sources)

    def sources(self, wanted):
        mirror, security = mirrors()
        if not mirror or not os.path.exists(KEYS):
            raise Missing("the system's apt knows no Debian mirror")
        lines = []
        for suite in sorted(wanted):
            site = security if suite.endswith("-security") and security else mirror
            for arch in sorted(wanted[suite] - {"source"}):
                lines.append(f"deb [arch={arch} signed-by={KEYS}] {site} {suite} main\n")
            if "source" in wanted[suite]:
                lines.append(f"deb-src [signed-by={KEYS}] {site} {suite} main\n")
        return "".join(lines)

    def list_bytes(self):
        folder = os.path.join(self.cache, "lists")
        return sum(e.stat().st_size for e in os.scandir(folder) if e.is_file())

    def apt(self, *arguments, check=True):
        command = ["apt-get", "-q"]
        for option in (
            f"Dir::Etc::sourcelist={self.cache}/sources.list",
            "Dir::Etc::sourceparts=-",
            f"Dir::State::lists={self.cache}/lists",
            f"Dir::Cache={self.cache}/apt",
            "APT::Sandbox::User=root",
            "Acquire::Languages=none",
            "Acquire::IndexTargets::deb::CNF::DefaultEnabled=false",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
            "APT::Architectures::=amd64",
            "APT::Architectures::=arm64",
            "APT::Architectures::=riscv64",
            "APT::Architectures::=ppc64el",
        ):
            command += ["-o", option]
        done = subprocess.run(
            command + list(arguments), capture_output=True, text=True, check=False
        )
        if check and done.returncode:
            raise Missing(last_error(done.stderr) or f"apt {' '.join(arguments)} failed")
        return done

    def index(self, suite, arch):
        """The packages that the lab may want, out of the signed list: {name: fields}."""
        if (suite, arch) not in self.indexes:
            kind = "Sources" if arch == "source" else "Packages"
            for line in self.targets():
                made, release, machine, site, path = line.split(" ", 4)
                if made == kind and release == suite and (arch == "source" or machine == arch):
                    self.indexes[suite, arch] = site.rstrip("/"), parse_list(path)
                    break
            else:
                raise Missing(f"suite {suite} does not answer, or has nothing for {arch}")
        return self.indexes[suite, arch]

    def targets(self):
        """A line for each list that is there. apt takes seconds to say so: it is asked once."""
        if self.lists is None:
            wanted = "$(CREATED_BY) $(RELEASE) $(ARCHITECTURE) $(SITE) $(FILENAME)"
            self.lists = self.apt("indextargets", "--format", wanted).stdout.splitlines()
        return self.lists

    def fields(self, suite, arch, name):
        site, packages = self.index(suite, arch)
        if name not in packages:
            raise Missing(f"{name}: not in suite {suite} for {arch}")
        return site, packages[name]

    def depends(self, suite, arch, name, pattern):
        """The first package that this one depends on and whose name matches, or None."""
        _, fields = self.fields(suite, arch, name)
        for one in fields.get("Depends", "").split(", "):
            if re.match(pattern, one):
                return re.split(r"[ :]", one)[0]
        return None

    def get(self, suite, arch, name):
        """The path of the package's file in the cache, downloaded if it is not there or not whole."""
        site, fields = self.fields(suite, arch, name)
        address = f"{site}/{fields['Filename']}"
        return self.fetch(Package(address, int(fields["Size"]), fields["SHA256"]))

    def get_source(self, suite, name):
        """The path of a source package's upstream archive."""
        site, fields = self.fields(suite, "source", name)
        for line in fields["Checksums-Sha256"].splitlines():
            found = re.match(r"\s*([0-9a-f]{64}) (\d+) (\S+\.orig\.tar\.\w+)$", line)
            if found:
                digest, size, file = found.groups()
                return self.fetch(Package(f"{site}/{fields['Directory']}/{file}", int(size), digest))
        raise Missing(f"{name} of {suite} has no upstream archive")

    def fetch(self, package):
        path = os.path.join(self.packages, package.name)
        if sha256(path) != package.sha256:
            self.say(f"fetching {package.name} ({package.size / 1e6:.1f} MB)")
            done = subprocess.run(
                [HELPER, "download-file", package.address, path, f"SHA256:{package.sha256}"],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise Missing(last_error(done.stderr) or f"{package.name} does not come")
            self.downloaded += package.size
            if sha256(path) != package.sha256:
                raise Missing(f"{package.name}: what came is not what the archive's lists promise")
        return path

    def unpack(self, path, only=None):
        """The folder with the package's files (or those whose path matches), unpacked once."""
        key = os.path.basename(path) + (".part" if only else "")
        folder = os.path.join(self.unpacked, key)
        stamp = os.path.join(folder, ".whole")
        digest = sha256(path)
        if read(stamp) == digest:
            return folder
        subprocess.run(["rm", "-rf", folder], check=True)
        os.makedirs(folder)
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE) as tar:
            command = ["tar", "-x", "-C", folder] + (["--wildcards", only] if only else [])
            subprocess.run(command, stdin=tar.stdout, check=True)
        with open(stamp, "w", encoding="ascii") as file:
            file.write(digest)
        return folder


def parse_list(path):
    """The stanzas of a list whose packages begin as those do that the lab wants."""
    said = subprocess.run([HELPER, "cat-file", path], capture_output=True, text=True, check=True).stdout
    found = {}
    for stanza in re.findall(r"^Package: (?:linux-|qemu-|opensbi|cmocka|json-c\n|libc6\n).*?\n\n", said, re.M | re.S):
        fields = dict(re.findall(r"^([\w-]+):[ ]?(.*(?:\n .*)*)", stanza, re.M))
        found[fields["Package"]] = fields
    return found


def mirrors():
    """The Debian mirror and the security mirror that the system itself uses."""
    said = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)"], capture_output=True, text=True, check=False
    ).stdout.split()
    main = next((s for s in said if re.search(r"/debian/*$", s)), None)
    security = next((s for s in said if re.search(r"/debian-security/*$", s)), None)
    return main, security or (main and re.sub(r"/debian/*$", "/debian-security", main))


def last_error(text):
    lines = [line for line in text.splitlines() if line.startswith("E:")]
    return lines[0] if lines else ""


def sha256(path):
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None
