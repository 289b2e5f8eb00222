/* SPDX-License-Identifier: MIT */
/*
 * The object itself, and the way from an address to a symbol: the process's mapping, the module's
 * own address, the module's answer. A sample takes no memory on this way, only a new symbol does.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "mapped.h"

static int refuse(struct perfev_why *why, enum perfev_cause cause, int error, const char *reason)
{
	if (!why)
		return -error;
	memset(why, 0, sizeof(*why));
	why->cause = cause;
	why->error = error;
	why->position = -1;
	strcpy(why->reason, reason);
	strcpy(why->text, reason);
	return -error;
}

static int is_zero(const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;

	while (length && !byte[length - 1])
		length--;
	return length == 0;
}

/* Copies a text that may be NULL. Returns 0 or -ENOMEM. */
static int copy_text(const char **text)
{
	char *copy = *text ? strdup(*text) : NULL;
	const int result = *text && !copy ? -ENOMEM : 0;

	*text = copy;
	return result;
}

static int take_options(struct perfev_symbols *symbols, const struct perfev_symbols_options *from)
{
	struct perfev_symbols_options *options = &symbols->options;
	int result;

	if (from)
		memcpy(options, from, from->size < sizeof(*from) ? from->size : sizeof(*from));
	options->size = sizeof(*options);
	result = copy_text(&options->root);
	result |= copy_text(&options->debug);
	result |= copy_text(&options->kallsyms);
	result |= copy_text(&options->vmlinux);
	return result;
}

/* Sixteen bytes of the kernel's that are other ones in each process. */
static __u64 seed(void)
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	__u64 word = 0x9e3779b97f4a7c15ULL;

	if (random)
		memcpy(&word, (const char *)random + 8, sizeof(word));
	return word;
}

static int make_registry(struct perfev_symbols *symbols)
{
	struct registry *registry = calloc(1, sizeof(*registry));

	symbols->registry = registry;
	if (!registry)
		return -ENOMEM;
	perfev_table_init(&registry->names, seed());
	perfev_table_init(&registry->threads, seed());
	perfev_table_init(&registry->processes, seed());
	registry->memory = perfev_module_named(symbols, PERFEV_MODULE_JIT, "//anon");
	registry->kernel.module =
		perfev_module_named(symbols, PERFEV_MODULE_KERNEL, "[kernel.kallsyms]");
	if (!registry->memory || !registry->kernel.module)
		return -ENOMEM;
	perfev_recording_init(symbols);
	return 0;
}

int perfev_symbols_open(struct perfev_symbols **out, const struct perfev_symbols_options *options,
			struct perfev_why *why)
{
	struct perfev_symbols *symbols;

	*out = NULL;
	if (why)
		memset(why, 0, sizeof(*why));
	if (options && options->size > sizeof(*options) &&
	    !is_zero(options + 1, options->size - sizeof(*options)))
		return refuse(why, PERFEV_CAUSE_ARGUMENT, E2BIG,
			      "the options are of a newer library than this one");
	symbols = calloc(1, sizeof(*symbols));
	if (!symbols || take_options(symbols, options) < 0 || make_registry(symbols) < 0) {
		perfev_symbols_close(symbols);
		return refuse(why, PERFEV_CAUSE_MEMORY, ENOMEM, "no memory for symbols");
	}
	*out = symbols;
	return 0;
}

static void free_modules(struct perfev_symbols *symbols)
{
	for (__u32 i = 0; i < symbols->symbol_count; i++)
		if (symbols->symbols[i]->name != symbols->symbols[i]->linkage_name)
			free((void *)symbols->symbols[i]->name);
	free(symbols->symbols);
	for (__u32 i = 0; i < symbols->module_count; i++) {
		struct module *module = symbols->modules[i];

		perfev_elf_close(module);
		perfev_symtab_free(&module->symtab);
		free(module->index);
		free(module);
	}
	free(symbols->modules);
}

void perfev_symbols_close(struct perfev_symbols *symbols)
{
	struct registry *registry;

	if (!symbols)
		return;
	registry = symbols->registry;
	perfev_unwinder_free(symbols->unwinder);
	if (registry) {
		perfev_tasks_free(symbols);
		perfev_kernel_free(symbols);
	}
	free_modules(symbols);
	if (registry) {
		perfev_table_free(&registry->names);
		perfev_arena_free(&registry->arena);
		free(registry->hostname);
		free(registry);
	}
	free((void *)symbols->options.root);
	free((void *)symbols->options.debug);
	free((void *)symbols->options.kallsyms);
	free((void *)symbols->options.vmlinux);
	free(symbols);
}

unsigned int perfev_symbols_module_count(const struct perfev_symbols *symbols)
{
	return symbols->module_count;
}

const struct perfev_module *perfev_symbols_module(const struct perfev_symbols *symbols,
						  unsigned int number)
{
	return number < symbols->module_count ? &symbols->modules[number]->shown : NULL;
}

__u32 perfev_symbols_count(const struct perfev_symbols *symbols)
{
	return symbols->symbol_count;
}

