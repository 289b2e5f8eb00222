/* SPDX-License-Identifier: MIT */
/*
 * Which file has the debug information of another, or is what a build-id names. Nothing is taken
 * that does not prove to belong: by its build-id, or by the checksum that the link to it holds.
 * Servers are asked last, and only where DEBUGINFOD_URLS names some.
 */
#define _GNU_SOURCE /* asprintf() */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_module.h"

#define DEFAULT_FOLDER "/usr/lib/debug"

char *perfev_debug_folders(const struct perfev_symbols *symbols)
{
	const char *root = symbols->options.root, *debug = symbols->options.debug;
	char *folders;

	if (debug)
		return strdup(debug);
	if (!root)
		return strdup(DEFAULT_FOLDER);
	return asprintf(&folders, "%s%s:%s", root, DEFAULT_FOLDER, DEFAULT_FOLDER) < 0 ?
		       NULL :
		       folders;
}

/* Folder number i of a list with ':' between. Returns it, with its length, or NULL. */
static const char *folder_of(const char *list, unsigned int i, int *length)
{
	for (; list; list = strchr(list, ':')) {
		list += *list == ':';
		*length = (int)strcspn(list, ":");
		if (!i--)
			return list;
	}
	return NULL;
}

/* "xx/rest" of a build-id, which is at least two bytes long. */
static void hex_of(const struct perfev_build_id *id, char text[2 * sizeof(id->bytes) + 2])
{
	char *at = text;

	for (unsigned int i = 0; i < id->size && i < sizeof(id->bytes); i++)
		at += sprintf(at, "%02x%s", id->bytes[i], i ? "" : "/");
}

/* Where linux-perf keeps copies of the files that it recorded. Returns 0 or -ENOMEM. */
static int cached_place(const char *hex, const char *what, char **path)
{
	const char *home = getenv("HOME");

	*path = NULL;
	if (home && *home && asprintf(path, "%s/.debug/.build-id/%s/%s", home, hex, what) < 0)
		return -ENOMEM;
	return 0;
}

/* Where distributions have files and their debug files by build-id. */
static int place_in(const char *folder, int length, const char *hex, int is_debug_only, char **path)
{
	*path = NULL;
	if (length && asprintf(path, "%.*s/.build-id/%s%s", length, folder, hex,
			       is_debug_only ? ".debug" : "") < 0)
		return -ENOMEM;
	return 0;
}

/* Tries a path, which is freed, or NULL: there is no such place. */
static int try_and_free(char *path, int is_debug_only, perfev_debug_try try, void *with)
{
	int result = path ? try(with, path, is_debug_only) : 0;

	free(path);
	return result;
}

int perfev_debug_each(const struct perfev_symbols *symbols, const struct perfev_build_id *id,
		      perfev_debug_try try, void *with)
{
	static const char *const cached[] = { "elf", "vdso", "debug" };
	char hex[2 * sizeof(id->bytes) + 2], *folders, *path;
	const char *folder;
	int length, result = 0;

	if (id->size < 2)
		return 0;
	hex_of(id, hex);
	folders = perfev_debug_folders(symbols);
	if (!folders)
		return -ENOMEM;
	for (int is_debug_only = 0; !result && is_debug_only < 2; is_debug_only++) {
		for (int i = is_debug_only ? 2 : 0; !result && i < (is_debug_only ? 3 : 2); i++) {
			result = cached_place(hex, cached[i], &path);
			if (!result)
				result = try_and_free(path, is_debug_only, try, with);
		}
		for (unsigned int i = 0; !result; i++) {
			folder = folder_of(folders, i, &length);
			if (!folder)
				break;
			result = place_in(folder, length, hex, is_debug_only, &path);
			if (!result)
				result = try_and_free(path, is_debug_only, try, with);
		}
		if (!result)
			result = try_and_free(perfev_debuginfod_find(id, is_debug_only),
					      is_debug_only, try, with);
	}
	free(folders);
	return result;
}

