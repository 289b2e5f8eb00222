/* SPDX-License-Identifier: MIT */
/*
 * Which file a module's code is read from, and what is known of its symbols. A file is taken only
 * where nothing speaks against its being the one that ran: its build-id, or its inode where no
 * build-id was recorded. What is not taken is told, with what speaks against it.
 */
#define _GNU_SOURCE /* asprintf() */
#include "elf_module.h"

#include <errno.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#define DELETED " (deleted)"

/* While a file is looked for. */
struct search {
	struct perfev_symbols *symbols;
	struct module *module;
	struct elf_module *elf;
	int is_deleted;
	int must_prove; /* something has to speak for a file, not only nothing against it */
	int is_out_of_memory;
};

/*
 * Says what is known of a module, how it can be mended (or NULL), and why it is so. Of files that
 * are not taken, the first that is there decides.
 */
__attribute__((format(printf, 4, 5))) static void say(struct search *search,
						      enum perfev_module_state state,
						      const char *remedy, const char *reason, ...)
{
	struct perfev_module *shown = &search->module->shown;
	struct elf_module *elf = search->elf;
	va_list list;

	if (shown->state != PERFEV_MODULE_UNREAD && shown->state != PERFEV_MODULE_MISSING)
		return;
	free(elf->reason);
	free(elf->remedy);
	elf->remedy = remedy ? strdup(remedy) : NULL;
	va_start(list, reason);
	if (vasprintf(&elf->reason, reason, list) < 0)
		elf->reason = NULL;
	va_end(list);
	search->is_out_of_memory |= !elf->reason || (remedy && !elf->remedy);
	shown->state = state;
	shown->reason = elf->reason;
	shown->remedy = elf->remedy;
}

static void hex_of(const struct perfev_build_id *id, char text[2 * sizeof(id->bytes) + 1])
{
	*text = '\0';
	for (unsigned int i = 0; i < id->size && i < sizeof(id->bytes); i++)
		sprintf(text + 2 * (size_t)i, "%02x", id->bytes[i]);
}

/* Old recordings have 20 bytes of a build-id always, with zeros behind the shorter ones. */
static int same_build_id(const struct perfev_build_id *a, const struct perfev_build_id *b)
{
	const struct perfev_build_id *longer = a->size > b->size ? a : b;
	unsigned int common = a->size < b->size ? a->size : b->size;
	int rest = 0;

	for (unsigned int i = common; i < longer->size && i < sizeof(longer->bytes); i++)
		rest |= longer->bytes[i];
	return common && !memcmp(a->bytes, b->bytes, common) && !rest;
}

/* The processors that a recording of one machine may have programs of. */
static int fits_machine(__u16 recorded, __u16 machine)
{
	static const __u16 alike[][2] = {
		{ EM_X86_64, EM_386 },    { EM_AARCH64, EM_ARM },         { EM_PPC64, EM_PPC },
		{ EM_SPARCV9, EM_SPARC }, { EM_SPARCV9, EM_SPARC32PLUS },
	};

	if (!recorded || recorded == machine)
		return 1;
	for (unsigned int i = 0; i < sizeof(alike) / sizeof(*alike); i++)
		if ((alike[i][0] == recorded && alike[i][1] == machine) ||
		    (alike[i][1] == recorded && alike[i][0] == machine))
			return 1;
	return 0;
}

/* Whether what was opened is the file that ran; says why not. */
static int is_the_one(struct search *search, const char *path)
{
	const struct module *module = search->module;
	const struct perfev_build_id *recorded = &module->shown.build_id;
	char have_hex[2 * sizeof(recorded->bytes) + 1], recorded_hex[sizeof(have_hex)];
	struct perfev_build_id have;
	int knows_inode = module->inode && search->symbols->is_this_machine;

	perfev_elf_read_build_id(search->elf->elf, &have);
	hex_of(&have, have_hex);
	hex_of(recorded, recorded_hex);
	if (!fits_machine(search->symbols->elf_machine, search->elf->machine)) {
		say(search, PERFEV_MODULE_CHANGED,
		    "give the folder that has the recorded machine's files",
		    "%s is for another processor", path);
		return 0;
	}
	if (same_build_id(&have, recorded))
		return 1;
	if (recorded->size) {
		say(search, PERFEV_MODULE_CHANGED,
		    "put the old file back, or give a folder that has its debug file",
		    "%s is not the file that ran: its build-id is %s, of that it was %s", path,
		    have.size ? have_hex : "none", recorded_hex);
		return 0;
	}
	if (search->is_deleted || (knows_inode && module->inode != search->elf->inode)) {
		say(search, PERFEV_MODULE_CHANGED,
		    "record again; a program linked with -Wl,--build-id can be told",
		    "%s is not the file that ran: %s, and no build-id was recorded to compare",
		    path, search->is_deleted ? "that was deleted" : "another one is in its place");
		return 0;
	}
	return knows_inode || !search->must_prove;
}

