/* SPDX-License-Identifier: MIT */
/*
 * What libperfev-symbol makes of one file: its state, symbols, addresses and lines, as lines of
 * text for the scripts here.
 *
 * usage: look [OPTION...] PATH QUESTION...
 *   --root F, --debug F      as in struct perfev_symbols_options
 *   --build-id HEX, --inode N, --pid N     what was recorded of it
 *   --elsewhere, --machine N               the recording is another machine's
 *   --kind N                               enum perfev_module_kind
 *   --of FILE                              symbols of this file, for a kernel or its module
 * questions: state, all, find=ADDRESS, at=OFFSET[,LENGTH], lines=ADDRESS, linkage=ADDRESS
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/symbol/elf_module.h"

static const char *const states[] = { "unread",  "whole",   "exports", "bare",
				      "missing", "changed", "refused", "broken" };

static const char *or_none(const char *text)
{
	return text ? text : "none";
}

static void read_build_id(struct perfev_build_id *id, const char *hex)
{
	unsigned int byte;

	while (id->size < sizeof(id->bytes) && sscanf(hex, "%2x", &byte) == 1) {
		id->bytes[id->size++] = (__u8)byte;
		hex += 2;
	}
}

static void say_state(const struct module *module)
{
	printf("%s\nfile: %s\norigin: %s\nreason: %s\nremedy: %s\nsymbols: %u\n",
	       states[module->shown.state], or_none(module->shown.file),
	       or_none(module->shown.origin), or_none(module->shown.reason),
	       or_none(module->shown.remedy), module->shown.symbol_count);
}

static void say_symbol(const struct module *module, __u64 address, int mangled)
{
	long number = perfev_symtab_find(&module->symtab, address);
	const char *name = number < 0 ? NULL : perfev_symtab_name(&module->symtab, (__u32)number);
	char *shown = name && !mangled ? perfev_demangle(name) : NULL;

	if (name)
		printf("%s+0x%llx\n", shown ? shown : name,
		       address - module->symtab.entries[number].address);
	else
		puts("none");
	free(shown);
}

static void say_all(const struct symtab *symtab)
{
	for (__u32 i = 0; i < symtab->count; i++)
		printf("%016llx %llx %s\n", symtab->entries[i].address, symtab->entries[i].size,
		       perfev_symtab_name(symtab, i));
}

static void say_address(const struct module *module, const char *text)
{
	__u64 offset = strtoull(text, NULL, 16), length = 0, address;

	if (strchr(text, ','))
		length = strtoull(strchr(text, ',') + 1, NULL, 16);
	if (perfev_elf_address(module, offset, length, &address))
		printf("0x%llx\n", address);
	else
		puts("none");
}

static void say_lines(struct perfev_symbols *symbols, struct module *module, __u64 address)
{
	struct perfev_line lines[16];
	int count = perfev_elf_lines(symbols, module, address, lines, 16);

	printf("%d", count);
	for (int i = 0; i < count && i < 16; i++) {
		const char *file = or_none(lines[i].file), *slash = strrchr(file, '/');

		printf(" %s%s@%s:%u", lines[i].is_inlined ? "inlined " : "",
		       or_none(lines[i].function), slash ? slash + 1 : file, lines[i].line);
	}
	puts("");
}

static void answer(struct perfev_symbols *symbols, struct module *module, const char *question)
{
	const char *equals = strchr(question, '=');
	__u64 address = equals ? strtoull(equals + 1, NULL, 16) : 0;

	if (!strcmp(question, "state"))
		say_state(module);
	else if (!strcmp(question, "all"))
		say_all(&module->symtab);
	else if (!strncmp(question, "find=", 5))
		say_symbol(module, address, 0);
	else if (!strncmp(question, "linkage=", 8))
		say_symbol(module, address, 1);
	else if (!strncmp(question, "at=", 3))
		say_address(module, equals + 1);
	else if (!strncmp(question, "lines=", 6))
		say_lines(symbols, module, address);
}

enum {
	ROOT,
	DEBUG,
	BUILD_ID,
	INODE,
	PID,
	ELSEWHERE,
	MACHINE,
	KIND,
	OF
};

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "root", 1, NULL, ROOT },
		{ "debug", 1, NULL, DEBUG },
		{ "build-id", 1, NULL, BUILD_ID },
		{ "inode", 1, NULL, INODE },
		{ "pid", 1, NULL, PID },
		{ "elsewhere", 0, NULL, ELSEWHERE },
		{ "machine", 1, NULL, MACHINE },
		{ "kind", 1, NULL, KIND },
		{ "of", 1, NULL, OF },
		{ NULL, 0, NULL, 0 },
	};
	struct perfev_symbols symbols = { .is_this_machine = 1, .is_this_kernel = 1 };
	struct module module = { .symtab = { 0 } };
	const char *of = NULL;
	int result, option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case ROOT:
			symbols.options.root = optarg;
			break;
		case DEBUG:
			symbols.options.debug = optarg;
			break;
		case BUILD_ID:
			read_build_id(&module.shown.build_id, optarg);
			break;
		case INODE:
			module.inode = strtoull(optarg, NULL, 10);
			break;
		case PID:
			module.pid = strtoull(optarg, NULL, 10);
			break;
		case ELSEWHERE:
			symbols.is_this_machine = symbols.is_this_kernel = 0;
			break;
		case MACHINE:
			symbols.elf_machine = (__u16)atoi(optarg);
			break;
		case KIND:
			module.shown.kind = (enum perfev_module_kind)atoi(optarg);
			break;
		case OF:
			of = optarg;
			break;
		default:
			return 2;
		}
	}
	if (optind >= argc)
		return 2;
	module.shown.path = argv[optind++];
	result =
		of ? perfev_elf_symbols(&symbols, &module, of) : perfev_elf_load(&symbols, &module);
	if (result < 0)
		printf("failed: %s\n", strerror(-result));
	for (; !result && optind < argc; optind++)
		answer(&symbols, &module, argv[optind]);
	perfev_elf_close(&module);
	perfev_symtab_free(&module.symtab);
	return result < 0;
}
