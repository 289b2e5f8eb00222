/* SPDX-License-Identifier: MIT */
/*
 * Each kind of record that the kernel writes of itself, of a ring, an event or a trace: made to
 * come and decoded by perfev/record.h. What must stay true: how many and what they say is known
 * from what was done.
 */
#include "cgroups.h"
#include "facts.h"
#include "faults.h"
#include "pmu.h"
#include "watch.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ID_SAMPLE (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID)

static int is_any(const struct perfev_record *record, const void *made)
{
	(void)record;
	(void)made;
	return 1;
}

static int is_loss(const struct perfev_record *record, const void *made)
{
	return record->lost.lost == *(const __u64 *)made && record->lost.id == record->id;
}

/*
 * More than the ring holds, and one more that finds room again: it comes with the LOST before it.
 */
static void a_LOST_says_how_many_found_no_room(void **state)
{
	struct watch watched = watch_with(
		(struct perf_event_attr)FAULTS(.sample_period = 1, .sample_type = ID_SAMPLE,
					       .sample_id_all = 1, .read_format = PERF_FORMAT_LOST,
					       .disabled = 1),
		0, -1, 1, "software");
	__u64 counts[2];
	unsigned int samples;

	(void)state;
	assert_int_equal(perf_event_ioc_enable(watched.fd, 0), 0);
	fault_pages(4096 / 32 * 8);
	assert_int_equal(perf_event_ioc_disable(watched.fd, 0), 0);
	assert_int_equal(read(watched.fd, counts, sizeof(counts)), sizeof(counts));
	samples = look(&watched, PERF_RECORD_SAMPLE, is_any, NULL);
	assert_int_equal(samples + counts[1], counts[0]);
	assert_int_equal(perf_event_ioc_enable(watched.fd, 0), 0);
	fault_pages(1);
	assert_int_equal(perf_event_ioc_disable(watched.fd, 0), 0);
	assert_int_equal(look(&watched, PERF_RECORD_LOST, is_loss, &counts[1]), 1);
	end_watch(&watched);
}

#define MOST_RATE "/proc/sys/kernel/perf_event_max_sample_rate"

static void set_rate(const char *rate)
{
	FILE *file = fopen(MOST_RATE, "we");

	assert_non_null(file);
	fputs(rate, file);
	assert_int_equal(fclose(file), 0);
}

/*
 * The test PMU's hits have no pause between them, and in its guests the kernel may be told to take
 * few of them in a tick.
 */
static void THROTTLE_and_UNTHROTTLE_say_whose(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		0, .config = 1, .sample_period = 1, .sample_type = ID_SAMPLE, .sample_id_all = 1);
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int throttled = 0, unthrottled = 0;
	struct watch watched;
	char before[24];

	(void)state;
	attr.type = test_pmu_or_skip("perfev_test", "test-pmu");
	snprintf(before, sizeof(before), "%ld",
		 kernel_setting_or_skip("perf_event_max_sample_rate"));
	watched = watch_with(attr, 0, -1, 64, "test-pmu");
	set_rate("1000");
	for (int i = 0; i < 20 && !(throttled && unthrottled); i++) {
		hit("perfev_test", "1 2000");
		spin_ns(A_WHILE_NS);
		while (perfev_ring_next(watched.ring, &record, &watched.layout) > 0) {
			note(perfev_record_name(record.type));
			throttled += record.type == PERF_RECORD_THROTTLE;
			unthrottled += record.type == PERF_RECORD_UNTHROTTLE;
		}
	}
	set_rate(before);
	end_watch(&watched);
	assert_int_not_equal(throttled, 0);
	assert_int_not_equal(unthrottled, 0);
}

static void fault_and_end(void *argument)
{
	(void)argument;
	fault_pages(PAGES);
}

static int is_last_count(const struct perfev_record *record, const void *made)
{
	struct perfev_value value;

	if ((pid_t)record->read.pid != *(const pid_t *)made)
		return 0;
	assert_int_equal(record->read.tid, record->read.pid);
	assert_int_equal(perfev_values_get(&record->read.values, 0, &value), 1);
	assert_in_range(value.value, PAGES, PAGES + 200);
	assert_true(record->read.values.enabled_ns >= record->read.values.running_ns);
	return 1;
}

static void a_READ_has_the_last_count_of_a_child(void **state)
{
	struct perf_event_attr attr =
		FAULTS(.inherit = 1, .inherit_stat = 1, .sample_period = 1 << 30,
		       .sample_type = ID_SAMPLE, .sample_id_all = 1,
		       .read_format =
			       PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING);
	cpu_set_t before, first;
	struct watch watched;
	struct actor actor;
	unsigned int found;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&first);
	CPU_SET(sched_getcpu(), &first);
	assert_int_equal(sched_setaffinity(0, sizeof(first), &first), 0);
	watched = watch_with(attr, 0, sched_getcpu(), 16, "software");
	actor = hire(fault_and_end, NULL);
	let_act(actor);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	found = look(&watched, PERF_RECORD_READ, is_last_count, &actor.pid);
	end_watch(&watched);
	if (!found)
		skip_without("read-records", "this kernel writes none when a child ends");
	assert_int_equal(found, 1);
}