/* Says why a file was not opened. */
static void not_opened(struct search *search, const char *path, int error)
{
	if (error == ENOENT || error == ENOTDIR) {
		say(search, PERFEV_MODULE_MISSING,
		    "give the folder that has the recorded machine's files", "there is no %s",
		    path);
	} else if (error == EACCES || error == EPERM) {
		say(search, PERFEV_MODULE_REFUSED, "ask as root", "%s is not yours to read", path);
	} else if (error == EBADMSG) {
		say(search, PERFEV_MODULE_BROKEN, NULL, "%s is no whole ELF file", path);
	} else if (error == EMFILE || error == ENFILE) {
		say(search, PERFEV_MODULE_REFUSED, "ulimit -n 65536",
		    "no file descriptor is left for %s", path);
	} else {
		say(search, PERFEV_MODULE_REFUSED, NULL, "%s cannot be read: %s", path,
		    strerror(error));
	}
}

/* Returns 1: opened, and it is the one; 0: it is not; or -ENOMEM. */
static int try_file(struct search *search, const char *path)
{
	int result = perfev_elf_open(search->elf, search->symbols, path, 0);

	if (result == -ENOMEM)
		return result;
	if (result < 0) {
		not_opened(search, path, -result);
		return 0;
	}
	if (!is_the_one(search, path)) {
		perfev_elf_forget(search->elf);
		return 0;
	}
	search->elf->file = strdup(path);
	return search->elf->file ? 1 : -ENOMEM;
}

/* A place where a file with the recorded build-id may be; that there is none is no news. */
static int try_place(void *with, const char *path, int is_debug_only)
{
	struct search *search = with;
	struct stat status;
	int result;

	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return 0;
	result = try_file(search, path);
	if (result > 0)
		search->elf->is_debug_only = (__u8)is_debug_only;
	return result;
}

/* The process may have another "/": a container's. Its number may be another one's by now. */
static int try_in_process(struct search *search, const char *path)
{
	char root[64];
	struct stat here, there;
	char *whole;
	int result;

	if (!search->module->pid || !search->symbols->is_this_machine)
		return 0;
	snprintf(root, sizeof(root), "/proc/%llu/root", (unsigned long long)search->module->pid);
	if (stat(root, &there) < 0 || stat("/", &here) < 0 ||
	    (here.st_ino == there.st_ino && here.st_dev == there.st_dev))
		return 0;
	if (asprintf(&whole, "%s%s", root, path) < 0)
		return -ENOMEM;
	search->must_prove = 1;
	result = stat(whole, &there) < 0 ? 0 : try_file(search, whole);
	search->must_prove = 0;
	free(whole);
	return result;
}

/* Goes through all places. Returns as try_file(). */
static int look_for_file(struct search *search)
{
	const char *path = search->module->shown.path, *root = search->symbols->options.root;
	size_t length = strlen(path);
	char *whole;
	int result;

	if (length > strlen(DELETED) && !strcmp(path + length - strlen(DELETED), DELETED)) {
		search->is_deleted = 1;
		length -= strlen(DELETED);
	}
	if (asprintf(&whole, "%s%.*s", root ? root : "", (int)length, path) < 0)
		return -ENOMEM;
	result = try_file(search, whole);
	if (!result && !root)
		result = try_in_process(search, whole);
	free(whole);
	if (!result)
		result = perfev_debug_each(search->symbols, &search->module->shown.build_id,
					   try_place, search);
	return result;
}

/* A copy of the vDSO of this process. Returns 1, 0: it has none; or -ENOMEM. */
static int copy_vdso(void **image, size_t *size)
{
	const unsigned char *bytes = (const unsigned char *)getauxval(AT_SYSINFO_EHDR);
	const ElfW(Ehdr) *header = (const void *)bytes;

	if (!bytes)
		return 0;
	/* It lies in memory as in a file, with the headers of its sections last. */
	*size = header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
	*image = malloc(*size);
	if (!*image)
		return -ENOMEM;
	memcpy(*image, bytes, *size);
	return 1;
}

