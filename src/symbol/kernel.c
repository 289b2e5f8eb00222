/* SPDX-License-Identifier: MIT */
/*
 * The kernel and its modules: where records say they are, and symbols of whatever is at hand that
 * is of the recorded kernel. All are read at once, when an address of it is first asked for.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mapped.h"

#define KERNEL_PATH "[kernel.kallsyms]"
#define KALLSYMS "/proc/kallsyms"
/* Beyond the last symbol of a module nothing says where its code ends. */
#define LAST_SYMBOL_MOST 16384

/* Writes the name in brackets that kallsyms has for a module's file; of "[name]..." that name. */
static size_t name_in_brackets(char *out, size_t room, const char *path, size_t length)
{
	const char *end = path + length, *begin = path;
	size_t written = 0;

	if (length && path[0] == '[') {
		for (const char *at = path; at < end && written < room - 1; at++) {
			out[written++] = *at;
			if (*at == ']')
				break;
		}
		return written;
	}
	for (const char *at = path; at < end; at++)
		if (*at == '/')
			begin = at + 1;
	out[written++] = '[';
	for (; begin < end && written < room - 2 && *begin != '.'; begin++)
		out[written++] = *begin == '-' ? '_' : *begin;
	out[written++] = ']';
	return written;
}

struct module *perfev_kernel_module(struct perfev_symbols *symbols, const char *path, size_t length)
{
	struct registry *registry = symbols->registry;
	enum perfev_module_kind kind = PERFEV_MODULE_KERNEL_MODULE;
	struct module *module;
	struct name *name;
	char text[128];
	size_t written;

	/* "[kernel.kallsyms]_text", and what older recorders call it */
	if (length >= 7 && !memcmp(path, "[kernel", 7))
		return registry->kernel.module;
	written = name_in_brackets(text, sizeof(text), path, length);
	if ((written == 5 && !memcmp(text, "[bpf]", 5)) ||
	    (written > 10 && !memcmp(text, "[__builtin", 10)))
		kind = PERFEV_MODULE_KERNEL_JIT;
	name = perfev_name_get(registry, text, written);
	module = perfev_module_get(symbols, kind, name, NULL);
	if (!module || path[0] == '[' || module->shown.path != name->text)
		return module;
	/* It is found by its name in brackets, and shown as it was mapped. */
	name = perfev_name_get(registry, path, length);
	if (!name)
		return NULL;
	module->shown.path = name->text;
	module->shown.name = strrchr(name->text, '/') ? strrchr(name->text, '/') + 1 : name->text;
	if (!module->shown.build_id.size)
		module->shown.build_id = name->build_id;
	return module;
}

int perfev_kernel_mmap(struct perfev_symbols *symbols, const struct perfev_record_mmap *mmap)
{
	struct kernel *kernel = &symbols->registry->kernel;
	const __u64 end = mmap->len < ~0ULL - mmap->addr ? mmap->addr + mmap->len : ~0ULL;
	const char *path = mmap->filename.text, *symbol = NULL;
	const size_t length = mmap->filename.length;
	struct module *module;

	if (!length || !mmap->len)
		return 1;
	module = perfev_kernel_module(symbols, path, length);
	if (!module)
		return -ENOMEM;
	if (length > strlen(KERNEL_PATH) && !memcmp(path, KERNEL_PATH, strlen(KERNEL_PATH)))
		symbol = path + strlen(KERNEL_PATH);
	/* The offset is no offset but where that symbol was; 0 where that was kept from it. */
	if (symbol && mmap->pgoff && (size_t)(path + length - symbol) < sizeof(kernel->reference)) {
		memset(kernel->reference, 0, sizeof(kernel->reference));
		memcpy(kernel->reference, symbol, (size_t)(path + length - symbol));
		kernel->reference_address = mmap->pgoff;
		kernel->text_end = end;
	}
	return perfev_maps_add(&kernel->process.maps, mmap->addr, end, 0, module) < 0 ? -ENOMEM : 1;
}

/* Whether a module is the kernel's or one of it, and may have symbols of a file. */
static int is_kernels(const struct registry *registry, const struct module *module)
{
	return module == registry->kernel.module ||
	       module->shown.kind == PERFEV_MODULE_KERNEL_MODULE ||
	       module->shown.kind == PERFEV_MODULE_KERNEL_JIT;
}

/* Forgets what was read of the modules, or of the kernel as well. */
static void forget(struct perfev_symbols *symbols, int also_kernel)
{
	struct module *kernel = symbols->registry->kernel.module;

	for (__u32 i = 0; i < symbols->module_count; i++)
		if (is_kernels(symbols->registry, symbols->modules[i]) &&
		    (also_kernel || symbols->modules[i] != kernel))
			perfev_symtab_free(&symbols->modules[i]->symtab);
}

/* Says of modules without symbols why they have none. */
static void excuse_modules(struct perfev_symbols *symbols, const struct excuse *excuse)
{
	for (__u32 i = 0; i < symbols->module_count; i++) {
		struct module *module = symbols->modules[i];

		if (is_kernels(symbols->registry, module) &&
		    module->shown.state == PERFEV_MODULE_UNREAD)
			perfev_module_state(module, excuse->state, excuse->reason, excuse->remedy);
	}
}