static int is_group(const struct perfev_record *record, const void *made)
{
	const char *end = made;

	if (!strstr(record->cgroup.path.text, end))
		return 0;
	assert_true(record->cgroup.id != 0);
	return strcmp(strstr(record->cgroup.path.text, end), end) == 0;
}

static void a_CGROUP_has_the_path(void **state)
{
	struct watch watched = watch(DUMMY(.cgroup = 1), 0, -1);
	char group[200], end[40];

	(void)state;
	cgroup_or_skip();
	snprintf(end, sizeof(end), "/" NAME "-%d-seen", getpid());
	snprintf(group, sizeof(group), "%s%s", cgroups.root, end);
	assert_int_equal(mkdir(group, 0755), 0);
	assert_int_equal(rmdir(group), 0);
	assert_int_equal(look(&watched, PERF_RECORD_CGROUP, is_group, end), 1);
	end_watch(&watched);
}

static int is_program(const struct perfev_record *record, const void *made)
{
	const struct bpf_prog_info *info = made;

	if (record->bpf_event.id != info->id)
		return 0;
	assert_memory_equal(record->bpf_event.tag, info->tag, sizeof(info->tag));
	return record->bpf_event.type == PERF_BPF_EVENT_PROG_LOAD;
}

static int is_symbol_of_program(const struct perfev_record *record, const void *made)
{
	const struct bpf_prog_info *info = made;
	char name[40] = "bpf_prog_";

	for (unsigned int i = 0; i < sizeof(info->tag); i++)
		snprintf(name + 9 + 2 * i, 3, "%02x", info->tag[i]);
	if (strncmp(record->ksymbol.name.text, name, strlen(name)) != 0)
		return 0;
	assert_int_equal(record->ksymbol.ksym_type, PERF_RECORD_KSYMBOL_TYPE_BPF);
	assert_true(record->ksymbol.len != 0);
	return !(record->ksymbol.flags & PERF_RECORD_KSYMBOL_FLAGS_UNREGISTER);
}

/* Loads a program and asks the kernel what it made of it. */
static struct bpf_prog_info load_program(void)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr ask = { .info = { .info = (uintptr_t)&info, .info_len = sizeof(info) } };
	int fd = bpf_program_or_skip(BPF_PROG_TYPE_SOCKET_FILTER, 0);

	ask.info.bpf_fd = (__u32)fd;
	assert_int_equal(syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &ask, sizeof(ask)), 0);
	close(fd);
	return info;
}

static void BPF_EVENT_and_KSYMBOL_name_a_program(void **state)
{
	struct watch watched = watch(DUMMY(.bpf_event = 1), 0, -1);
	struct watch other = watch(DUMMY(.ksymbol = 1), 0, -1);
	struct bpf_prog_info info = load_program();

	(void)state;
	assert_int_equal(look(&watched, PERF_RECORD_BPF_EVENT, is_program, &info), 1);
	/* An interpreted program has no code that could have a symbol. */
	if (info.jited_prog_len)
		assert_int_equal(look(&other, PERF_RECORD_KSYMBOL, is_symbol_of_program, &info), 1);
	end_watch(&other);
	end_watch(&watched);
}

static int is_poked(const struct perfev_record *record, const void *made)
{
	(void)made;
	assert_true(record->text_poke.old_len + record->text_poke.new_len > 0);
	return record->text_poke.addr != 0 && record->text_poke.bytes != NULL;
}

