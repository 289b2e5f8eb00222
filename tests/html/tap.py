# SPDX-License-Identifier: MIT
"""TAP for tests in Python: a test is a function whose docstring's first line is its title."""

import os
import traceback


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def run(self, test, *arguments):
        self.count += 1
        title = test.__doc__.splitlines()[0]
        try:
            test(*arguments)
        except Exception:  # whatever it is, the other tests go on
            self.failed += 1
            print(f"not ok {self.count} - {title}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
        else:
            print(f"ok {self.count} - {title}", flush=True)

    def skip(self, test, feature, why):
        """A skip, or a failure where the feature stands in PERFEV_REQUIRE."""
        self.count += 1
        title = test.__doc__.splitlines()[0]
        if feature in os.environ.get("PERFEV_REQUIRE", "").split(","):
            self.failed += 1
            print(f"not ok {self.count} - {title}\n# {feature} is required here, but: {why}")
        else:
            print(f"ok {self.count} - {title} # SKIP no {feature}: {why}")

    def finish(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


def same(got, expected):
    assert got == expected, f"\nexpected: {expected!r}\n     got: {got!r}"
