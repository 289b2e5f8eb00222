/* SPDX-License-Identifier: MIT */
/*
 * The jump of a linkage table's entry, for each processor that we know. What is found need not be
 * one: the caller knows all slots that there are.
 */
#include "plt.h"

#include <elf.h>
#include <string.h>

/* Looks for an entry that begins right there. Returns the length of it that was decoded, or 0. */
typedef size_t (*decode_fn)(const struct plt_code *code, size_t at, __u64 *slot);

static __u32 little(const struct plt_code *code, size_t at)
{
	const unsigned char *bytes = code->bytes + at;

	if (at > code->size || code->size - at < 4)
		return 0;
	return bytes[0] | (__u32)bytes[1] << 8 | (__u32)bytes[2] << 16 | (__u32)bytes[3] << 24;
}

static __u64 signed32(__u32 value)
{
	return (__u64)(__s64)(__s32)value;
}

/* endbr64 or endbr32, bnd, jmp *SLOT: by its distance, its address, or counted from %ebx. */
static size_t decode_x86(const struct plt_code *code, size_t at, __u64 *slot)
{
	size_t jump = at;
	__u32 word = little(code, at);

	if (word == 0xfa1e0ff3 || word == 0xfb1e0ff3)
		jump += 4;
	if ((little(code, jump) & 0xff) == 0xf2)
		jump++;
	word = little(code, jump) & 0xffff;
	if (jump + 6 > code->size)
		return 0;
	if (word == 0x25ff && code->machine == EM_X86_64)
		*slot = code->address + jump + 6 + signed32(little(code, jump + 2));
	else if (word == 0x25ff)
		*slot = little(code, jump + 2);
	else if (word == 0xa3ff && code->machine == EM_386)
		*slot = (__u32)(code->got + little(code, jump + 2));
	else
		return 0;
	return jump + 6 - at;
}

/* bti c, adrp x16, ldr x17, [x16, #OFFSET] */
static size_t decode_arm64(const struct plt_code *code, size_t at, __u64 *slot)
{
	size_t first = at + (little(code, at) == 0xd503245f ? 4 : 0);
	__u32 adrp = little(code, first), load = little(code, first + 4);
	__u32 pages = (adrp >> 3 & 0x1ffffc) | (adrp >> 29 & 3);

	if ((adrp & 0x9f00001f) != 0x90000010 || (load & 0xffc003ff) != 0xf9400211)
		return 0;
	*slot = ((code->address + first) & ~0xfffULL) + (signed32(pages << 11) << 1) +
		((load >> 10 & 0xfff) << 3);
	return first + 8 - at;
}

/* add ip, pc, #A; add ip, ip, #B; ldr pc, [ip, #C]! */
static size_t decode_arm(const struct plt_code *code, size_t at, __u64 *slot)
{
	__u32 high = little(code, at), middle = little(code, at + 4), load = little(code, at + 8);

	if ((high & 0xffffff00) != 0xe28fc600 || (middle & 0xffffff00) != 0xe28cca00 ||
	    (load & 0xfffff000) != 0xe5bcf000)
		return 0;
	*slot = (__u32)(code->address + at + 8 + ((high & 0xff) << 20) + ((middle & 0xff) << 12) +
			(load & 0xfff));
	return 12;
}

/* auipc t3, HIGH; ld t3, LOW(t3) */
static size_t decode_riscv(const struct plt_code *code, size_t at, __u64 *slot)
{
	__u32 high = little(code, at), load = little(code, at + 4);

	if ((high & 0xfff) != 0xe17 || (load & 0xfffff) != (code->is_wide ? 0xe3e03U : 0xe2e03U))
		return 0;
	*slot = code->address + at + signed32(high & 0xfffff000) +
		(__u64)((__s64)(__s32)load >> 20);
	return 8;
}

/* larl %r1, SLOT; lg %r1, 0(%r1) */
static size_t decode_s390(const struct plt_code *code, size_t at, __u64 *slot)
{
	static const unsigned char load[] = { 0xe3, 0x10, 0x10, 0x00, 0x00, 0x04 };
	const unsigned char *bytes = code->bytes + at;
	__u32 distance;

	if (code->size < 12 || at > code->size - 12 || bytes[0] != 0xc0 || bytes[1] != 0x10 ||
	    memcmp(bytes + 6, load, sizeof(load)) != 0)
		return 0;
	distance = (__u32)bytes[2] << 24 | (__u32)bytes[3] << 16 | (__u32)bytes[4] << 8 | bytes[5];
	*slot = code->address + at + (signed32(distance) << 1);
	return 12;
}

/* How entries are found: they begin at multiples of step, and have most bytes at most. */
static const struct decoder {
	__u16 machine;
	__u8 step, most;
	decode_fn decode;
} decoders[] = {
	{ EM_X86_64, 8, 16, decode_x86 },    { EM_386, 8, 16, decode_x86 },
	{ EM_AARCH64, 4, 24, decode_arm64 }, { EM_ARM, 4, 12, decode_arm },
	{ EM_RISCV, 4, 16, decode_riscv },   { EM_S390, 4, 32, decode_s390 },
};

static const struct decoder *decoder_of(const struct plt_code *code)
{
	for (size_t i = 0; i < sizeof(decoders) / sizeof(*decoders); i++)
		if (decoders[i].machine == code->machine)
			return &decoders[i];
	return NULL;
}

int perfev_plt_next(const struct plt_code *code, size_t *at, size_t *begin, __u64 *slot)
{
	const struct decoder *decoder = decoder_of(code);

	for (; decoder && *at < code->size; *at += decoder->step) {
		size_t length = decoder->decode(code, *at, slot);

		if (!length)
			continue;
		*begin = *at;
		*at += (length + decoder->step - 1) / decoder->step * decoder->step;
		return 1;
	}
	return 0;
}

size_t perfev_plt_entry_size(const struct plt_code *code)
{
	const struct decoder *decoder = decoder_of(code);

	return decoder ? decoder->most : 0;
}