/* A probe is put into the kernel's code: whichever CPU does it says so. */
static void a_TEXT_POKE_has_the_bytes_before_and_after(void **state)
{
	struct perf_event_attr probe =
		PERFEV_ATTR_INIT(pmu_type_or_skip("kprobe"), .kprobe_func = (uintptr_t)"vfs_read");
	struct watch watched;
	unsigned int found;
	int fd;

	(void)state;
	if (!getenv("PERFEV_LAB"))
		skip_without("lab", "the code of a kernel that others use stays as it is");
	watched = watch(DUMMY(.text_poke = 1), 0, -1);
	fd = perf_event_open(&probe, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		skip_without("kprobe", "perf_event_open: %s", strerror(errno));
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	close(fd);
	found = look(&watched, PERF_RECORD_TEXT_POKE, is_poked, NULL);
	end_watch(&watched);
	if (!found)
		skip_without("text-poke", "this processor's kernel says nothing of its code");
}

/* The test PMU is asked for so many bytes of a trace. */
struct trace {
	struct watch watch;
	struct perfev_aux *aux;
};

static int is_piece(const struct perfev_record *record, const void *made)
{
	return record->aux.offset == 0 && record->aux.size == *(const __u64 *)made &&
	       record->aux.flags == 0;
}

static int is_start(const struct perfev_record *record, const void *made)
{
	(void)made;
	return (pid_t)record->itrace_start.pid == getpid() &&
	       (pid_t)record->itrace_start.tid == getpid();
}

static void AUX_and_ITRACE_START_tell_of_a_trace(void **state)
{
	__u64 bytes = 1000;

	(void)state;
	for (int start = 0; start < 2; start++) {
		struct perf_event_attr attr = PERFEV_ATTR_INIT(
			0, .disabled = 1, .sample_type = ID_SAMPLE, .sample_id_all = 1);
		struct perfev_why why;
		struct trace trace;

		attr.type = test_pmu_or_skip("perfev_aux", "test-aux");
		trace.watch = watch_with(attr, 0, -1, 2, "test-aux");
		if (perfev_aux_open(&trace.aux, trace.watch.ring, 2, 0, &why) < 0)
			fail_msg("%s", why.text);
		assert_int_equal(perf_event_ioc_enable(trace.watch.fd, 0), 0);
		hit("perfev_aux", "%llu", (unsigned long long)bytes);
		assert_int_equal(perf_event_ioc_disable(trace.watch.fd, 0), 0);
		assert_int_equal(
			start ? look(&trace.watch, PERF_RECORD_ITRACE_START, is_start, NULL) :
				look(&trace.watch, PERF_RECORD_AUX, is_piece, &bytes),
			1);
		perfev_aux_close(trace.aux);
		end_watch(&trace.watch);
	}
}

/* Says whether a sample's user frames were put off, and by which cookie. */
static int is_put_off(const struct perfev_record *record, __u64 *cookie)
{
	const struct perfev_words *chain = &record->sample.callchain;

	for (__u32 i = 0; i + 1 < chain->count; i++) {
		if (perfev_words_get(chain, i) != (__u64)PERF_CONTEXT_USER_DEFERRED)
			continue;
		*cookie = perfev_words_get(chain, i + 1);
		return 1;
	}
	return 0;
}

/* The kernel walks a stack when it is left for user mode, once for all samples until then. */
static void a_CALLCHAIN_DEFERRED_has_the_cookie_of_its_samples(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .sample_period = 1000000,
		.sample_type = ID_SAMPLE | PERF_SAMPLE_CALLCHAIN, .sample_id_all = 1,
		.defer_callchain = 1, .defer_output = 1, .disabled = 1);
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int put_off = 0, rests = 0;
	__u64 cookie = 0, last = 0;
	struct watch watched;
	int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	(void)state;
	if (fd < 0)
		skip_without("defer-callchain", "perf_event_open: %s", strerror(errno));
	close(fd);
	watched = watch_with(attr, 0, -1, 64, "defer-callchain");
	assert_int_equal(perf_event_ioc_enable(watched.fd, 0), 0);
	spin_ns(10 * A_WHILE_NS);
	assert_int_equal(perf_event_ioc_disable(watched.fd, 0), 0);
	while (perfev_ring_next(watched.ring, &record, &watched.layout) > 0) {
		note(perfev_record_name(record.type));
		if (record.type == PERF_RECORD_SAMPLE && is_put_off(&record, &cookie)) {
			put_off += cookie != last;
			last = cookie;
		} else if (record.type == PERF_RECORD_CALLCHAIN_DEFERRED) {
			rests++;
			assert_int_equal(record.callchain_deferred.cookie, cookie);
			assert_in_range(record.callchain_deferred.ips.count, 1, 1000);
		}
	}
	end_watch(&watched);
	if (!put_off)
		skip_without("defer-callchain", "this kernel walks user stacks at once");
	/* The last ones may have no way back to user mode before the event stops. */
	assert_in_range(rests, put_off - 1, put_off);
	assert_int_not_equal(rests, 0);
}

static void which_records_of_the_kernel_come(void **state)
{
	(void)state;
	print_noted(__func__);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_LOST_says_how_many_found_no_room),
		cmocka_unit_test(THROTTLE_and_UNTHROTTLE_say_whose),
		cmocka_unit_test(a_READ_has_the_last_count_of_a_child),
		cmocka_unit_test(a_CGROUP_has_the_path),
		cmocka_unit_test(BPF_EVENT_and_KSYMBOL_name_a_program),
		cmocka_unit_test(a_TEXT_POKE_has_the_bytes_before_and_after),
		cmocka_unit_test(AUX_and_ITRACE_START_tell_of_a_trace),
		cmocka_unit_test(a_CALLCHAIN_DEFERRED_has_the_cookie_of_its_samples),
		cmocka_unit_test(which_records_of_the_kernel_come),
	};

	return cmocka_run_group_tests_name("records of the kernel", tests, make_group,
					   take_all_back);
}