/* What was read of a module, from its first symbol to its last. */
struct span {
	__u64 begin, last;
	struct module *module;
};

static int compare_spans(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	return (a->begin > b->begin) - (a->begin < b->begin);
}

static struct span span_of(struct module *module)
{
	const struct symtab *symtab = &module->symtab;
	struct span span = { ~0ULL, 0, module };

	for (__u32 i = 0; i < symtab->count; i++) {
		const __u64 address = symtab->entries[i].address;

		span.begin = address < span.begin ? address : span.begin;
		span.last = address > span.last ? address : span.last;
	}
	return span;
}

/* Puts what was read of a module in order, and notes where it is. Its code ends before a limit. */
static int finish_module(struct perfev_symbols *symbols, const struct span *span, __u64 limit,
			 const char *origin)
{
	struct kernel *kernel = &symbols->registry->kernel;
	struct module *module = span->module;
	__u64 end = span->last < ~0ULL - LAST_SYMBOL_MOST ? span->last + LAST_SYMBOL_MOST : ~0ULL;
	int result;

	if (end > limit && limit > span->last)
		end = limit;
	result = perfev_symtab_sort(&module->symtab, end);
	if (result < 0)
		return result;
	module->shown.symbol_count = module->symtab.count;
	module->shown.origin = origin;
	perfev_module_state(module, PERFEV_MODULE_WHOLE, NULL, NULL);
	if (span->begin >= end || perfev_maps_overlap(kernel->told, span->begin, end))
		return 0;
	result = perfev_maps_add(&kernel->told, span->begin, end, 0, module);
	if (result == 0)
		perfev_maps_at(kernel->told, span->begin)->is_placed = 1;
	return result;
}

static int finish(struct perfev_symbols *symbols, const char *origin)
{
	const struct excuse excuse = {
		PERFEV_MODULE_MISSING,
		symbols->registry->kernel.shift ?
			"the machine was started anew since, and its modules are elsewhere" :
			"it is not among the modules that are loaded",
		NULL,
	};
	struct span *spans = malloc(symbols->module_count * sizeof(*spans));
	__u32 count = 0;
	int result = 0;

	origin = perfev_lasting(symbols, "%s", origin);
	if (!origin || !spans) {
		free(spans);
		return -ENOMEM;
	}
	for (__u32 i = 0; i < symbols->module_count; i++) {
		struct module *module = symbols->modules[i];

		if (is_kernels(symbols->registry, module) && module->symtab.count)
			spans[count++] = span_of(module);
	}
	qsort(spans, count, sizeof(*spans), compare_spans);
	for (__u32 i = 0; i < count && result == 0; i++)
		result = finish_module(symbols, &spans[i],
				       i + 1 < count ? spans[i + 1].begin : ~0ULL, origin);
	if (result == 0)
		excuse_modules(symbols, &excuse);
	free(spans);
	return result;
}

static int read_number(const char *path)
{
	char text[16] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t count = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	return count > 0 ? atoi(text) : 0;
}

static void excuse_hidden(struct excuse *excuse)
{
	excuse->state = PERFEV_MODULE_REFUSED;
	excuse->reason = "the kernel hides its addresses (kernel.kptr_restrict)";
	excuse->remedy = read_number("/proc/sys/kernel/kptr_restrict") > 1 ?
				 "as root: sysctl kernel.kptr_restrict=1; then read it as root" :
				 "read it as root, or with CAP_SYSLOG";
}

/* Whether a recording that does not say its kernel's release is of this kernel all the same. */
static int is_proven(const struct kernel *kernel, const struct kallsyms *read)
{
	return read->reference && read->reference == kernel->reference_address && read->text_end &&
	       read->text_end == kernel->text_end;
}

/*
 * Takes symbols of a file of kallsyms' form. Where must_fit, it is another kernel's unless the
 * places of its code prove that it is not. Returns 1, 0: it does not do, or -ENOMEM.
 */
static int try_kallsyms(struct perfev_symbols *symbols, const char *path, int must_fit,
			struct excuse *excuse)
{
	struct kernel *kernel = &symbols->registry->kernel;
	struct kallsyms read;
	int result = perfev_kallsyms_read(symbols, path, &read);

	if (result < 0)
		return result;
	if (read.is_hidden)
		excuse_hidden(excuse);
	else if (read.error == EACCES || read.error == EPERM)
		*excuse = (struct excuse){ PERFEV_MODULE_REFUSED,
					   "the kernel's symbols may not be read",
					   "read them as root" };
	if (!kernel->module->symtab.count) {
		forget(symbols, 1);
		return 0;
	}
	if (must_fit && !is_proven(kernel, &read)) {
		symbols->is_this_kernel = 0;
		forget(symbols, 1);
		return 0;
	}
	if (kernel->reference_address && read.reference)
		kernel->shift = kernel->reference_address - read.reference;
	/* It was moved as a whole; its modules may be anywhere. */
	if (kernel->shift)
		forget(symbols, 0);
	result = finish(symbols, path);
	return result < 0 ? result : 1;
}

