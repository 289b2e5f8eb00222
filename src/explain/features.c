/* SPDX-License-Identifier: MIT */
/*
 * What this kernel and machine accept, tried one by one on events of the calling thread. What must
 * stay true: a bit is set only when the kernel was seen to take it, and the inquiries' limit on
 * tries does not apply here, since the number of questions is fixed.
 */
#include "size.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <perfev/sys.h>

/* An ioctl's number among those of events, PERF_EVENT_IOC_*, as perfev_features.ioctls counts. */
#define IOCTL_NUMBER(request) ((request) & 0xff)

/* The most pages of a ring that is tried. */
#define RING_PAGES 4096

struct probe {
	struct perfev_features *out;
	struct inquiry inquiry;
	struct request dummy; /* samples, and has what single bits need besides themselves */
	struct request
		hardware; /* the first event that the CPU's PMU takes; type is SOFTWARE if none */
};

static int is_taken(struct probe *probe, const struct request *request)
{
	probe->inquiry.tries = 0;
	return perfev_try(&probe->inquiry, request) == 0;
}

/* The bits of a field that are taken, each by itself, in a request like this one. */
static __u64 taken_bits(struct probe *probe, const struct request *like, const char *name)
{
	const struct perfev_field *field = perfev_field_find(name);
	const __u64 before = perfev_field_read(field, &like->attr);
	struct perfev_name bit;
	unsigned int position = 0;
	__u64 taken = 0;

	while (perfev_set_next(field->set, &position, &bit) == 1) {
		struct request request = *like;

		if (!bit.value || (bit.value & (bit.value - 1)))
			continue;
		/* A branch filter says which branches beside where they are. */
		perfev_field_write(field, &request.attr, before | bit.value);
		if (is_taken(probe, &request))
			taken |= bit.value;
	}
	return taken;
}

/* What a field needs besides itself, so that it is its own refusal that is seen. */
static void set_needs(const char *name, struct perf_event_attr *attr)
{
	if (strcmp(name, "sigtrap") == 0)
		attr->remove_on_exec = 1;
	if (strcmp(name, "inherit_thread") == 0)
		attr->inherit = 1;
	if (strcmp(name, "clockid") == 0)
		attr->use_clockid = 1;
}

static __u64 value_to_try(const struct perfev_field *field)
{
	if (field->set == PERFEV_SET_BRANCH_SAMPLE_TYPE)
		return PERF_SAMPLE_BRANCH_ANY;
	return strcmp(field->name, "size") == 0              ? PERF_ATTR_SIZE_VER0 :
	       strcmp(field->name, "sample_stack_user") == 0 ? 8 :
							       1;
}

/*
 * Whether one field is taken when it is set: by an event that counts nothing, or by the CPU's PMU.
 */
static int is_field_taken(struct probe *probe, const struct perfev_field *field)
{
	const struct request *likes[] = { &probe->dummy, &probe->hardware };

	for (size_t i = 0; i < sizeof(likes) / sizeof(likes[0]); i++) {
		struct request request = *likes[i];

		if (field->offset + field->size > probe->out->attr_bytes)
			return 0;
		/* These say which event it is: that there is one has been seen. */
		if (strcmp(field->name, "type") == 0 || strcmp(field->name, "config") == 0)
			return 1;
		set_needs(field->name, &request.attr);
		perfev_field_write(field, &request.attr, value_to_try(field));
		if (is_taken(probe, &request))
			return 1;
	}
	return 0;
}

static void probe_fields(struct probe *probe)
{
	const struct perfev_field *field;

	for (unsigned int number = 0; (field = perfev_field_get(number)); number++)
		if (number < 128 && is_field_taken(probe, field))
			probe->out->fields[number / 64] |= 1ULL << number % 64;
}

