/* SPDX-License-Identifier: MIT */
/*
 * Files from servers, by elfutils' libdebuginfod. It is loaded when a server is first to be asked,
 * which DEBUGINFOD_URLS has to name: else nothing here does anything.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

#include "elf_module.h"

struct client {
	void *library;
	void *(*begin)(void);
	int (*find_debuginfo)(void *client, const unsigned char *id, int length, char **path);
	int (*find_executable)(void *client, const unsigned char *id, int length, char **path);
	void (*end)(void *client);
};

/* Returns 1, or 0: it is not installed, or another one than is known here. */
static int load(struct client *client)
{
	client->library = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!client->library)
		return 0;
	*(void **)&client->begin = dlsym(client->library, "debuginfod_begin");
	*(void **)&client->find_debuginfo = dlsym(client->library, "debuginfod_find_debuginfo");
	*(void **)&client->find_executable = dlsym(client->library, "debuginfod_find_executable");
	*(void **)&client->end = dlsym(client->library, "debuginfod_end");
	return client->begin && client->find_debuginfo && client->find_executable && client->end;
}

char *perfev_debuginfod_find(const struct perfev_build_id *id, int is_debug_only)
{
	const char *servers = getenv("DEBUGINFOD_URLS");
	struct client client = { 0 };
	char *path = NULL;
	void *handle;
	int fd = -1;

	if (!servers || !*servers)
		return NULL;
	handle = load(&client) ? client.begin() : NULL;
	if (handle) {
		fd = (is_debug_only ? client.find_debuginfo :
				      client.find_executable)(handle, id->bytes, id->size, &path);
		client.end(handle);
	}
	/* The library stays loaded, as libcurl's cannot be unloaded for good. */
	if (fd >= 0)
		close(fd);
	else
		path = NULL;
	return path;
}