struct perfev_symbol *perfev_symbol_make(struct perfev_symbols *symbols, struct module *module,
					 const char *name, __u64 address, __u64 size)
{
	struct perfev_symbol *symbol;
	char *plain = NULL;

	if (symbols->symbol_count == symbols->symbol_room) {
		__u32 room = symbols->symbol_room ? 2 * symbols->symbol_room : 256;
		struct perfev_symbol **more = realloc(symbols->symbols, room * sizeof(*more));

		if (!more)
			return NULL;
		symbols->symbols = more;
		symbols->symbol_room = room;
	}
	symbol = perfev_arena_take(&symbols->registry->arena, sizeof(*symbol));
	if (!symbol)
		return NULL;
	if (!symbols->options.keep_mangled)
		plain = perfev_demangle(name);
	symbol->name = plain ? plain : name;
	symbol->linkage_name = name;
	symbol->module = &module->shown;
	symbol->address = address;
	symbol->size = size;
	symbol->number = symbols->symbol_count;
	symbols->symbols[symbols->symbol_count++] = symbol;
	return symbol;
}

/* Says where in its module a mapping is. Returns 0 or -ENOMEM. */
static int place(struct perfev_symbols *symbols, struct mapping *mapping)
{
	struct module *module = mapping->module;
	__u64 address;
	int result = perfev_module_load(symbols, module);

	if (result < 0)
		return result;
	/* Where the file is not there, places in it are all that can be said. */
	if (!module->elf ||
	    !perfev_elf_address(module, mapping->offset, mapping->end - mapping->begin, &address))
		address = mapping->offset;
	mapping->bias = mapping->begin - address;
	mapping->is_placed = 1;
	return 0;
}

struct mapping *perfev_maps_find(struct perfev_symbols *symbols, struct process *process,
				 __u64 address)
{
	struct mapping *mapping = perfev_maps_at(process->maps, address);

	if (mapping && !mapping->is_placed && place(symbols, mapping) < 0)
		return NULL;
	return mapping;
}

int perfev_symbols_find(struct perfev_symbols *symbols, __u32 pid, __u16 mode, __u64 address,
			struct perfev_frame *out)
{
	return perfev_frame_find(symbols, perfev_process_find(symbols, pid),
				 mode & PERF_RECORD_MISC_CPUMODE_MASK, address, 0, out);
}

/* Code of others than this machine's kernel and its processes, of which nothing is known here. */
static int find_other(struct perfev_symbols *symbols, struct perfev_frame *out)
{
	static const struct {
		const char *path, *reason;
	} others[] = {
		{ "[guest.kernel]", "it is of a guest, whose kernel is not known here" },
		{ "[guest.user]", "it is of a guest, whose processes are not known here" },
		{ "[hypervisor]", "it is of the hypervisor, which is not known here" },
	};
	const unsigned int i = out->mode == PERF_RECORD_MISC_GUEST_KERNEL ? 0 :
			       out->mode == PERF_RECORD_MISC_GUEST_USER   ? 1 :
									    2;
	struct module **module = &symbols->registry->others[i];

	if (!*module) {
		*module = perfev_module_named(symbols, PERFEV_MODULE_KERNEL, others[i].path);
		if (!*module)
			return -ENOMEM;
		perfev_module_state(*module, PERFEV_MODULE_MISSING, others[i].reason, NULL);
	}
	out->module = &(*module)->shown;
	return 1;
}

int perfev_frame_find(struct perfev_symbols *symbols, struct process *process, __u16 mode,
		      __u64 address, unsigned int before, struct perfev_frame *out)
{
	struct mapping *mapping;
	int result = 0;

	if (mode == PERF_RECORD_MISC_CPUMODE_UNKNOWN)
		mode = address >> 63 ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER;
	*out = (struct perfev_frame){ .address = address,
				      .module_address = address - before,
				      .mode = mode,
				      .is_caller = (__u8)before };
	address -= before;
	if (mode == PERF_RECORD_MISC_KERNEL)
		return perfev_kernel_find(symbols, address, out);
	if (mode != PERF_RECORD_MISC_USER)
		return find_other(symbols, out);
	mapping = process ? perfev_maps_at(process->maps, address) : NULL;
	if (!mapping)
		return 0;
	out->module = &mapping->module->shown;
	if (mapping->module->shown.kind == PERFEV_MODULE_JIT) {
		result = perfev_jit_find(symbols, process, address, out);
		return result < 0 ? result : 1;
	}
	if (__builtin_expect(!mapping->is_placed, 0)) {
		result = place(symbols, mapping);
		if (result < 0)
			return result;
	}
	out->module_address = address - mapping->bias;
	out->symbol = perfev_module_find(symbols, mapping->module, out->module_address, &result);
	return result < 0 ? result : 1;
}

int perfev_symbols_lines(struct perfev_symbols *symbols, const struct perfev_module *shown,
			 __u64 module_address, struct perfev_line *lines, unsigned int room)
{
	struct module *module = (struct module *)(uintptr_t)shown;
	const struct perfev_symbol *symbol;
	int count = perfev_module_load(symbols, module), result = 0;

	if (count < 0 || !module->elf)
		return count;
	count = perfev_elf_lines(symbols, module, module_address, lines, room);
	if (count <= 0 || (unsigned int)count > room)
		return count;
	/* What everything else is inlined into goes by the name that frames have. */
	symbol = perfev_module_find(symbols, module, module_address, &result);
	if (symbol)
		lines[count - 1].function = symbol->name;
	return result < 0 ? result : count;
}
