# SPDX-License-Identifier: MIT
"""The lab: boots the live tests on other kernels and processors, in guests under QEMU."""
