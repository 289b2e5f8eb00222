# SPDX-License-Identifier: MIT
# CLANG and CLANGXX: the newest clang of those that the tests know, or empty. M32: the flags for
# 32-bit programs, with the kernel's headers where Debian has them for one architecture only.

CLANG=${CLANG:-}
for version in -19 -18 -17 -16 ''; do
	[ -n "$CLANG" ] && break
	CLANG=$(command -v "clang$version" || true)
done
CLANGXX=
[ -z "$CLANG" ] || CLANGXX=$(echo "$CLANG" | sed 's/clang\([^/]*\)$/clang++\1/')
M32="-m32 -idirafter /usr/include/$(gcc -print-multiarch 2>/dev/null)"
export CLANG CLANGXX M32
