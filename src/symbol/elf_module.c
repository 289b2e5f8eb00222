/* SPDX-License-Identifier: MIT */
/*
 * Opens an ELF file for elfutils: a session of libdwfl's for each, with that one module in it at
 * the file's own addresses. The file's descriptor is closed again at once; elfutils maps it.
 */
#include "elf_module.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Kernels have pages of 4 KiB to 64 KiB, and map whole pages. */
#define LEAST_PAGE 0x1000ULL
#define MOST_PAGE 0x10000ULL

/* What libdwfl calls to get the file itself, which was opened before. */
static int find_elf(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
		    char **file, Elf **out)
{
	struct elf_module *elf = *userdata;

	(void)module;
	(void)name;
	(void)base;
	(void)file;
	*out = elf->elf;
	return -1;
}

/* What a section unpacks to: as it says, in one of the two ways that there are, or 0. */
static __u64 unpacked_size(Elf *elf, size_t names, Elf_Scn *section, const GElf_Shdr *header)
{
	const char *name = elf_strptr(elf, names, header->sh_name);
	const unsigned char *bytes;
	GElf_Chdr packed;
	Elf_Data *data;
	__u64 size = 0;

	if (header->sh_flags & SHF_COMPRESSED)
		return gelf_getchdr(section, &packed) ? packed.ch_size : UINT64_MAX;
	if (!name || strncmp(name, ".zdebug", 7) != 0)
		return 0;
	data = elf_rawdata(section, NULL);
	if (!data || !data->d_buf || data->d_size < 12)
		return 0;
	bytes = data->d_buf;
	for (int i = 4; i < 12; i++)
		size = size << 8 | bytes[i];
	return size;
}

int perfev_elf_is_bounded(Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) < 0)
		names = 0;
	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) &&
		    unpacked_size(elf, names, section, &header) / 64 > header.sh_size + 65536)
			return 0;
	return 1;
}

static int read_loads(struct elf_module *elf)
{
	GElf_Phdr header;
	size_t count;

	if (elf_getphdrnum(elf->elf, &count) < 0)
		return -EBADMSG;
	elf->loads = calloc(count + 1, sizeof(*elf->loads));
	if (!elf->loads)
		return -ENOMEM;
	for (size_t i = 0; i < count && gelf_getphdr(elf->elf, (int)i, &header); i++) {
		struct load *load = &elf->loads[elf->load_count];

		if (header.p_type != PT_LOAD || header.p_memsz > ~header.p_vaddr)
			continue;
		load->offset = header.p_offset;
		load->in_file = header.p_filesz;
		load->address = header.p_vaddr;
		load->in_memory = header.p_memsz;
		load->is_code = (header.p_flags & PF_X) != 0;
		/* As libdwfl has it, so that to it as well nothing is moved. */
		if (!elf->load_count)
			elf->first = load->address & -header.p_align;
		if (!elf->load_count || load->address < elf->begin)
			elf->begin = load->address;
		if (load->address + load->in_memory > elf->end)
			elf->end = load->address + load->in_memory;
		elf->load_count++;
	}
	return 0;
}

/* Has libdwfl take it as the only module of a session. It owns elf->elf from then on. */
static int begin_session(struct elf_module *elf, const struct perfev_symbols *symbols)
{
	void **userdata;
	Elf *owned;
	GElf_Addr bias;

	elf->debug_folders = perfev_debug_folders(symbols);
	if (!elf->debug_folders)
		return -ENOMEM;
	elf->callbacks.find_elf = find_elf;
	elf->callbacks.find_debuginfo = perfev_debug_find;
	elf->callbacks.debuginfo_path = &elf->debug_folders;
	elf->dwfl = dwfl_begin(&elf->callbacks);
	if (!elf->dwfl)
		return -ENOMEM;
	dwfl_report_begin(elf->dwfl);
	elf->dwfl_module = dwfl_report_module(elf->dwfl, elf->path, elf->first,
					      elf->end > elf->first ? elf->end : elf->first + 1);
	dwfl_report_end(elf->dwfl, NULL, NULL);
	if (!elf->dwfl_module)
		return -ENOMEM;
	dwfl_module_info(elf->dwfl_module, &userdata, NULL, NULL, NULL, NULL, NULL, NULL);
	*userdata = elf;
	owned = dwfl_module_getelf(elf->dwfl_module, &bias);
	if (!owned)
		elf->elf = NULL;
	return owned ? 0 : -EBADMSG;
}

/* A file that ends before the headers of its sections do was cut off: to elfutils it has none. */
static int is_cut(Elf *elf, const GElf_Ehdr *header)
{
	size_t size;

	return !elf_rawfile(elf, &size) || header->e_shoff > size ||
	       (size_t)header->e_shnum * header->e_shentsize > size - header->e_shoff;
}