static __u64 taken_configs(struct probe *probe, __u32 type, unsigned int count)
{
	struct request request = perfev_request_dummy();
	__u64 taken = 0;

	request.attr.type = type;
	for (request.attr.config = 0; request.attr.config < count; request.attr.config++) {
		request.attr.exclude_kernel = 1;
		request.attr.exclude_hv = 0;
		if (is_taken(probe, &request)) {
			taken |= 1ULL << request.attr.config;
			continue;
		}
		/* There are PMUs that cannot tell the kernel from the rest. */
		request.attr.exclude_kernel = 0;
		if (is_taken(probe, &request))
			taken |= 1ULL << request.attr.config;
	}
	return taken;
}

static void probe_events(struct probe *probe)
{
	struct request request = perfev_request_dummy();

	request.attr.exclude_hv = 0;
	probe->out->software = taken_configs(probe, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_MAX);
	probe->out->hardware = taken_configs(probe, PERF_TYPE_HARDWARE, PERF_COUNT_HW_MAX);
	request.attr.type = PERF_TYPE_HW_CACHE;
	for (unsigned int number = 0; number < 7 * 6; number++) {
		request.attr.config = number / 6 | number / 2 % 3 << 8 | number % 2 << 16;
		if (is_taken(probe, &request))
			probe->out->cache |= 1ULL << number;
	}
	request.attr.type = PERF_TYPE_BREAKPOINT;
	request.attr.size = PERF_ATTR_SIZE_VER1; /* which has bp_len */
	request.attr.config = 0;
	for (__u32 kind = HW_BREAKPOINT_R; kind <= HW_BREAKPOINT_X; kind++) {
		request.attr.bp_type = kind;
		request.attr.bp_len = kind == HW_BREAKPOINT_X ? sizeof(long) : HW_BREAKPOINT_LEN_4;
		request.attr.bp_addr = 4096;
		if (is_taken(probe, &request))
			probe->out->breakpoints |= 1U << kind;
	}
}

/* Finds an event of the CPU's PMU that the rest is asked of. */
static void choose_hardware(struct probe *probe)
{
	probe->hardware = perfev_request_dummy();
	for (unsigned int number = 0; number < PERF_COUNT_HW_MAX; number++) {
		if (!(probe->out->hardware >> number & 1))
			continue;
		probe->hardware.attr.type = PERF_TYPE_HARDWARE;
		probe->hardware.attr.config = number;
		if (is_taken(probe, &probe->hardware))
			return;
		probe->hardware.attr.exclude_hv = 0;
		if (is_taken(probe, &probe->hardware))
			return;
		probe->hardware.attr.exclude_kernel = 0;
		if (is_taken(probe, &probe->hardware))
			return;
		probe->hardware = perfev_request_dummy();
	}
}

/* The capabilities that the first page of a mapped counter shows. */
static int has_user_read(const struct request *request)
{
	struct perf_event_attr attr = request->attr;
	const size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
	const struct perf_event_mmap_page *page;
	int answer = 0;
	int fd;

	attr.disabled = 1;
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return 0;
	page = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (page != MAP_FAILED) {
		answer = page->cap_user_rdpmc;
		munmap((void *)page, bytes);
	}
	close(fd);
	return answer;
}

static void probe_pmu(struct probe *probe)
{
	struct perfev_features *out = probe->out;
	struct request request;

	choose_hardware(probe);
	if (probe->hardware.attr.type != PERF_TYPE_HARDWARE)
		return;
	request = probe->hardware;
	request.attr.sample_period = 1ULL << 30;
	out->has_sampling = is_taken(probe, &request) ? 1 : 0;
	/* Which events can be precise differs; instructions and cycles are the usual ones. */
	for (unsigned int level = 1; level <= 3; level++) {
		request.attr.precise_ip = level & 3;
		for (unsigned int number = 0; number < 2; number++) {
			request.attr.config = number;
			if (is_taken(probe, &request))
				out->precise_ip = level;
		}
	}
	request = probe->hardware;
	request.attr.size = PERF_ATTR_SIZE_VER5;
	request.attr.sample_period = 1ULL << 30;
	request.attr.sample_type = PERF_SAMPLE_BRANCH_STACK;
	request.attr.branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER;
	if (is_taken(probe, &request))
		out->branch_sample_type = taken_bits(probe, &request, "branch_sample_type");
	request = probe->hardware;
	/* What arm64 asks for by a bit of config1 is not counted: it is of single events. */
	out->has_user_read = has_user_read(&request) ? 1 : 0;
}

