# SPDX-License-Identifier: MIT
# CLANG and CLANGXX: the newest clang of those that the tests know, or empty.

CLANG=${CLANG:-}
for version in -19 -18 -17 -16 ''; do
	[ -n "$CLANG" ] && break
	CLANG=$(command -v "clang$version" || true)
done
CLANGXX=
[ -z "$CLANG" ] || CLANGXX=$(echo "$CLANG" | sed 's/clang\([^/]*\)$/clang++\1/')
export CLANG CLANGXX
