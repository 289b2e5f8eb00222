/* SPDX-License-Identifier: MIT */
/*
 * Addresses of the kernel: of BPF programs and trampolines as records say, then of the kernel and
 * its modules as records say, then of those that only kallsyms knows.
 */
#include <errno.h>
#include <string.h>

#include "mapped.h"

int perfev_kernel_symbol(struct perfev_symbols *symbols, const struct perfev_record_ksymbol *said)
{
	struct kernel *kernel = &symbols->registry->kernel;
	const int is_bpf = said->ksym_type == PERF_RECORD_KSYMBOL_TYPE_BPF;
	const char *const path = is_bpf ? "[bpf]" : "[trampoline]";
	struct module **module = is_bpf ? &kernel->bpf : &kernel->trampolines;
	int result;

	if (said->flags & PERF_RECORD_KSYMBOL_FLAGS_UNREGISTER) {
		const __u64 end = said->addr + said->len;

		result = perfev_codes_remove(&kernel->codes, said->addr, end);
		return result < 0 ? result : 1;
	}
	if (!*module) {
		*module = perfev_module_named(symbols, PERFEV_MODULE_KERNEL_JIT, path);
		if (!*module)
			return -ENOMEM;
		perfev_module_state(*module, PERFEV_MODULE_WHOLE, NULL, NULL);
		(*module)->shown.origin = "records";
	}
	result = perfev_codes_add(&kernel->codes, said->addr, said->len, said->name.text,
				  said->name.length, *module);
	if (result > 0)
		(*module)->shown.symbol_count++;
	return result < 0 ? result : 1;
}

int perfev_code_symbol(struct perfev_symbols *symbols, struct code *code,
		       struct perfev_frame *frame)
{
	frame->module = &code->module->shown;
	if (!code->name[0])
		return 1;
	if (!code->symbol) {
		/* The code may go; what was lent stays. */
		const char *name = perfev_keep(symbols, code->name, strlen(code->name));

		if (!name)
			return -ENOMEM;
		code->symbol =
			perfev_symbol_make(symbols, code->module, name, code->address, code->size);
		if (!code->symbol)
			return -ENOMEM;
	}
	frame->symbol = code->symbol;
	return 1;
}

/* Says where in its module a mapping of the kernel's is. */
static int place(struct perfev_symbols *symbols, struct mapping *mapping)
{
	const struct kernel *kernel = &symbols->registry->kernel;
	struct module *module = mapping->module;
	int result = perfev_module_load(symbols, module);

	if (result == 0 && module->shown.kind == PERFEV_MODULE_KERNEL_MODULE &&
	    !module->symtab.count && !module->elf)
		result = perfev_ko_load(symbols, module);
	if (module == kernel->module)
		mapping->bias = kernel->shift;
	else if (module->elf)
		mapping->bias = mapping->begin - mapping->offset;
	mapping->is_placed = result == 0;
	return result;
}

/* Looks in a list of modules. Returns 1 with a symbol, 0 without, or -ENOMEM. */
static int find_in(struct perfev_symbols *symbols, struct maps *maps, __u64 address,
		   struct perfev_frame *out)
{
	struct mapping *mapping = perfev_maps_at(maps, address);
	int result = 0;

	if (!mapping)
		return 0;
	if (!mapping->is_placed) {
		result = place(symbols, mapping);
		if (result < 0)
			return result;
	}
	out->symbol =
		perfev_module_find(symbols, mapping->module, address - mapping->bias, &result);
	if (out->symbol || !out->module) {
		out->module = &mapping->module->shown;
		out->module_address = address - mapping->bias;
	}
	return result < 0 ? result : out->symbol != NULL;
}

int perfev_kernel_find(struct perfev_symbols *symbols, __u64 address, struct perfev_frame *out)
{
	struct kernel *kernel = &symbols->registry->kernel;
	struct code *code = perfev_codes_find(&kernel->codes, address);
	int result;

	if (code)
		return perfev_code_symbol(symbols, code, out);
	if (!kernel->is_read) {
		result = perfev_kernel_load(symbols);
		if (result < 0)
			return result;
	}
	result = find_in(symbols, kernel->process.maps, address, out);
	if (result == 0)
		result = find_in(symbols, kernel->told, address - kernel->shift, out);
	if (result < 0)
		return result;
	/* Where not even records say what is there, it is the kernel's at least. */
	if (!out->module && !kernel->process.maps)
		out->module = &kernel->module->shown;
	return out->module != NULL;
}