static void probe_clocks(struct probe *probe)
{
	for (int clock = 0; clock < 16; clock++) {
		struct request request = probe->dummy;

		request.attr.use_clockid = 1;
		request.attr.clockid = clock;
		if (is_taken(probe, &request))
			probe->out->clocks |= 1ULL << clock;
	}
}

static void probe_call(struct probe *probe)
{
	static const unsigned long flags[] = { PERF_FLAG_FD_NO_GROUP, PERF_FLAG_FD_OUTPUT,
					       PERF_FLAG_FD_CLOEXEC };
	struct request request = perfev_request_dummy();

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		request.flags = flags[i];
		if (is_taken(probe, &request))
			probe->out->open_flags |= flags[i];
	}
	/* A descriptor that is no cgroup's is looked at only where there is such a flag. */
	request = perfev_request_dummy();
	request.flags = PERF_FLAG_PID_CGROUP;
	request.pid = request.cpu = 0x7ffffff;
	request.cpu = 0;
	probe->inquiry.tries = 0;
	if (perfev_try(&probe->inquiry, &request) == EBADF)
		probe->out->open_flags |= PERF_FLAG_PID_CGROUP;
	request = perfev_request_dummy();
	request.attr.exclude_kernel = 0;
	probe->out->has_kernel = is_taken(probe, &request) ? 1 : 0;
	request = perfev_request_dummy();
	request.pid = -1;
	for (request.cpu = 0; request.cpu < 64 && !probe->out->has_cpu_wide; request.cpu++)
		probe->out->has_cpu_wide = is_taken(probe, &request) ? 1 : 0;
}

/* The numbers of ioctls, which differ from architecture to architecture. */
static const unsigned long requests[] = {
	PERF_EVENT_IOC_DISABLE,      PERF_EVENT_IOC_ENABLE,    PERF_EVENT_IOC_REFRESH,
	PERF_EVENT_IOC_RESET,        PERF_EVENT_IOC_PERIOD,    PERF_EVENT_IOC_SET_OUTPUT,
	PERF_EVENT_IOC_SET_FILTER,   PERF_EVENT_IOC_ID,        PERF_EVENT_IOC_SET_BPF,
	PERF_EVENT_IOC_PAUSE_OUTPUT, PERF_EVENT_IOC_QUERY_BPF, PERF_EVENT_IOC_MODIFY_ATTRIBUTES,
};

/* An ioctl that is not known is ENOTTY; the arguments are such that those that are do nothing. */
static void probe_ioctls(struct probe *probe)
{
	struct perf_event_attr attr = perfev_request_dummy().attr;
	int fd;

	attr.disabled = 1;
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		/*
		 * NULL where a pointer is wanted, no descriptor where one is, the event itself
		 * else.
		 */
		long argument = requests[i] == PERF_EVENT_IOC_SET_OUTPUT ||
						requests[i] == PERF_EVENT_IOC_SET_BPF ?
					-1 :
					0;

		if (PERFEV_IOCTL(fd, requests[i], argument) == 0 || errno != ENOTTY)
			probe->out->ioctls |= 1ULL << IOCTL_NUMBER(requests[i]);
	}
	close(fd);
}