/* Whether the running kernel is the recorded one, as far as their build-ids say. */
static int is_other_build(const struct kernel *kernel)
{
	const struct perfev_build_id *recorded = &kernel->module->shown.build_id;
	struct perfev_build_id running;

	if (!recorded->size || perfev_build_id_read(&running, "/sys/kernel/notes") <= 0)
		return 0;
	return running.size != recorded->size ||
	       memcmp(running.bytes, recorded->bytes, running.size) != 0;
}

static int try_running(struct perfev_symbols *symbols, struct excuse *excuse)
{
	const struct registry *registry = symbols->registry;

	if (!symbols->is_this_kernel)
		return 0;
	if (is_other_build(&registry->kernel)) {
		excuse->state = PERFEV_MODULE_CHANGED;
		excuse->reason = "the recorded kernel is another build than the one that runs";
		return 0;
	}
	return try_kallsyms(symbols, KALLSYMS, registry->is_recorded && !registry->is_release_known,
			    excuse);
}

/* What linux-perf has kept of kernels that it recorded. */
static int try_kept(struct perfev_symbols *symbols, struct excuse *excuse)
{
	const struct perfev_build_id *id = &symbols->registry->kernel.module->shown.build_id;
	const char *home = getenv("HOME");
	char path[4096], hex[2 * sizeof(id->bytes) + 1] = "";
	struct excuse ignored = *excuse;

	if (!home || !id->size)
		return 0;
	for (unsigned int i = 0; i < id->size && i < sizeof(id->bytes); i++)
		snprintf(hex + 2 * i, 3, "%02x", id->bytes[i]);
	if (snprintf(path, sizeof(path), "%s/.debug/%s/%s/kallsyms", home, KERNEL_PATH, hex) >=
	    (int)sizeof(path))
		return 0;
	return try_kallsyms(symbols, path, 0, &ignored);
}

static int try_given(struct perfev_symbols *symbols, struct excuse *excuse)
{
	const char *path = symbols->options.kallsyms;
	int result = try_kallsyms(symbols, path, 0, excuse);

	if (result == 0 && excuse->state != PERFEV_MODULE_REFUSED) {
		excuse->reason =
			perfev_lasting(symbols, "%s has no symbols of a kernel: %s", path,
				       access(path, R_OK) < 0 ? strerror(errno) :
								"it is not as /proc/kallsyms is");
		excuse->state = PERFEV_MODULE_BROKEN;
		excuse->remedy = NULL;
		if (!excuse->reason)
			return -ENOMEM;
	}
	return result;
}

/* Tries what there may be, the best first. Returns 1, 0: there was nothing, or -ENOMEM. */
static int try_all(struct perfev_symbols *symbols, struct excuse *excuse)
{
	int result = 0;

	if (symbols->options.kallsyms)
		return try_given(symbols, excuse);
	if (!symbols->options.vmlinux)
		result = try_running(symbols, excuse);
	if (result == 0 && !symbols->options.vmlinux)
		result = try_kept(symbols, excuse);
	/* Of which release it has to be, nobody knows where the recording does not say it. */
	if (result == 0 && (symbols->options.vmlinux || !symbols->registry->is_recorded ||
			    symbols->registry->is_release_known))
		result = perfev_vmlinux_load(symbols, excuse);
	return result;
}

static int excuse_missing(struct perfev_symbols *symbols, struct excuse *excuse)
{
	const struct registry *registry = symbols->registry;

	excuse->remedy = "have its vmlinux with symbols, or its /proc/kallsyms, at hand";
	if (registry->is_recorded && !registry->is_release_known)
		excuse->reason = "the recording does not say which kernel it is of, and nothing"
				 " proves that it is this one";
	else
		excuse->reason = perfev_lasting(
			symbols, "Linux %s was recorded, and its symbols are not here",
			symbols->os_release);
	return excuse->reason ? 0 : -ENOMEM;
}

int perfev_kernel_load(struct perfev_symbols *symbols)
{
	struct kernel *kernel = &symbols->registry->kernel;
	struct excuse excuse = { PERFEV_MODULE_MISSING, NULL, NULL };
	int result;

	if (kernel->is_read)
		return 0;
	result = try_all(symbols, &excuse);
	if (result == 0 && !excuse.reason)
		result = excuse_missing(symbols, &excuse);
	/* Modules may still have files of their own. */
	if (result > 0)
		excuse = (struct excuse){ PERFEV_MODULE_MISSING, "nothing here has its symbols",
					  NULL };
	if (result >= 0)
		excuse_modules(symbols, &excuse);
	else
		forget(symbols, 1);
	kernel->is_read = result >= 0;
	return result < 0 ? result : 0;
}

void perfev_kernel_free(struct perfev_symbols *symbols)
{
	struct kernel *kernel = &symbols->registry->kernel;

	perfev_maps_release(kernel->process.maps);
	perfev_maps_release(kernel->told);
	perfev_codes_free(&kernel->codes);
}
