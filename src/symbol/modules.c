/* SPDX-License-Identifier: MIT */
/*
 * Modules: files, the kernel, and what else code is in. One path may be several files in turn, or
 * at once in several containers: build-id and inode tell them apart. What an address is in a module
 * is the same for all processes: it is found once for them all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "mapped.h"

/* Of numbers and texts where a build-id is not said; what one of both does not say may be. */
static int is_same(const struct module *module, enum perfev_module_kind kind,
		   const struct identity *identity)
{
	const struct perfev_build_id *known = &module->shown.build_id;

	if (module->shown.kind != kind)
		return 0;
	if (!identity)
		return 1;
	if (identity->build_id && identity->build_id->size && known->size)
		return known->size == identity->build_id->size &&
		       !memcmp(known->bytes, identity->build_id->bytes, known->size);
	if (!identity->inode || !module->inode)
		return 1;
	return module->inode == identity->inode && module->device_major == identity->major &&
	       module->device_minor == identity->minor;
}

static struct module *make(struct perfev_symbols *symbols, enum perfev_module_kind kind,
			   struct name *path, const struct identity *identity)
{
	struct module *module;
	const char *slash;

	if (symbols->module_count == symbols->module_room) {
		__u32 room = symbols->module_room ? 2 * symbols->module_room : 64;
		struct module **more = realloc(symbols->modules, room * sizeof(*more));

		if (!more)
			return NULL;
		symbols->modules = more;
		symbols->module_room = room;
	}
	module = calloc(1, sizeof(*module));
	if (!module)
		return NULL;
	module->shown.path = path->text;
	/* "[vdso]" and "//anon" are no paths. */
	slash = path->text[0] == '[' || path->text[1] == '/' ? NULL : strrchr(path->text, '/');
	module->shown.name = slash && slash[1] ? slash + 1 : path->text;
	module->shown.kind = kind;
	module->shown.number = symbols->module_count;
	module->shown.build_id = path->build_id;
	if (identity) {
		if (identity->build_id && identity->build_id->size)
			module->shown.build_id = *identity->build_id;
		module->device_major = identity->major;
		module->device_minor = identity->minor;
		module->inode = identity->inode;
	}
	module->next = path->modules;
	path->modules = module;
	symbols->modules[symbols->module_count++] = module;
	return module;
}

struct module *perfev_module_get(struct perfev_symbols *symbols, enum perfev_module_kind kind,
				 struct name *path, const struct identity *identity)
{
	/* A path that is always another file would make a long list: the newest few are enough. */
	int most = 64;

	if (!path)
		return NULL;
	for (struct module *module = path->modules; module && most--; module = module->next)
		if (is_same(module, kind, identity))
			return module;
	return make(symbols, kind, path, identity);
}

struct module *perfev_module_named(struct perfev_symbols *symbols, enum perfev_module_kind kind,
				   const char *path)
{
	return perfev_module_get(symbols, kind,
				 perfev_name_get(symbols->registry, path, strlen(path)), NULL);
}

void perfev_module_state(struct module *module, enum perfev_module_state state, const char *reason,
			 const char *remedy)
{
	module->shown.state = state;
	module->shown.reason = reason;
	module->shown.remedy = remedy;
}

/* What the kernel lends to processes. */
static int load_vdso(struct perfev_symbols *symbols, struct module *module)
{
	const struct registry *registry = symbols->registry;

	/* Whether it is this kernel's, its build-id says, or what is known of the kernel. */
	if (registry->is_recorded && !registry->is_release_known && !module->shown.build_id.size &&
	    perfev_kernel_load(symbols) < 0)
		return -ENOMEM;
	if (strcmp(module->shown.path, "[vdso]") != 0)
		perfev_module_state(module, PERFEV_MODULE_BARE, "the kernel has no names for it",
				    NULL);
	else if (module->inode == VDSO_OF_32_BITS && sizeof(void *) > 4)
		perfev_module_state(module, PERFEV_MODULE_BARE,
				    "it is that of a process of 32 bits, which is in no file",
				    NULL);
	else
		return perfev_elf_load(symbols, module);
	return 0;
}

int perfev_module_load(struct perfev_symbols *symbols, struct module *module)
{
	int result = 0;

	if (module->shown.state != PERFEV_MODULE_UNREAD)
		return 0;
	switch (module->shown.kind) {
	case PERFEV_MODULE_FILE:
		result = perfev_elf_load(symbols, module);
		break;
	case PERFEV_MODULE_KERNEL:
	case PERFEV_MODULE_KERNEL_MODULE:
		result = perfev_kernel_load(symbols);
		break;
	case PERFEV_MODULE_VDSO:
		result = load_vdso(symbols, module);
		break;
	case PERFEV_MODULE_JIT:
	case PERFEV_MODULE_KERNEL_JIT:
		break;
	}
	if (result < 0) {
		/* It can be tried again. */
		perfev_elf_close(module);
		perfev_symtab_free(&module->symtab);
		perfev_module_state(module, PERFEV_MODULE_UNREAD, NULL, NULL);
		module->shown.file = module->shown.origin = NULL;
		return result;
	}
	if (module->shown.state == PERFEV_MODULE_UNREAD)
		perfev_module_state(module, PERFEV_MODULE_BARE, "nothing has names for it", NULL);
	return 0;
}

/* Lends the symbol with a number, made when it is first asked for. */
static const struct perfev_symbol *symbol_at(struct perfev_symbols *symbols, struct module *module,
					     long number, int *result)
{
	struct symtab *symtab = &module->symtab;
	const struct symtab_entry *entry = &symtab->entries[number];

	if (!symtab->found[number])
		symtab->found[number] = perfev_symbol_make(
			symbols, module, symtab->names + entry->name, entry->address, entry->size);
	if (!symtab->found[number])
		*result = -ENOMEM;
	return symtab->found[number];
}

/* The way without an index, and where symbols lie in others. */
static const struct perfev_symbol *search(struct perfev_symbols *symbols, struct module *module,
					  __u64 address, int *result)
{
	long number = perfev_symtab_find(&module->symtab, address);

	return number < 0 ? NULL : symbol_at(symbols, module, number, result);
}

const struct perfev_symbol *perfev_module_find(struct perfev_symbols *symbols,
					       struct module *module, __u64 address, int *result)
{
	const struct symtab *symtab = &module->symtab;
	const struct symtab_entry *entry;
	const struct perfev_symbol *symbol;
	__u32 number;

	if (!symtab->count)
		return NULL;
	if (!module->index) {
		if (!module->has_no_index)
			module->index = perfev_index_make(symtab);
		module->has_no_index = !module->index;
		if (!module->index)
			return search(symbols, module, address, result);
	}
	if (address < module->index->base)
		return NULL;
	number = perfev_index_find(module->index, address);
	symbol = symtab->found[number];
	/* One that was lent knows all that is asked: the table need not be looked at. */
	if (symbol && address - symbol->address < symbol->size)
		return symbol;
	entry = &symtab->entries[number];
	if (address - entry->address < entry->size)
		return symbol_at(symbols, module, number, result);
	return symtab->outer ? search(symbols, module, address, result) : NULL;
}