/* Takes what elfutils has opened. */
static int take(struct elf_module *elf, const struct perfev_symbols *symbols)
{
	const unsigned char *ident;
	GElf_Ehdr header;
	int result;

	if (!elf->elf || elf_kind(elf->elf) != ELF_K_ELF || !gelf_getehdr(elf->elf, &header) ||
	    is_cut(elf->elf, &header) || !perfev_elf_is_bounded(elf->elf))
		return -EBADMSG;
	ident = (const unsigned char *)elf_getident(elf->elf, NULL);
	elf->is_wide = ident[EI_CLASS] == ELFCLASS64;
	elf->is_swapped =
		(ident[EI_DATA] == ELFDATA2MSB) != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	elf->machine = header.e_machine;
	elf->is_relocatable = header.e_type == ET_REL;
	result = read_loads(elf);
	if (result < 0 || elf->is_relocatable)
		return result;
	return begin_session(elf, symbols);
}

/* Whether a file may be opened by elfutils: what it would unpack for us is not always wanted. */
static int is_elf(int fd)
{
	char magic[SELFMAG];

	return pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       !memcmp(magic, ELFMAG, SELFMAG);
}

int perfev_elf_open(struct elf_module *elf, const struct perfev_symbols *symbols, const char *path,
		    unsigned int flags)
{
	struct stat status;
	int result, fd;

	/* A fifo without a writer must not stop us here. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	elf_version(EV_CURRENT);
	result = -EBADMSG;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    (flags & ELF_MAY_BE_PACKED || is_elf(fd))) {
		elf->inode = status.st_ino;
		elf->elf = dwelf_elf_begin(fd);
		/* Reads it whole where it is not mapped; what was unpacked is in memory already. */
		if (elf->elf && (elf_cntl(elf->elf, ELF_C_FDREAD) == 0 || !is_elf(fd)))
			result = take(elf, symbols);
	}
	close(fd);
	if (result < 0)
		perfev_elf_forget(elf);
	return result;
}

int perfev_elf_open_image(struct elf_module *elf, const struct perfev_symbols *symbols, void *image,
			  size_t size)
{
	int result;

	elf_version(EV_CURRENT);
	elf->image = image;
	elf->elf = elf_memory(image, size);
	result = take(elf, symbols);
	if (result < 0)
		perfev_elf_forget(elf);
	return result;
}

void perfev_elf_forget(struct elf_module *elf)
{
	perfev_cfi_free(elf->cfi);
	perfev_units_free(elf->units);
	elf->cfi = NULL;
	elf->units = NULL;
	if (elf->dwfl)
		dwfl_end(elf->dwfl);
	if (elf->elf && !elf->dwfl_module)
		elf_end(elf->elf);
	elf->dwfl = NULL;
	elf->dwfl_module = NULL;
	elf->elf = NULL;
	free(elf->debug_folders);
	free(elf->debug_file);
	free(elf->image);
	free(elf->loads);
	elf->debug_folders = elf->debug_file = NULL;
	elf->image = NULL;
	elf->loads = NULL;
	elf->load_count = 0;
	elf->begin = elf->end = 0;
}

void perfev_elf_read_build_id(Elf *elf, struct perfev_build_id *out)
{
	const void *bytes;
	ssize_t length = elf ? dwelf_elf_gnu_build_id(elf, &bytes) : 0;

	memset(out, 0, sizeof(*out));
	if (length <= 0)
		return;
	out->size =
		(__u8)((size_t)length < sizeof(out->bytes) ? (size_t)length : sizeof(out->bytes));
	memcpy(out->bytes, bytes, out->size);
}

/* Whether a part of the file, of which whole pages were mapped, has this offset in it. */
static int has_offset(const struct load *load, __u64 offset, __u64 page)
{
	return offset >= (load->offset & ~(page - 1)) && offset < load->offset + load->in_file;
}

/*
 * objcopy(1) and others leave the sizes in memory in a debug file, but not where in the file parts
 * were. So a part is known by its size in pages, which is mapped as a whole unless someone changed
 * that.
 */
static int address_by_length(const struct elf_module *elf, __u64 length, __u64 *address)
{
	for (__u64 page = LEAST_PAGE; page <= MOST_PAGE; page *= 2) {
		for (size_t i = 0; i < elf->load_count; i++) {
			const struct load *load = &elf->loads[i];
			__u64 before = load->address & (page - 1);

			if (!load->is_code ||
			    ((before + load->in_memory + page - 1) & ~(page - 1)) != length)
				continue;
			*address = load->address - before;
			return 1;
		}
	}
	return 0;
}

int perfev_elf_address(const struct module *module, __u64 offset, __u64 length, __u64 *address)
{
	static const __u64 pages[] = { 1, LEAST_PAGE, MOST_PAGE };
	const struct elf_module *elf = module->elf;

	if (!elf)
		return 0;
	if (elf->is_debug_only)
		return length ? address_by_length(elf, length, address) : 0;
	/* Code first: the page in which it begins may be mapped with what is before it as well. */
	for (unsigned int other = 0; other < 2; other++) {
		for (unsigned int page = 0; page < 3; page++) {
			for (size_t i = 0; i < elf->load_count; i++) {
				const struct load *load = &elf->loads[i];

				if (load->is_code == (int)other ||
				    !has_offset(load, offset, pages[page]))
					continue;
				*address = load->address + (offset - load->offset);
				return 1;
			}
		}
	}
	return 0;
}
