# SPDX-License-Identifier: MIT
"""Reads a kernel's headers with libclang and gives back facts: names, values, layouts.

Nothing here reads C as text. Every macro, enumerator and field comes from the front end, once for
each architecture, and what must be the same everywhere is checked to be the same everywhere.
"""

import ctypes
import os
import re

from clang import cindex
from clang.cindex import CursorKind, TypeKind

from . import arches

HEADERS = ["linux/perf_event.h", "linux/hw_breakpoint.h"]

# What asm/unistd.h must say about the system call; the first macro that an architecture has counts.
SYSCALL = "__NR_perf_event_open"

IOC = ["_IOC_NONE", "_IOC_READ", "_IOC_WRITE", "_IOC_SIZESHIFT", "_IOC_DIRSHIFT"]


class Failure(Exception):
    """The headers say something that this program does not know how to carry over."""


def extract(folder, extra):
    """The facts of the headers in folder (a linux-libc-dev unpacked, or a headers_install), with
    the asm folders that it lacks taken from the folder extra."""
    tree = Tree(folder, extra)
    version = tree.version()
    facts = {"kernel": version, "headers": {}, "regs": {}, "ioctl": {}, "syscall": {}, "pointer": {}}
    reference = None
    for arch in arches.ALL:
        asm = tree.asm(arch)
        if asm is None:
            continue
        for abi in arch.abis:
            unit = Unit(tree, arch, abi)
            here = {name: unit.header(name) for name in HEADERS}
            if reference is None:
                reference = (abi.name, here)
                facts["headers"] = here
            merge(facts["headers"], here, reference[0], abi)
            facts["pointer"][abi.name] = unit.value("sizeof(void *)", "linux/types.h")
            facts["syscall"][abi.name] = unit.value(SYSCALL, "asm/unistd.h")
        facts["ioctl"][arch.name] = {n: unit.value(n, "asm/ioctl.h") for n in IOC}
        if os.path.exists(os.path.join(asm, "asm/perf_regs.h")):
            facts["regs"][arch.name] = unit.header("asm/perf_regs.h")
    if not facts["headers"]:
        raise Failure(f"{folder}: no architecture's asm/ folder was found under it")
    return facts


class Tree:
    """Where a kernel's headers lie: Debian's layout, or that of make headers_install."""

    def __init__(self, folder, extra):
        self.folder, self.extra = folder, extra
        for generic in ("usr/include", "include", "."):
            self.generic = os.path.join(folder, generic)
            if os.path.exists(os.path.join(self.generic, "linux/perf_event.h")):
                break
        else:
            raise Failure(f"{folder}: no linux/perf_event.h in it, nor in usr/include or include")

    def asm(self, arch):
        """The folder that holds this architecture's asm/, or None."""
        for place in (
            os.path.join(self.folder, "usr/lib/linux/uapi", arch.name),
            os.path.join(self.folder, arch.name),
            os.path.join(self.extra, arch.name),
        ):
            if os.path.isdir(os.path.join(place, "asm")):
                return place
        return None

    def version(self):
        path = os.path.join(self.generic, "linux/version.h")
        unit = cindex.Index.create().parse(path, options=1)
        words = {}
        for cursor in unit.cursor.get_children():
            if cursor.kind == CursorKind.MACRO_DEFINITION and not function_like(cursor):
                tokens = [t.spelling for t in cursor.get_tokens()][1:]
                if len(tokens) == 1:
                    words[cursor.spelling] = tokens[0]
        code = int(words["LINUX_VERSION_CODE"])
        return {"code": code, "release": f"{code >> 16}.{code >> 8 & 255}"}


