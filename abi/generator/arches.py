# SPDX-License-Identifier: MIT
"""The architectures that the kernel's package has headers for, and how a C front end plays each.

An architecture that libclang cannot target is played by one of the same data model and byte order
with the other's macros: what is asked of it here are macro values and the layout of naturally
aligned fields, which the data model decides.
"""


class Abi:
    def __init__(self, name, target, test, big=False, define=(), undefine=()):
        self.name = name  # of the ABI, as in "mips-n32"
        self.target = target  # for clang
        self.test = test  # the preprocessor condition that is true on it and on nothing before it
        self.big = big  # most significant byte first
        self.define, self.undefine = define, undefine


class Arch:
    def __init__(self, name, test, *abis):
        self.name = name  # the kernel's: the folder of its asm headers
        self.test = test  # the preprocessor condition for all of its ABIs
        self.abis = abis


_X86 = ("__x86_64__", "__x86_64", "__amd64__", "__amd64", "__i386__", "__i386", "i386")
_MIPS = ("__mips__", "__mips", "mips", "_mips")

ALL = [
    Arch(
        "x86",
        "defined(__x86_64__) || defined(__i386__)",
        Abi("x86-64", "x86_64-linux-gnu", "defined(__x86_64__) && !defined(__ILP32__)"),
        Abi("x32", "x86_64-linux-gnux32", "defined(__x86_64__) && defined(__ILP32__)"),
        Abi("i386", "i386-linux-gnu", "defined(__i386__)"),
    ),
    Arch("arm", "defined(__arm__)", Abi("arm", "arm-linux-gnueabihf", "defined(__arm__)")),
    Arch(
        "arm64",
        "defined(__aarch64__)",
        Abi("arm64", "aarch64-linux-gnu", "defined(__aarch64__)"),
        Abi("arm64-be", "aarch64_be-linux-gnu", "defined(__aarch64__)", big=True),
    ),
    Arch(
        "riscv",
        "defined(__riscv)",
        Abi("riscv64", "riscv64-linux-gnu", "defined(__riscv)"),
        Abi("riscv32", "riscv32-linux-gnu", "defined(__riscv)"),
    ),
    Arch(
        "powerpc",
        "defined(__powerpc__)",
        Abi("ppc64le", "powerpc64le-linux-gnu", "defined(__powerpc__)"),
        Abi("ppc64", "powerpc64-linux-gnu", "defined(__powerpc__)", big=True),
        Abi("ppc", "powerpc-linux-gnu", "defined(__powerpc__)", big=True),
    ),
    Arch("s390", "defined(__s390__)", Abi("s390x", "s390x-linux-gnu", "defined(__s390__)", big=True)),
    Arch(
        "mips",
        "defined(__mips__)",
        Abi(
            "mips64",
            "mips64-linux-gnuabi64",
            "defined(__mips__) && _MIPS_SIM == _ABI64",
            big=True,
        ),
        Abi("mips64el", "mips64el-linux-gnuabi64", "defined(__mips__) && _MIPS_SIM == _ABI64"),
        Abi("mips-n32", "mips64-linux-gnuabin32", "defined(__mips__) && _MIPS_SIM == _ABIN32", big=True),
        Abi("mips-o32", "mips-linux-gnu", "defined(__mips__)", big=True),
        Abi("mipsel-o32", "mipsel-linux-gnu", "defined(__mips__)"),
    ),
    Arch(
        "loongarch",
        "defined(__loongarch__)",
        Abi(
            "loongarch64",
            "x86_64-linux-gnu",
            "defined(__loongarch__)",
            undefine=_X86,
            define=("__loongarch__", "__loongarch64", "__loongarch_grlen=64"),
        ),
    ),
    Arch(
        "sparc",
        "defined(__sparc__)",
        Abi("sparc64", "sparc64-linux-gnu", "defined(__sparc__)", big=True),
        Abi("sparc", "sparc-linux-gnu", "defined(__sparc__)", big=True),
    ),
    Arch(
        "parisc",
        "defined(__hppa__)",
        Abi(
            "parisc",
            "mips-linux-gnu",
            "defined(__hppa__)",
            big=True,
            undefine=_MIPS,
            define=("__hppa__",),
        ),
    ),
    Arch(
        "alpha",
        "defined(__alpha__)",
        Abi(
            "alpha",
            "x86_64-linux-gnu",
            "defined(__alpha__)",
            undefine=_X86,
            # asm/swab.h, left out by its guard, calls built-ins that only alpha's own front end has.
            define=("__alpha__", "_ALPHA_SWAB_H"),
        ),
    ),
    Arch(
        "m68k",
        "defined(__m68k__)",
        Abi(
            "m68k",
            "mips-linux-gnu",
            "defined(__m68k__)",
            big=True,
            undefine=_MIPS,
            define=("__m68k__",),
        ),
    ),
    Arch(
        "sh",
        "defined(__sh__)",
        Abi("sh", "i386-linux-gnu", "defined(__sh__)", undefine=_X86, define=("__sh__",)),
    ),
    Arch(
        "arc",
        "defined(__arc__)",
        Abi("arc", "i386-linux-gnu", "defined(__arc__)", undefine=_X86, define=("__arc__",)),
    ),
    Arch(
        "csky",
        "defined(__csky__)",
        Abi(
            "csky",
            "i386-linux-gnu",
            "defined(__csky__)",
            undefine=_X86,
            define=("__csky__", "__CSKYABIV2__"),
        ),
    ),
]
