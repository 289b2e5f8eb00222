# SPDX-License-Identifier: MIT
# The front door: each target is a line or two over meson and the scripts that do the work.

BUILD ?= build/release
PACKAGES = build

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

$(BUILD)/build.ninja:
	@tools/packages $(PACKAGES)
	@meson setup $(BUILD) --buildtype=release

# The whole story: a compiler counted, sampled, its ten hottest functions, and a flame graph.
demo: PACKAGES += html
demo: all
	@tools/demo $(BUILD)/cli/perfev

# Every test that can run on this machine, with gcc and clang, plain and under sanitizers.
check:
	@tools/packages build check
	@tests/check

# All fuzz targets for so many seconds, or one: make fuzz SECONDS=600 TARGET=elf. Or until they ran so
# many inputs together, and how many each: make fuzz RUNS=40000000.
SECONDS ?= 60
fuzz:
	@tools/packages build fuzz
	@RUNS=$(RUNS) tests/fuzz/run $(SECONDS) $(TARGET)

# The live tests on other kernels and processors, in guests: all of them, or GUEST=NAME, or QUICK=1;
# LIST=1 lists them. A run of all writes docs/tested.md and docs/kernel.md.
lab:
	@$(if $(LIST),,tools/packages build lab)
	@tests/lab/run $(if $(LIST),--list) $(if $(QUICK),--quick) \
		$(if $(CI)$(LIST)$(QUICK)$(GUEST),,--write) $(GUEST)

# What others' readers make of our recordings: linux-perf 6.1, 6.12 and newest, hotspot, samply, AutoFDO.
# Fetches them once, unpacked beside the system.
readers:
	@tools/packages build check
	@tests/golden/fetch-readers
	@[ -e build/check/gcc/build.ninja ] || \
		meson setup build/check/gcc -Dtests=true -Dwerror=true --buildtype=debugoptimized
	@meson test -C build/check/gcc --verbose readers

# What bench/README.md claims, measured again, side by side in one run.
bench: all
	@tools/packages build bench
	@bench/run $(BUILD)

# Takes in the kernel's newest headers; see CONTRIBUTING.md.
regenerate:
	@tools/packages regenerate
	@abi/regenerate

# Formats every hand-written C file in place.
format:
	@tools/packages check
	@tests/style/check --fix

install: all
	@meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf build

.PHONY: all demo check fuzz lab readers bench regenerate format install clean