class Unit:
    """One architecture's view of the headers."""

    def __init__(self, tree, arch, abi):
        self.tree, self.arch, self.abi = tree, arch, abi
        self.args = ["-x", "c", "-std=gnu11", "-ffreestanding", "-nostdinc", "-w"]
        self.args += [f"--target={abi.target}"]
        self.args += [f"-U{m}" for m in abi.undefine] + [f"-D{m}" for m in abi.define]
        self.args += ["-I", tree.asm(arch), "-I", tree.generic]

    def parse(self, text):
        unit = cindex.Index.create().parse(
            "facts.c", self.args, unsaved_files=[("facts.c", text)], options=1
        )
        worst = [d for d in unit.diagnostics if d.severity >= cindex.Diagnostic.Error]
        if worst:
            raise Failure(f"{self.abi.name}: {worst[0]}")
        return unit

    def value(self, expression, header):
        """The value of one constant expression with that header included."""
        text = f"#include <{header}>\nenum {{ perfev_value = (long long)({expression}) }};\n"
        for cursor in self.parse(text).cursor.walk_preorder():
            if cursor.spelling == "perfev_value":
                return cursor.enum_value
        raise Failure(f"{self.abi.name}: {expression} has no value")

    def header(self, name):
        """Everything that one header declares, in its order."""
        unit = self.parse(f"#include <{name}>\n")
        items, guard = [], None
        for cursor in unit.cursor.get_children():
            if not cursor.location.file or not cursor.location.file.name.endswith(name):
                continue
            line = cursor.location.line
            if cursor.kind == CursorKind.MACRO_DEFINITION:
                macro = self.macro(cursor)
                if macro["text"] == "" and guard is None:
                    guard = macro["name"]
                else:
                    items.append((line, macro))
            elif cursor.kind == CursorKind.ENUM_DECL:
                items.append((line, self.enum(cursor)))
            elif cursor.kind in (CursorKind.STRUCT_DECL, CursorKind.UNION_DECL):
                items.append((line, self.record(cursor)))
            elif cursor.kind not in (CursorKind.INCLUSION_DIRECTIVE, CursorKind.MACRO_INSTANTIATION):
                raise Failure(f"{name}:{line}: a {cursor.kind.name} is not known here")
        items = [item for _, item in sorted(items, key=lambda pair: pair[0])]
        self.evaluate(name, items)
        return {"guard": guard, "items": items}

    def macro(self, cursor):
        tokens = list(cursor.get_tokens())
        body, params = tokens[1:], None
        if function_like(cursor):
            close = next(i for i, t in enumerate(body) if t.spelling == ")")
            params = [t.spelling for t in body[1:close] if t.spelling != ","]
            body = body[close + 1 :]
        return {"kind": "macro", "name": cursor.spelling, "params": params, "text": spell(body)}

    def evaluate(self, header, items):
        """Adds the value and the type of every macro that stands for a constant."""
        macros = [i for i in items if i["kind"] == "macro" and i["params"] is None]
        text = f"#include <{header}>\n"
        for number, macro in enumerate(macros):
            text += f"__typeof__({macro['name']}) perfev_type_{number};\n"
            text += f"enum {{ perfev_value_{number} = ({macro['name']}) }};\n"
        for cursor in self.parse(text).cursor.walk_preorder():
            if cursor.spelling.startswith("perfev_type_"):
                kind = cursor.type.get_canonical().spelling
                macros[int(cursor.spelling[12:])]["type"] = kind
            elif cursor.spelling.startswith("perfev_value_"):
                macros[int(cursor.spelling[13:])]["value"] = unsigned(cursor.enum_value)

    def enum(self, cursor):
        constants = []
        for child in cursor.get_children():
            tokens = list(child.get_tokens())[2:]
            constants.append(
                {"name": child.spelling, "value": unsigned(child.enum_value), "text": spell(tokens)}
            )
        return {"kind": "enum", "tag": tag(cursor), "constants": constants}

    def record(self, cursor):
        kind = "struct" if cursor.kind == CursorKind.STRUCT_DECL else "union"
        return {
            "kind": kind,
            "tag": tag(cursor),
            "size": cursor.type.get_size(),
            "fields": self.fields(cursor, cursor, 0),
        }

    def fields(self, cursor, outer, base):
        """The fields of a record in order; unnamed structs and unions nest."""
        found = []
        for child in cursor.get_children():
            if child.kind in (CursorKind.STRUCT_DECL, CursorKind.UNION_DECL):
                if tag(child) is not None:
                    raise Failure(f"{outer.spelling}: {child.spelling} is named, which is not known here")
                kind = "struct" if child.kind == CursorKind.STRUCT_DECL else "union"
                first = next(c for c in child.walk_preorder() if c.kind == CursorKind.FIELD_DECL)
                offset = outer.type.get_offset(first.spelling)
                found.append(
                    {
                        "kind": kind,
                        "offset": offset // 8,
                        "size": child.type.get_size(),
                        "fields": self.fields(child, outer, offset),
                    }
                )
            elif child.kind == CursorKind.FIELD_DECL:
                if child.spelling:
                    found.append(self.field(child, outer))
        return found

    def field(self, child, outer):
        kind, count = child.type, None
        if kind.kind == TypeKind.CONSTANTARRAY:
            count, kind = kind.element_count, kind.element_type
        elif kind.kind == TypeKind.INCOMPLETEARRAY:
            count, kind = 0, kind.element_type
        offset = outer.type.get_offset(child.spelling)
        fact = {"kind": "field", "name": child.spelling, "type": kind.spelling, "bit": offset}
        if child.is_bitfield():
            fact["width"] = child.get_bitfield_width()
        elif count is not None:
            fact["count"] = count
        fact["size"] = kind.get_size()
        return fact


