# SPDX-License-Identifier: MIT
"""Libraries that the guests' programs are linked with, from Debian's sources: what their own build
systems would find out about the C library is said here, since it is glibc on every architecture."""

import glob
import os
import tarfile

SUITE = "trixie"

CMOCKA = (
    "-w -DHAVE_SIGNAL_H -DHAVE_STRUCT_TIMESPEC -DHAVE_CLOCK_GETTIME -DHAVE_CLOCK_REALTIME"
    " -DHAVE_STRSIGNAL -DHAVE_INTTYPES_H -DHAVE_STDINT_H -DHAVE_MALLOC_H -DHAVE_STRINGS_H"
    " -DHAVE_UNISTD_H -DHAVE_SETJMP_H -DHAVE_TIME_H -DHAVE_IO_H=0 -DHAVE_GCC_THREAD_LOCAL_STORAGE"
).split()

JSON_C = (
    "-w -DHAVE_DLFCN_H -DHAVE_ENDIAN_H -DHAVE_FCNTL_H -DHAVE_INTTYPES_H -DHAVE_LIMITS_H -DHAVE_LOCALE_H"
    " -DHAVE_STDARG_H -DHAVE_STDINT_H -DHAVE_STDLIB_H -DHAVE_STRINGS_H -DHAVE_STRING_H"
    " -DHAVE_SYS_PARAM_H -DHAVE_SYS_RANDOM_H -DHAVE_SYS_STAT_H -DHAVE_SYS_TYPES_H -DHAVE_UNISTD_H"
    " -DHAVE_DECL_INFINITY -DHAVE_DECL_ISINF -DHAVE_DECL_ISNAN -DHAVE_DECL_NAN -DHAVE_OPEN"
    " -DHAVE_REALLOC -DHAVE_SETLOCALE -DHAVE_SNPRINTF -DHAVE_STRCASECMP=1 -DHAVE_STRDUP"
    " -DHAVE_STRERROR -DHAVE_STRNCASECMP=1 -DHAVE_USELOCALE -DHAVE_VASPRINTF -DHAVE_VPRINTF"
    " -DHAVE_VSNPRINTF -DHAVE_STRTOLL -DHAVE_STRTOULL -DHAVE_GETRANDOM -DHAVE_ATOMIC_BUILTINS"
    " -DJSON_C_HAVE_INTTYPES_H=1 -DSIZEOF_INT=__SIZEOF_INT__ -DSIZEOF_LONG=__SIZEOF_LONG__"
    " -DSIZEOF_INT64_T=8 -DSIZEOF_LONG_LONG=8 -DSIZEOF_SIZE_T=__SIZEOF_SIZE_T__"
    " -DSIZEOF_SSIZE_T=__SIZEOF_SIZE_T__"
).split()
# What the programs here never ask for.
JSON_C_WITHOUT = ("json_patch", "json_pointer", "libjson")


class Library:
    def __init__(self, sources, flags, include):
        self.sources, self.flags, self.include = sources, flags, include


def cmocka(archive, folder):
    top = unpacked(archive.get_source(SUITE, "cmocka"), os.path.join(folder, "cmocka"))
    include = os.path.join(top, "include")
    return Library([os.path.join(top, "src/cmocka.c")], CMOCKA, include)


def json_c(archive, folder):
    outer = os.path.join(folder, "json-c-source")
    top = unpacked(archive.get_source(SUITE, "json-c"), outer)
    # Programs include <json-c/json.h>.
    include = os.path.join(outer, "include")
    os.makedirs(include, exist_ok=True)
    if not os.path.lexists(os.path.join(include, "json-c")):
        os.symlink(top, os.path.join(include, "json-c"))
        with open(os.path.join(top, "json.h.cmakein"), encoding="utf-8") as file:
            text = file.read().replace("@JSON_H_JSON_PATCH@", "").replace("@JSON_H_JSON_POINTER@", "")
        write(os.path.join(top, "json.h"), text)
        write(os.path.join(top, "json_config.h"), "#define JSON_C_HAVE_INTTYPES_H 1\n")
        write(os.path.join(top, "config.h"), "")
    sources = [s for s in sorted(glob.glob(os.path.join(top, "*.c"))) if stem(s) not in JSON_C_WITHOUT]
    return Library(sources, JSON_C, include)


def stem(path):
    return os.path.basename(path)[:-2]


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def unpacked(path, folder):
    """The one folder that the archive holds, unpacked once."""
    if not os.path.isdir(folder):
        with tarfile.open(path) as tar:
            tar.extractall(folder + ".part")
        os.rename(folder + ".part", folder)
    return next(p for p in sorted(glob.glob(os.path.join(folder, "*-[0-9]*"))) if os.path.isdir(p))
