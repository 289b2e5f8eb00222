/* SPDX-License-Identifier: MIT */
/*
 * What a recording says of its machine, and whether that is this one: only then are this machine's
 * kernel, its vDSO and its processes the ones that were recorded. Without a word it is.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "../record/bytes.h"
#include "mapped.h"

/* As uname(2) says it. EM_LOONGARCH is newer than some <elf.h>. */
static __u16 machine_of(const char *arch)
{
	static const struct {
		const char *begin;
		__u16 machine;
	} machines[] = {
		{ "x86_64", EM_X86_64 },   { "amd64", EM_X86_64 },    { "aarch64", EM_AARCH64 },
		{ "arm64", EM_AARCH64 },   { "arm", EM_ARM },         { "riscv", EM_RISCV },
		{ "ppc64", EM_PPC64 },     { "powerpc64", EM_PPC64 }, { "ppc", EM_PPC },
		{ "s390", EM_S390 },       { "mips", EM_MIPS },       { "loongarch", 258 },
		{ "sparc64", EM_SPARCV9 }, { "sparc", EM_SPARC },     { "m68k", EM_68K },
		{ "ia64", EM_IA_64 },      { "alpha", 0x9026 },       { "parisc", EM_PARISC },
	};

	if (arch[0] == 'i' && strlen(arch) == 4 && !strcmp(arch + 2, "86"))
		return EM_386;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (!strncmp(arch, machines[i].begin, strlen(machines[i].begin)))
			return machines[i].machine;
	return EM_NONE;
}

static void set_release(struct perfev_symbols *symbols, const char *release)
{
	size_t length = strlen(release);

	if (length >= sizeof(symbols->os_release))
		length = sizeof(symbols->os_release) - 1;
	memset(symbols->os_release, 0, sizeof(symbols->os_release));
	memcpy(symbols->os_release, release, length);
}

void perfev_recording_init(struct perfev_symbols *symbols)
{
	struct utsname name;

	symbols->is_this_machine = symbols->is_this_kernel = 1;
	symbols->registry->chain_most = PERF_MAX_STACK_DEPTH;
	if (uname(&name) < 0)
		return;
	symbols->elf_machine = machine_of(name.machine);
	set_release(symbols, name.release);
}

static void take_release(struct perfev_symbols *symbols, const char *release)
{
	struct utsname name;

	set_release(symbols, release);
	symbols->registry->is_release_known = 1;
	if (uname(&name) < 0 || strcmp(name.release, release) != 0)
		symbols->is_this_kernel = 0;
}

static int take_hostname(struct perfev_symbols *symbols, const char *hostname)
{
	struct registry *registry = symbols->registry;
	struct utsname name;

	free(registry->hostname);
	registry->hostname = strdup(hostname);
	if (!registry->hostname)
		return -ENOMEM;
	if (uname(&name) < 0 || strcmp(name.nodename, hostname) != 0)
		symbols->is_this_machine = 0;
	return 0;
}

static void take_arch(struct perfev_symbols *symbols, const char *arch)
{
	struct utsname name;

	symbols->elf_machine = machine_of(arch);
	if (uname(&name) < 0 || strcmp(name.machine, arch) != 0)
		symbols->is_this_machine = symbols->is_this_kernel = 0;
}

/* Takes a text of the header; others are left alone. */
static int take_text(struct perfev_symbols *symbols, unsigned int feature, const char *text)
{
	switch (feature) {
	case PERFEV_FEATURE_HOSTNAME:
		return take_hostname(symbols, text);
	case PERFEV_FEATURE_OSRELEASE:
		take_release(symbols, text);
		return 0;
	case PERFEV_FEATURE_ARCH:
		take_arch(symbols, text);
		return 0;
	default:
		return 0;
	}
}

