# SPDX-License-Identifier: MIT
# Programs that the scripts here look at, made with this system's tools into a folder of their own.
# look ...: asks LOOK, tests/symbol/look.c, away from this user's own folders and servers.

cc=${CC:-cc}
sources=$(cd "$(dirname "$0")" && pwd)
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir "$made/home"
unset DEBUGINFOD_URLS

look() {
	HOME=$made/home "$LOOK" --debug "$made/debug" "$@"
}

# state FILE...: only its word
state() {
	look "$@" state | head -n 1
}

# field NAME, of what look says to "state"
field() {
	sed -n "s|^$1: ||p"
}

# build_id FILE
build_id() {
	readelf -n "$1" 2>/dev/null | sed -n 's/.*Build ID: //p'
}

# place_of ID: where files have it
place_of() {
	echo "$1" | sed 's|^..|&/|'
}

# address FILE NAME, in hexadecimal
address() {
	nm "$1" | sed -n "s/^0*\([0-9a-f][0-9a-f]*\) [TtWw] $2\$/\1/p" | head -n 1
}

# compile OUT FLAG...
compile() {
	out=$1
	shift
	"$cc" -O1 -g "$@" -o "$out" "$sources/program.c"
}

# debug_file FILE OUT: its debug information alone
debug_file() {
	objcopy --only-keep-debug "$1" "$2"
}