static void probe_ring(struct probe *probe)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct perf_event_attr attr = perfev_request_dummy().attr;
	int fd;

	attr.disabled = 1;
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return;
	for (size_t pages = RING_PAGES; pages && !probe->out->ring_pages; pages /= 2) {
		void *ring =
			mmap(NULL, (1 + pages) * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

		if (ring == MAP_FAILED)
			continue;
		probe->out->ring_pages = pages;
		munmap(ring, (1 + pages) * page);
	}
	close(fd);
}

static void probe_limits(struct probe *probe)
{
	const struct machine *machine = &probe->inquiry.machine;

	perfev_machine_read(&probe->inquiry.machine, "");
	probe->out->frequency_hz = machine->sample_rate > 0 ? (__u32)machine->sample_rate : 0;
	probe->out->max_stack = machine->max_stack > 0 ? (__u32)machine->max_stack : 127;
}

static void probe_all(struct probe *probe)
{
	struct perfev_features *out = probe->out;

	probe->dummy = perfev_request_dummy();
	out->is_permitted = is_taken(probe, &probe->dummy) ? 1 : 0;
	out->attr_bytes = perfev_kernel_attr_size(&probe->inquiry);
	probe_limits(probe);
	if (!out->is_permitted)
		return;
	probe->dummy.attr.size = out->attr_bytes < sizeof(struct perf_event_attr) ?
					 out->attr_bytes :
					 sizeof(struct perf_event_attr);
	probe_events(probe);
	probe_pmu(probe);
	probe->hardware.attr.size = probe->dummy.attr.size;
	probe->dummy.attr.sample_period = 1;
	probe->dummy.attr.sample_regs_user = probe->dummy.attr.sample_regs_intr = 1;
	probe->dummy.attr.sample_stack_user = 8;
	probe->dummy.attr.branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER;
	out->sample_type = taken_bits(probe, &probe->dummy, "sample_type");
	if (out->branch_sample_type)
		out->sample_type |= PERF_SAMPLE_BRANCH_STACK;
	out->read_format = taken_bits(probe, &probe->dummy, "read_format");
	probe_fields(probe);
	probe_clocks(probe);
	probe_call(probe);
	probe_ioctls(probe);
	probe_ring(probe);
}

int perfev_features_probe(struct perfev_features *out)
{
	struct probe probe = { .out = out };
	const int kept = errno;

	if (!out)
		return -EINVAL;
	memset(out, 0, sizeof(*out));
	probe_all(&probe);
	errno = kept;
	return 0;
}

static int has_all(__u64 taken, __u64 asked)
{
	return (asked & ~taken) == 0;
}

static int has_ioctl(const struct perfev_features *features, __u64 request)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (requests[i] == request)
			return (int)(features->ioctls >> IOCTL_NUMBER(request) & 1);
	return 0;
}

int perfev_features_has(const struct perfev_features *features, enum perfev_set set, __u64 value)
{
	switch (set) {
	case PERFEV_SET_SAMPLE_TYPE:
		return has_all(features->sample_type, value);
	case PERFEV_SET_READ_FORMAT:
		return has_all(features->read_format, value);
	case PERFEV_SET_BRANCH_SAMPLE_TYPE:
		return has_all(features->branch_sample_type, value);
	case PERFEV_SET_OPEN_FLAGS:
		return has_all(features->open_flags, value);
	case PERFEV_SET_IOCTL:
		return has_ioctl(features, value);
	case PERFEV_SET_SOFTWARE:
		return value < 64 && (features->software >> value & 1);
	case PERFEV_SET_HARDWARE:
		return value < 64 && (features->hardware >> value & 1);
	default:
		return -EINVAL;
	}
}

int perfev_features_field(const struct perfev_features *features, const struct perfev_field *field)
{
	const struct perfev_field *other;

	if (!field)
		return -EINVAL;
	for (unsigned int number = 0; (other = perfev_field_get(number)) && number < 128; number++)
		if (strcmp(other->name, field->name) == 0)
			return (int)(features->fields[number / 64] >> number % 64 & 1);
	return -EINVAL;
}