def function_like(cursor):
    """Whether a macro takes arguments; the Python bindings of older releases lack the call."""
    ask = cindex.conf.lib.clang_Cursor_isMacroFunctionLike
    ask.argtypes, ask.restype = [cindex.Cursor], ctypes.c_uint
    return bool(ask(cursor))


def tag(cursor):
    """The name of a type, or None where it has none (libclang versions spell that differently)."""
    name = cursor.spelling
    return name if re.fullmatch(r"\w+", name) else None


def unsigned(value):
    return value & (1 << 64) - 1 if value < -(1 << 31) else value


def spell(tokens):
    """Tokens as text with the source's own spacing, on one line."""
    text, last = "", None
    for token in tokens:
        if token.kind == cindex.TokenKind.COMMENT:
            continue
        if last is not None and token.extent.start.offset > last.extent.end.offset:
            text += " "
        text += token.spelling
        last = token
    return re.sub(r"\b(_IO\w*) \(", r"\1(", text)


def merge(facts, here, reference, abi):
    """Adds what differs on another architecture; refuses what must not differ."""
    for name, header in facts.items():
        ours, theirs = header["items"], here[name]["items"]
        if [identity(i) for i in ours] != [identity(i) for i in theirs]:
            raise Failure(f"{name}: {abi.name} declares other things than {reference}")
        for mine, other in zip(ours, theirs):
            if mine["kind"] == "macro":
                if mine["params"] is None and "_IO" in mine["text"]:
                    mine.setdefault("values", {})[abi.name] = other["value"]
                elif mine != other and not same_macro(mine, other):
                    raise Failure(f"{name}: {mine['name']} is {other} on {abi.name}")
            elif mine["kind"] == "enum":
                if mine != other:
                    raise Failure(f"{name}: enum {mine['tag']} differs on {abi.name}")
            elif mine["size"] != other["size"]:
                raise Failure(f"{name}: sizeof {mine['tag']} is {other['size']} on {abi.name}")
            elif abi.big and mine["fields"] != other["fields"]:
                mine["big_fields"] = other["fields"]
            elif not abi.big and mine["fields"] != other["fields"]:
                raise Failure(f"{name}: {mine['tag']} is laid out otherwise on {abi.name}")


def same_macro(mine, other):
    """The same constant; only the name of its type may differ (long is 32 bits wide somewhere)."""
    return mine["text"] == other["text"] and mine.get("value") == other.get("value")


def identity(item):
    return (item["kind"], item.get("name") or item.get("tag") or item.get("constants", [{}])[0].get("name"))
