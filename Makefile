# SPDX-License-Identifier: MIT
# The front door: each target is a line or two over meson and the scripts that do the work.

BUILD ?= build/release
PACKAGES = build

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

$(BUILD)/build.ninja:
	@tools/packages $(PACKAGES)
	@meson setup $(BUILD) --buildtype=release

# Counts what compiling a file of perfev's own costs: a real program with children of its own.
demo: PACKAGES += html
demo: all
	@echo '$$ perfev stat -- cc -O2 -Iinclude -c src/names/set.c -o /dev/null'
	@$(BUILD)/cli/perfev stat -- cc -O2 -Iinclude -c src/names/set.c -o /dev/null

# Every test that can run on this machine, with gcc and clang, plain and under sanitizers.
check:
	@tools/packages build check
	@tests/check

# All fuzz targets for so many seconds, or one: make fuzz SECONDS=600 TARGET=elf. Or until they ran so
# many inputs together, and how many each: make fuzz RUNS=40000000.
SECONDS ?= 60
fuzz:
	@tools/packages fuzz
	@RUNS=$(RUNS) tests/fuzz/run $(SECONDS) $(TARGET)

# The live tests on other kernels and processors, in guests: all of them, or GUEST=NAME, or QUICK=1;
# LIST=1 lists them. A run of all writes docs/tested.md and docs/kernel.md.
lab:
	@$(if $(LIST),,tools/packages build lab)
	@tests/lab/run $(if $(LIST),--list) $(if $(QUICK),--quick) \
		$(if $(CI)$(LIST)$(QUICK)$(GUEST),,--write) $(GUEST)

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

.PHONY: all demo check fuzz lab bench regenerate format install clean
