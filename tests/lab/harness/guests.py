# SPDX-License-Identifier: MIT
"""The guests as guests.ini describes them: data only; what an architecture says, a guest may change."""

import configparser
import shlex


class Guest:
    def __init__(self, name, values):
        self.name = name
        self.arch = values["arch"]
        self.debian = values["debian"]
        self.suite = values["suite"]
        self.kernel = values["kernel"]
        self.compiler = values["compiler"]
        self.emulator = values["emulator"]
        self.emulator_package = values["emulator package"]
        self.firmware = values.get("firmware")
        self.machine = shlex.split(values["machine"])
        self.console = values["console"]
        self.memory = values["memory"]
        self.qemu = tuple(int(part) for part in values["qemu"].split("."))
        self.exact = values["exact"] == "yes"
        self.quick = values["quick"] == "yes"
        self.pmu = values["pmu"] == "yes"
        self.must = values["must"].split() + values.get("also", "").split()


def read(path):
    """Every guest in the file's order."""
    file = configparser.ConfigParser(interpolation=None, default_section="no default")
    file.read(path, encoding="ascii")
    found = []
    for name in file.sections():
        if name == "DEFAULT" or name.startswith("arch "):
            continue
        values = dict(file["DEFAULT"])
        values.update(file["arch " + file[name]["arch"]])
        values.update(file[name])
        found.append(Guest(name, values))
    return found