/* The vDSO of the kernel that runs here, as it lies in this process. Returns as try_file(). */
static int look_for_vdso(struct search *search)
{
	const struct perfev_build_id *recorded = &search->module->shown.build_id;
	int result = perfev_debug_each(search->symbols, recorded, try_place, search);
	size_t size;
	void *image;

	if (result)
		return result;
	if (recorded->size || search->symbols->is_this_kernel) {
		result = copy_vdso(&image, &size);
		if (result > 0)
			result = perfev_elf_open_image(search->elf, search->symbols, image, size);
		else if (!result)
			say(search, PERFEV_MODULE_MISSING, NULL,
			    "this process has none to read it from, as under valgrind");
		if (result == -ENOMEM)
			return result;
		if (search->elf->elf && (!recorded->size || is_the_one(search, "[vdso]")))
			return 1;
		perfev_elf_forget(search->elf);
	}
	if (search->module->shown.state != PERFEV_MODULE_MISSING) {
		search->module->shown.state = PERFEV_MODULE_UNREAD;
		say(search, PERFEV_MODULE_MISSING, NULL,
		    "it is of another kernel than this, and in no file");
	}
	return 0;
}

static const char NAMES_REMEDY[] =
	"install its debug symbols (a package -dbg, -dbgsym or -debuginfo), or set DEBUGINFOD_URLS";

/* Reads the symbols of the file that was found, and says which there are. Returns 0 or -ENOMEM. */
static int read_symbols(struct search *search)
{
	struct elf_module *elf = search->elf;
	struct module *module = search->module;
	int result = perfev_elf_collect(elf, &module->symtab);

	if (result < 0)
		return result;
	module->shown.state = PERFEV_MODULE_UNREAD;
	if (result == COLLECTED_EXPORTS) {
		say(search, PERFEV_MODULE_EXPORTS, elf->file ? NAMES_REMEDY : NULL,
		    "it is stripped: only what it exports has a name");
	} else if (result == COLLECTED_NONE) {
		say(search, PERFEV_MODULE_BARE, NAMES_REMEDY,
		    "it is stripped, and exports nothing");
	} else if (!search->symbols->is_this_machine && !search->symbols->options.root &&
		   !module->shown.build_id.size) {
		say(search, PERFEV_MODULE_WHOLE, NULL,
		    "it is this machine's, and no build-id was recorded to tell if it is the same");
	} else {
		module->shown.state = PERFEV_MODULE_WHOLE;
		module->shown.reason = module->shown.remedy = NULL;
	}
	module->shown.symbol_count = module->symtab.count;
	return 0;
}

/* Says where code and symbols are from. */
static int show_files(struct elf_module *elf, struct perfev_module *shown)
{
	const char *origin = elf->debug_file ? elf->debug_file : elf->file;

	if (origin && shown->state != PERFEV_MODULE_BARE) {
		elf->origin = strdup(origin);
		if (!elf->origin)
			return -ENOMEM;
	}
	shown->file = elf->is_debug_only ? NULL : elf->file;
	shown->origin = elf->origin;
	return 0;
}

int perfev_elf_load(struct perfev_symbols *symbols, struct module *module)
{
	struct search search = { .symbols = symbols, .module = module };
	int result;

	module->elf = search.elf = calloc(1, sizeof(*search.elf));
	if (!module->elf)
		return -ENOMEM;
	module->elf->path = module->shown.path;
	if (module->shown.kind == PERFEV_MODULE_VDSO)
		result = look_for_vdso(&search);
	else
		result = look_for_file(&search);
	if (result > 0)
		result = read_symbols(&search);
	if (!result && module->elf->elf)
		result = show_files(module->elf, &module->shown);
	return search.is_out_of_memory ? -ENOMEM : result;
}

int perfev_elf_symbols(struct perfev_symbols *symbols, struct module *module, const char *path)
{
	struct perfev_build_id have;
	struct elf_module *elf = calloc(1, sizeof(*elf));
	int result;

	if (!elf)
		return -ENOMEM;
	elf->path = module->shown.path;
	result = perfev_elf_open(elf, symbols, path, ELF_MAY_BE_PACKED);
	if (!result && module->shown.build_id.size) {
		perfev_elf_read_build_id(elf->elf, &have);
		result = same_build_id(&have, &module->shown.build_id) ? 0 : -ESTALE;
	}
	if (!result) {
		elf->file = strdup(path);
		result = elf->file ? perfev_elf_collect(elf, &module->symtab) : -ENOMEM;
	}
	if (result >= 0)
		result = show_files(elf, &module->shown);
	perfev_elf_close(module);
	module->elf = elf;
	if (result < 0) {
		perfev_elf_close(module);
		return result;
	}
	module->shown.symbol_count = module->symtab.count;
	return 0;
}

void perfev_elf_close(struct module *module)
{
	struct elf_module *elf = module->elf;

	if (!elf)
		return;
	perfev_elf_forget(elf);
	free(elf->file);
	free(elf->origin);
	free(elf->reason);
	free(elf->remedy);
	free(elf);
	module->elf = NULL;
}
