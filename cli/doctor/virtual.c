/* SPDX-License-Identifier: MIT */
/*
 * Whether this is a guest, and whether a container. A guest of x86 is told by the processor itself;
 * elsewhere there are signs, and where there are none nothing is said. A container is told by its
 * namespaces: that an image has the marks of one does not make it run as one.
 */
#include "try.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

struct sign {
	const char *sign;
	const char *name;
};

static const char *find_sign(const struct sign *signs, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(text, signs[i].sign))
			return signs[i].name;
	return NULL;
}

#define FIND_SIGN(signs, text) find_sign(signs, sizeof(signs) / sizeof((signs)[0]), text)

#if defined(__x86_64__) || defined(__i386__)
/* The hypervisor's signature in leaf 0x40000000, behind the bit that says that there is one. */
static void read_hypervisor(struct doctor_machine *machine)
{
	static const struct sign signs[] = {
		{ "KVMKVMKVM", "KVM" },           { "Microsoft Hv", "Hyper-V" },
		{ "VMwareVMware", "VMware" },     { "XenVMMXenVMM", "Xen" },
		{ "TCGTCGTCGTCG", "QEMU" },       { "bhyve bhyve", "bhyve" },
		{ "VBoxVBoxVBox", "VirtualBox" },
	};
	unsigned int a, b, c, d;
	char signature[13] = "";
	const char *name;

	machine->is_hypervisor_known = 1;
	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 31))
		return;
	__cpuid(0x40000000, a, b, c, d);
	memcpy(signature, &b, 4);
	memcpy(signature + 4, &c, 4);
	memcpy(signature + 8, &d, 4);
	name = FIND_SIGN(signs, signature);
	snprintf(machine->hypervisor, sizeof(machine->hypervisor), "%s",
		 name ? name : "a hypervisor");
}
#else
static void read_hypervisor(struct doctor_machine *machine)
{
	static const char *const files[] = {
		"/proc/device-tree/hypervisor/compatible",
		"/sys/hypervisor/type",
		"/sys/class/dmi/id/sys_vendor",
		"/sys/class/dmi/id/product_name",
		"/proc/device-tree/compatible",
	};
	static const struct sign signs[] = {
		{ "linux,kvm", "KVM" },
		{ "KVM", "KVM" },
		{ "xen", "Xen" },
		{ "QEMU", "QEMU" },
		{ "linux,dummy-virt", "QEMU" },
		{ "VMware", "VMware" },
		{ "Microsoft", "Hyper-V" },
		{ "Parallels", "Parallels" },
		{ "Apple Virtualization", "Apple" },
		{ "qemu,", "QEMU" },
		{ "riscv-virtio", "QEMU" },
	};
	char text[256];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *name;

		doctor_file_line(files[i], text, sizeof(text));
		name = FIND_SIGN(signs, text);
		if (!name)
			continue;
		machine->is_hypervisor_known = 1;
		snprintf(machine->hypervisor, sizeof(machine->hypervisor), "%s", name);
		return;
	}
}
#endif

/* The numbers that the kernel has for the first namespaces (include/linux/proc_ns.h). */
#define FIRST_USER_NAMESPACE 0xEFFFFFFDU
#define FIRST_PID_NAMESPACE 0xEFFFFFFCU

/* 1, or 0 also when it cannot be told. */
static int is_other_namespace(const char *path, unsigned long first)
{
	struct stat found;

	return stat(path, &found) == 0 && found.st_ino != first;
}

static void read_container(struct doctor_machine *machine)
{
	static const struct sign files[] = {
		{ "/run/.containerenv", "podman" },
		{ "/.dockerenv", "docker" },
		{ "/var/run/secrets/kubernetes.io", "kubernetes" },
		{ "/run/host/container-manager", "systemd-nspawn" },
		{ "/dev/lxd", "lxd" },
	};
	const int has_own_processes = is_other_namespace("/proc/self/ns/pid", FIRST_PID_NAMESPACE);

	if (!has_own_processes && !machine->has_own_users)
		return;
	snprintf(machine->container, sizeof(machine->container), "%s",
		 has_own_processes ? "a PID namespace" : "a user namespace");
	for (size_t i = 0; has_own_processes && i < sizeof(files) / sizeof(files[0]); i++) {
		if (access(files[i].sign, F_OK) != 0)
			continue;
		snprintf(machine->container, sizeof(machine->container), "%s", files[i].name);
		return;
	}
}

void doctor_virtual_read(struct doctor_machine *machine)
{
	machine->has_own_users = is_other_namespace("/proc/self/ns/user", FIRST_USER_NAMESPACE);
	read_hypervisor(machine);
	read_container(machine);
}
