# SPDX-License-Identifier: MIT
# TAP for the tests that are shell scripts: ok, not_ok and skip print one line each, finish the plan.
# A skip whose feature stands in PERFEV_REQUIRE (a list with commas) is a failure.

tap_count=0
tap_failed=0

# ok TITLE
ok() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

# not_ok TITLE [FILE]: FILE holds what there is to say about it
not_ok() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $1"
	[ -z "${2:-}" ] || sed 's/^/# /' "$2"
}

# skip TITLE FEATURE REASON
skip() {
	case ",${PERFEV_REQUIRE:-}," in
	*",$2,"*)
		not_ok "$1"
		echo "# $2 is required here, but: $3"
		;;
	*)
		tap_count=$((tap_count + 1))
		echo "ok $tap_count - $1 # SKIP no $2: $3"
		;;
	esac
}

# is TITLE EXPECTED GOT: compares two texts
is() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1"
		printf 'expected: %s\n     got: %s\n' "$2" "$3" | sed 's/^/# /'
	fi
}

# finish: ends the script; its status says whether all passed
finish() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}