/* The checksum of .gnu_debuglink. Returns 0, or -1: the file cannot be read. */
static int checksum_of(int fd, __u32 *out)
{
	__u32 table[256], sum = 0xffffffff;
	unsigned char bytes[16384];
	off_t at = 0;
	ssize_t got;

	for (__u32 i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	}
	while ((got = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		for (ssize_t i = 0; i < got; i++)
			sum = table[(sum ^ bytes[i]) & 0xff] ^ sum >> 8;
		at += got;
	}
	*out = ~sum;
	return got < 0 ? -1 : 0;
}

/* Opens a file if it belongs to that one. Returns it, or -1. */
static int open_if_right(const char *path, const struct perfev_build_id *id, GElf_Word crc)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct perfev_build_id other;
	struct stat status;
	int is_right = 0;
	Elf *elf = NULL;
	__u32 sum;

	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		elf = elf_begin(fd, ELF_C_READ_MMAP_PRIVATE, NULL);
	if (elf && perfev_elf_is_bounded(elf)) {
		perfev_elf_read_build_id(elf, &other);
		is_right = id->size ? other.size == id->size &&
					      !memcmp(other.bytes, id->bytes, id->size) :
				      crc && checksum_of(fd, &sum) == 0 && sum == crc;
	}
	elf_end(elf);
	if (is_right)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Where a file says that its debug file is: beside it, in .debug, or below a folder of such. */
static int find_by_link(struct elf_module *elf, const struct perfev_build_id *id, const char *link,
			GElf_Word crc, char **found)
{
	const char *slash = elf->file ? strrchr(elf->file, '/') : NULL;
	const char *path_slash = strrchr(elf->path, '/');
	int fd = -1, length = 0;

	if (!slash || strchr(link, '/'))
		return -1;
	for (unsigned int i = 0; fd < 0; i++) {
		const char *folder = i < 2 ? "" : folder_of(elf->debug_folders, i - 2, &length);
		char *path;

		if (!folder)
			return -1;
		if (i < 2 ? asprintf(&path, "%.*s/%s%s", (int)(slash - elf->file), elf->file,
				     i ? ".debug/" : "", link) < 0 :
			    asprintf(&path, "%.*s%.*s/%s", length, folder,
				     path_slash ? (int)(path_slash - elf->path) : 0, elf->path,
				     link) < 0) {
			elf->is_out_of_memory = 1;
			return -1;
		}
		fd = strcmp(path, elf->file) ? open_if_right(path, id, crc) : -1;
		if (fd >= 0)
			*found = path;
		else
			free(path);
	}
	return fd;
}

/* What a build-id is the key to, but for servers. */
static int find_by_build_id(struct elf_module *elf, const struct perfev_build_id *id, char **found)
{
	char hex[2 * sizeof(id->bytes) + 2], *path;
	const char *folder;
	int length, fd = -1;

	if (id->size < 2)
		return -1;
	hex_of(id, hex);
	for (unsigned int i = 0; fd < 0; i++) {
		folder = folder_of(elf->debug_folders, i, &length);
		if ((folder ? place_in(folder, length, hex, 1, &path) :
			      cached_place(hex, "debug", &path)) < 0) {
			elf->is_out_of_memory = 1;
			return -1;
		}
		fd = path ? open_if_right(path, id, 0) : -1;
		if (fd >= 0)
			*found = path;
		else
			free(path);
		if (!folder)
			break;
	}
	return fd;
}

/* What a file says of the one that dwz(1) made of what several have in common: its build-id. */
static int read_common_id(Elf *file, struct perfev_build_id *id)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	memset(id, 0, sizeof(*id));
	if (elf_getshdrstrndx(file, &names) < 0)
		return 0;
	while ((section = elf_nextscn(file, section))) {
		const char *name = gelf_getshdr(section, &header) ?
					   elf_strptr(file, names, header.sh_name) :
					   NULL;
		Elf_Data *data = name && !strcmp(name, ".gnu_debugaltlink") ?
					 elf_rawdata(section, NULL) :
					 NULL;
		size_t length = data && data->d_buf ? strnlen(data->d_buf, data->d_size) + 1 : 0;

		if (!length || length >= data->d_size || data->d_size - length > sizeof(id->bytes))
			continue;
		id->size = (__u8)(data->d_size - length);
		memcpy(id->bytes, (const char *)data->d_buf + length, id->size);
		return 1;
	}
	return 0;
}

/* Opens a file in the folder of another, or below a folder of debug files. */
static int open_beside(struct elf_module *elf, const char *folder, int length, const char *between,
		       const char *name, const struct perfev_build_id *id, char **found)
{
	char *path;
	int fd;

	if (asprintf(&path, "%.*s%s%s", length, folder, between, name) < 0) {
		elf->is_out_of_memory = 1;
		return -1;
	}
	fd = open_if_right(path, id, 0);
	if (fd >= 0)
		*found = path;
	else
		free(path);
	return fd;
}

/* Finds that file: by its build-id, where the link leads to, or in a folder for such. */
static int find_common(struct elf_module *elf, const char *file, const char *link, char **found)
{
	const char *slash = strrchr(file, '/'), *name = strrchr(link, '/');
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), length, has_id;
	Elf *other = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP_PRIVATE, NULL);
	struct perfev_build_id id;
	const char *folder;

	has_id = other && read_common_id(other, &id);
	elf_end(other);
	if (fd >= 0)
		close(fd);
	if (!has_id)
		return -1;
	name = name ? name + 1 : link;
	fd = find_by_build_id(elf, &id, found);
	if (fd < 0 && link[0] == '/')
		fd = open_beside(elf, "", 0, "", link, &id, found);
	else if (fd < 0 && slash)
		fd = open_beside(elf, file, (int)(slash - file), "/", link, &id, found);
	if (fd < 0 && slash)
		fd = open_beside(elf, file, (int)(slash - file), "/.dwz/", name, &id, found);
	for (unsigned int i = 0; fd < 0; i++) {
		folder = folder_of(elf->debug_folders, i, &length);
		if (!folder)
			break;
		fd = open_beside(elf, folder, length, "/.dwz/", name, &id, found);
	}
	return fd;
}

int perfev_debug_find(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
		      const char *file, const char *link, GElf_Word crc, char **found)
{
	struct elf_module *elf = *userdata;
	struct perfev_build_id id;
	int fd;

	(void)module;
	(void)name;
	(void)base;
	/* A link without a checksum is that of another kind. */
	if (link && !crc)
		return file ? find_common(elf, file, link, found) : -1;
	perfev_elf_read_build_id(elf->elf, &id);
	fd = find_by_build_id(elf, &id, found);
	if (fd < 0 && link)
		fd = find_by_link(elf, &id, link, crc, found);
	if (fd < 0 && id.size) {
		char *path = perfev_debuginfod_find(&id, 1);

		fd = path ? open_if_right(path, &id, 0) : -1;
		if (fd >= 0)
			*found = path;
		else
			free(path);
	}
	if (fd >= 0) {
		free(elf->debug_file);
		elf->debug_file = strdup(*found);
		elf->is_out_of_memory |= !elf->debug_file;
	}
	errno = 0;
	return fd;
}