int perfev_recording_feature(struct perfev_symbols *symbols, const struct perfev_record *record)
{
	const struct perfev_bytes *data = &record->feature.data;
	const int swapped = record->layout && record->layout->swapped;
	char text[256] = "";
	__u64 length;

	if (record->feature.id != PERFEV_FEATURE_HOSTNAME &&
	    record->feature.id != PERFEV_FEATURE_OSRELEASE &&
	    record->feature.id != PERFEV_FEATURE_ARCH)
		return 0;
	if (data->length < 5)
		return 0;
	length = load32(data->bytes, swapped);
	if (length > data->length - 4)
		length = data->length - 4;
	if (length >= sizeof(text))
		length = sizeof(text) - 1;
	memcpy(text, (const char *)data->bytes + 4, (size_t)length);
	if (!text[0])
		return 0;
	return take_text(symbols, (unsigned int)record->feature.id, text) < 0 ? -ENOMEM : 1;
}

void perfev_recording_event(struct perfev_symbols *symbols, const struct perf_event_attr *attr)
{
	struct registry *registry = symbols->registry;

	if (attr->sample_max_stack > registry->chain_most)
		registry->chain_most = attr->sample_max_stack;
	if (!attr->use_clockid || attr->clockid != CLOCK_MONOTONIC)
		registry->is_monotonic = 0;
}

int perfev_recording_build_id(struct perfev_symbols *symbols, __u16 misc,
			      const struct perfev_text *path,
			      const struct perfev_build_id *build_id)
{
	const __u16 mode = misc & PERF_RECORD_MISC_CPUMODE_MASK;
	struct name *name;

	if (!build_id->size || !path->length || mode == PERF_RECORD_MISC_GUEST_KERNEL ||
	    mode == PERF_RECORD_MISC_GUEST_USER)
		return 0;
	name = perfev_name_get(symbols->registry, path->text, path->length);
	if (!name)
		return -ENOMEM;
	name->build_id = *build_id;
	/* What was mapped before this was said, and nobody looked at: in pipes it comes last. */
	for (struct module *module = name->modules; module; module = module->next)
		if (!module->shown.build_id.size)
			module->shown.build_id = *build_id;
	if (mode == PERF_RECORD_MISC_KERNEL || !strncmp(name->text, "[kernel.kallsyms]", 17)) {
		struct module *module = perfev_kernel_module(symbols, name->text, name->length);

		if (!module)
			return -ENOMEM;
		if (!module->shown.build_id.size)
			module->shown.build_id = *build_id;
	}
	return 1;
}

/* What is said once, and of each file. */
static int take_header(struct perfev_symbols *symbols, struct perfev_file *file)
{
	struct perfev_build_id_entry entry;
	struct perfev_feature_at at;
	struct perfev_file_about about;
	int result = perfev_file_about(file, &about);

	if (result == 0 && about.hostname)
		result = take_hostname(symbols, about.hostname);
	if (result == 0 && about.arch)
		take_arch(symbols, about.arch);
	if (result == 0 && about.os_release)
		take_release(symbols, about.os_release);
	if (about.elf_machine)
		symbols->elf_machine = (__u16)about.elf_machine;
	memset(&at, 0, sizeof(at));
	while (result == 0 && perfev_file_build_id_next(file, &at, &entry) > 0) {
		result = perfev_recording_build_id(symbols, entry.misc, &entry.filename,
						   &entry.build_id);
		result = result < 0 ? result : 0;
	}
	return result;
}

int perfev_symbols_recording(struct perfev_symbols *symbols, struct perfev_file *file)
{
	const unsigned int events = perfev_file_event_count(file);
	struct perfev_file_summary summary;

	perfev_file_summary(file, &summary);
	symbols->is_swapped = (__u8)summary.is_swapped;
	symbols->registry->is_monotonic = 1;
	symbols->registry->is_recorded = 1;
	for (unsigned int i = 0; i < events; i++)
		perfev_recording_event(symbols, &perfev_file_event(file, i)->attr);
	return take_header(symbols, file);
}
