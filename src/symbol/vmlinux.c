/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own file, vmlinux, and those of its modules, as packages of debug symbols have them:
 * for recordings of other kernels than the one that runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mapped.h"

/* Looks for a symbol in one table. Returns whether it is there. */
static int find_in(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, const char *wanted,
		   __u64 *address)
{
	Elf_Data *data = elf_getdata(section, NULL);
	const size_t entry = (size_t)header->sh_entsize;
	const size_t count = data && entry ? data->d_size / entry : 0;
	GElf_Sym symbol;

	for (size_t i = 0; i < count && gelf_getsym(data, (int)i, &symbol); i++) {
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);

		if (name && !strcmp(name, wanted)) {
			*address = symbol.st_value;
			return 1;
		}
	}
	return 0;
}

/*
 * Finds out where a file has a symbol, of several at one address as well, of which the module's
 * table keeps but one. Returns whether it has it.
 */
static int find_symbol(const char *path, const char *wanted, __u64 *address)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), result = 0;
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	Elf *elf;

	if (fd < 0)
		return 0;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	while (elf && !result && (section = elf_nextscn(elf, section)) != NULL)
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
			result = find_in(elf, section, &header, wanted, address);
	elf_end(elf);
	close(fd);
	return result;
}

/* Says how much further up the kernel was than its file says. */
static void shift_to(struct kernel *kernel, const char *path)
{
	const struct symtab *symtab = &kernel->module->symtab;
	__u64 address;

	if (!kernel->reference_address || !symtab->count)
		return;
	/* "_text" is where all code begins. */
	if (!find_symbol(path, kernel->reference, &address))
		address = symtab->entries[0].address;
	kernel->shift = kernel->reference_address - address;
}

/* Takes a file's symbols. Returns 1, 0: it has none or is not the one, or -ENOMEM. */
static int try_vmlinux(struct perfev_symbols *symbols, const char *path, int is_given,
		       struct excuse *excuse)
{
	struct kernel *kernel = &symbols->registry->kernel;
	struct module *module = kernel->module;
	const char *what;
	int result;

	if (!is_given && access(path, F_OK) < 0)
		return 0;
	result = perfev_elf_symbols(symbols, module, path);
	if (result == -ENOMEM)
		return result;
	if (result == 0 && module->symtab.count) {
		shift_to(kernel, path);
		perfev_module_state(module, PERFEV_MODULE_WHOLE, NULL, NULL);
		return 1;
	}
	what = result == -ESTALE  ? "is not the kernel that ran: its build-id is another" :
	       result == -EBADMSG ? "is no ELF file, as vmlinux is" :
	       result < 0         ? strerror(-result) :
				    "has no symbols";
	excuse->state = result == -ESTALE  ? PERFEV_MODULE_CHANGED :
			result == -EBADMSG ? PERFEV_MODULE_BROKEN :
			result == -EACCES  ? PERFEV_MODULE_REFUSED :
			result < 0         ? PERFEV_MODULE_MISSING :
					     PERFEV_MODULE_BARE;
	excuse->reason = perfev_lasting(symbols, "%s %s", path, what);
	excuse->remedy = NULL;
	return excuse->reason ? 0 : -ENOMEM;
}

/* Where packages of the kernel have it, before and behind the release. */
static const struct {
	int is_debug; /* below a folder of debug files */
	const char *before, *behind;
} places[] = {
	{ 0, "/boot/vmlinux-", "" },
	{ 1, "/boot/vmlinux-", "" },
	{ 1, "/lib/modules/", "/vmlinux" },
	{ 0, "/lib/modules/", "/build/vmlinux" },
	{ 0, "/usr/lib/modules/", "/vmlinux" },
};

static int try_places(struct perfev_symbols *symbols, const char *folder, int length,
		      struct excuse *excuse)
{
	const char *const root = symbols->options.root ? symbols->options.root : "";
	char path[4096];
	int result = 0;

	for (size_t i = 0; result == 0 && i < sizeof(places) / sizeof(places[0]); i++) {
		const int is_debug = places[i].is_debug;

		if (snprintf(path, sizeof(path), "%s%.*s%s%s%s", root, is_debug ? length : 0,
			     folder, places[i].before, symbols->os_release, places[i].behind) <
		    (int)sizeof(path))
			result = try_vmlinux(symbols, path, 0, excuse);
	}
	return result;
}

int perfev_vmlinux_load(struct perfev_symbols *symbols, struct excuse *excuse)
{
	const struct perfev_symbols_options *options = &symbols->options;
	const char *folders = options->debug ? options->debug : "/usr/lib/debug";
	int result = 0;

	if (options->vmlinux)
		return try_vmlinux(symbols, options->vmlinux, 1, excuse);
	/* The release names a file: nothing in it leads elsewhere. */
	if (!symbols->os_release[0] || strchr(symbols->os_release, '/'))
		return 0;
	while (result == 0 && *folders) {
		const size_t length = strcspn(folders, ":");

		result = try_places(symbols, folders, (int)length, excuse);
		folders += length + (folders[length] == ':');
	}
	return result;
}

int perfev_ko_load(struct perfev_symbols *symbols, struct module *module)
{
	const char *const root = symbols->options.root;
	char path[4096];
	int result;

	if (module->shown.path[0] != '/' || snprintf(path, sizeof(path), "%s%s", root ? root : "",
						     module->shown.path) >= (int)sizeof(path))
		return 0;
	result = perfev_elf_symbols(symbols, module, path);
	if (result == -ENOMEM)
		return result;
	if (result == 0 && module->symtab.count)
		perfev_module_state(module, PERFEV_MODULE_WHOLE, NULL, NULL);
	else if (result == -ESTALE)
		perfev_module_state(module, PERFEV_MODULE_CHANGED,
				    "its file is not the one that ran: its build-id is another",
				    NULL);
	return 0;
}
