/* SPDX-License-Identifier: MIT */
/*
 * Every record of the kernel, written out by hand after the structs and the order of writing in
 * kernel/events/core.c, in both byte orders, and the lines that it is to become.
 */
#include "record_spec.h"
#include "support.h"

static const struct spec specs[] = {
	/* MMAP */
	{ .bytes = "4:1 2:2 2:56 4:10 4:11 8:0x400000 8:0x1000 8:0x2000 "
		   "t16:/bin/true",
	  .text = "MMAP mode=USER pid=10 tid=11 addr=0x400000 len=0x1000 "
		  "pgoff=0x2000 filename=\"/bin/true\"",
	  .json = "{\"record\":\"MMAP\",\"mode\":\"USER\",\"pid\":10,\"tid\":11,"
		  "\"addr\":\"0x400000\",\"len\":\"0x1000\",\"pgoff\":\"0x2000\","
		  "\"filename\":\"/bin/true\"}" },
	/* MMAP with a trailer */
	{ .bytes = "4:1 2:0x2001 2:96 4:0xffffffff 4:0 8:0xffffffff81000000 "
		   "8:0x1000 8:0 t8:[k] 4:10 4:11 8:1000 8:7 8:8 4:3 4:0 8:7",
	  .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID |
			 PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER,
	  .text = "MMAP mode=KERNEL misc=MMAP_DATA pid=-1 tid=0 "
		  "addr=0xffffffff81000000 len=0x1000 pgoff=0x0 "
		  "filename=\"[k]\" sample_pid=10 sample_tid=11 "
		  "sample_time=1000 sample_stream_id=8 sample_cpu=3 "
		  "sample_id=7",
	  .json = "{\"record\":\"MMAP\",\"mode\":\"KERNEL\",\"misc\":\"MMAP_DATA\","
		  "\"pid\":-1,\"tid\":0,\"addr\":\"0xffffffff81000000\","
		  "\"len\":\"0x1000\",\"pgoff\":\"0x0\",\"filename\":\"[k]\","
		  "\"sample_pid\":10,\"sample_tid\":11,\"sample_time\":1000,"
		  "\"sample_stream_id\":8,\"sample_cpu\":3,\"sample_id\":7}" },
	/* LOST */
	{ .bytes = "4:2 2:0 2:72 8:7 8:123 4:10 4:11 8:1000 8:7 8:8 4:3 4:0 "
		   "8:7",
	  .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID |
			 PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER,
	  .text = "LOST id=7 lost=123 sample_pid=10 sample_tid=11 "
		  "sample_time=1000 sample_stream_id=8 sample_cpu=3 "
		  "sample_id=7",
	  .json = "{\"record\":\"LOST\",\"id\":7,\"lost\":123,\"sample_pid\":10,"
		  "\"sample_tid\":11,\"sample_time\":1000,\"sample_stream_id\":8,"
		  "\"sample_cpu\":3,\"sample_id\":7}" },
	/* COMM */
	{ .bytes = "4:3 2:0x2000 2:24 4:10 4:11 t8:gzip",
	  .text = "COMM misc=COMM_EXEC pid=10 tid=11 comm=\"gzip\"",
	  .json = "{\"record\":\"COMM\",\"misc\":\"COMM_EXEC\",\"pid\":10,\"tid\":11,"
		  "\"comm\":\"gzip\"}" },
	/* COMM with a trailer that does not say who */
	{ .bytes = "4:3 2:0 2:40 4:10 4:11 t8:gzip 8:1000 4:3 4:0",
	  .sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_CPU,
	  .text = "COMM pid=10 tid=11 comm=\"gzip\" sample_time=1000 sample_cpu=3",
	  .json = "{\"record\":\"COMM\",\"pid\":10,\"tid\":11,\"comm\":\"gzip\","
		  "\"sample_time\":1000,\"sample_cpu\":3}" },
	/* EXIT */
	{ .bytes = "4:4 2:0 2:32 4:10 4:1 4:11 4:10 8:999",
	  .text = "EXIT pid=10 ppid=1 tid=11 ptid=10 time=999",
	  .json = "{\"record\":\"EXIT\",\"pid\":10,\"ppid\":1,\"tid\":11,\"ptid\":10,"
		  "\"time\":999}" },
	/* THROTTLE */
	{ .bytes = "4:5 2:0 2:40 8:999 8:7 8:8 4:10 4:11",
	  .sample_type = PERF_SAMPLE_TID,
	  .text = "THROTTLE time=999 id=7 stream_id=8 sample_pid=10 "
		  "sample_tid=11",
	  .json = "{\"record\":\"THROTTLE\",\"time\":999,\"id\":7,\"stream_id\":8,"
		  "\"sample_pid\":10,\"sample_tid\":11}" },
	/* UNTHROTTLE */
	{ .bytes = "4:6 2:0 2:32 8:999 8:7 8:8",
	  .text = "UNTHROTTLE time=999 id=7 stream_id=8",
	  .json = "{\"record\":\"UNTHROTTLE\",\"time\":999,\"id\":7,\"stream_id\":8}" },
	/* FORK */
	{ .bytes = "4:7 2:0 2:32 4:10 4:1 4:11 4:10 8:999",
	  .text = "FORK pid=10 ppid=1 tid=11 ptid=10 time=999",
	  .json = "{\"record\":\"FORK\",\"pid\":10,\"ppid\":1,\"tid\":11,\"ptid\":10,"
		  "\"time\":999}" },
	/* READ of one */
	{ .bytes = "4:8 2:0 2:56 4:10 4:11 8:500 8:20 8:10 8:7 8:2",
	  .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING |
			 PERF_FORMAT_ID | PERF_FORMAT_LOST,
	  .text = "READ pid=10 tid=11 read={enabled=20 running=10 "
		  "values=[{value=500 id=7 lost=2}]}",
	  .json = "{\"record\":\"READ\",\"pid\":10,\"tid\":11,\"read\":{\"enabled\":20,"
		  "\"running\":10,\"values\":[{\"value\":500,\"id\":7,\"lost\":2}]}}" },
	/* READ of a group */
	{ .bytes = "4:8 2:0 2:56 4:10 4:11 8:2 8:500 8:7 8:600 8:9",
	  .read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID,
	  .text = "READ pid=10 tid=11 read={values=[{value=500 id=7} "
		  "{value=600 id=9}]}",
	  .json = "{\"record\":\"READ\",\"pid\":10,\"tid\":11,"
		  "\"read\":{\"values\":[{\"value\":500,\"id\":7},{\"value\":600,"
		  "\"id\":9}]}}" },
	/* MMAP2 */
	{ .bytes = "4:10 2:2 2:80 4:10 4:11 8:0x400000 8:0x1000 8:0 4:8 4:1 "
		   "8:12345 8:2 4:5 4:2 t8:/lib/x",
	  .text = "MMAP2 mode=USER pid=10 tid=11 addr=0x400000 len=0x1000 "
		  "pgoff=0x0 maj=8 min=1 ino=12345 ino_generation=2 prot=0x5 "
		  "flags=0x2 filename=\"/lib/x\"",
	  .json = "{\"record\":\"MMAP2\",\"mode\":\"USER\",\"pid\":10,\"tid\":11,"
		  "\"addr\":\"0x400000\",\"len\":\"0x1000\",\"pgoff\":\"0x0\",\"maj\":8,"
		  "\"min\":1,\"ino\":12345,\"ino_generation\":2,\"prot\":\"0x5\","
		  "\"flags\":\"0x2\",\"filename\":\"/lib/x\"}" },
	/* MMAP2 with a build-id */
	{ .bytes = "4:10 2:0x4002 2:80 4:10 4:11 8:0x400000 8:0x1000 8:0 1:8 "
		   "1:0 2:0 x:0102030405060708000000000000000000000000 4:5 "
		   "4:2 t8:/lib/x",
	  .text = "MMAP2 mode=USER misc=MMAP_BUILD_ID pid=10 tid=11 "
		  "addr=0x400000 len=0x1000 pgoff=0x0 "
		  "build_id=0102030405060708 prot=0x5 flags=0x2 "
		  "filename=\"/lib/x\"",
	  .json = "{\"record\":\"MMAP2\",\"mode\":\"USER\",\"misc\":\"MMAP_BUILD_ID\","
		  "\"pid\":10,\"tid\":11,\"addr\":\"0x400000\",\"len\":\"0x1000\","
		  "\"pgoff\":\"0x0\",\"build_id\":\"0102030405060708\",\"prot\":\"0x5\","
		  "\"flags\":\"0x2\",\"filename\":\"/lib/x\"}" },
	/* AUX */
	{ .bytes = "4:11 2:0 2:32 8:0x1000 8:0x200 8:3",
	  .text = "AUX aux_offset=0x1000 aux_size=0x200 "
		  "flags=TRUNCATED|OVERWRITE",
	  .json = "{\"record\":\"AUX\",\"aux_offset\":\"0x1000\",\"aux_size\":\"0x200\","
		  "\"flags\":\"TRUNCATED|OVERWRITE\"}" },
	/* ITRACE_START */
	{ .bytes = "4:12 2:0 2:16 4:10 4:11",
	  .text = "ITRACE_START pid=10 tid=11",
	  .json = "{\"record\":\"ITRACE_START\",\"pid\":10,\"tid\":11}" },
	/* LOST_SAMPLES */
	{ .bytes = "4:13 2:0 2:16 8:42",
	  .text = "LOST_SAMPLES lost=42",
	  .json = "{\"record\":\"LOST_SAMPLES\",\"lost\":42}" },
	/* SWITCH */
	{ .bytes = "4:14 2:0x6000 2:16 4:10 4:11",
	  .sample_type = PERF_SAMPLE_TID,
	  .text = "SWITCH misc=SWITCH_OUT|SWITCH_OUT_PREEMPT sample_pid=10 "
		  "sample_tid=11",
	  .json = "{\"record\":\"SWITCH\",\"misc\":\"SWITCH_OUT|SWITCH_OUT_PREEMPT\","
		  "\"sample_pid\":10,\"sample_tid\":11}" },
	/* SWITCH_CPU_WIDE */
	{ .bytes = "4:15 2:0x2000 2:16 4:20 4:21",
	  .text = "SWITCH_CPU_WIDE misc=SWITCH_OUT next_prev_pid=20 "
		  "next_prev_tid=21",
	  .json = "{\"record\":\"SWITCH_CPU_WIDE\",\"misc\":\"SWITCH_OUT\","
		  "\"next_prev_pid\":20,\"next_prev_tid\":21}" },
	/* NAMESPACES */
	{ .bytes = "4:16 2:0 2:56 4:10 4:11 8:2 8:4 8:0xeffffffd 8:4 "
		   "8:0xf0000000",
	  .text = "NAMESPACES pid=10 tid=11 namespaces=[{dev=4 "
		  "ino=4026531837} {dev=4 ino=4026531840}]",
	  .json = "{\"record\":\"NAMESPACES\",\"pid\":10,\"tid\":11,"
		  "\"namespaces\":[{\"dev\":4,\"ino\":4026531837},{\"dev\":4,"
		  "\"ino\":4026531840}]}" },
	/* KSYMBOL */
	{ .bytes = "4:17 2:0 2:40 8:0xffffffffc0000000 4:64 2:1 2:1 "
		   "t16:bpf_prog_1",
	  .text = "KSYMBOL addr=0xffffffffc0000000 len=64 ksym_type=BPF "
		  "flags=UNREGISTER name=\"bpf_prog_1\"",
	  .json = "{\"record\":\"KSYMBOL\",\"addr\":\"0xffffffffc0000000\",\"len\":64,"
		  "\"ksym_type\":\"BPF\",\"flags\":\"UNREGISTER\","
		  "\"name\":\"bpf_prog_1\"}" },
	/* BPF_EVENT */
	{ .bytes = "4:18 2:0 2:24 2:1 2:0 4:33 x:0102030405060708",
	  .text = "BPF_EVENT type=PROG_LOAD flags=0x0 id=33 "
		  "tag=0102030405060708",
	  .json = "{\"record\":\"BPF_EVENT\",\"type\":\"PROG_LOAD\",\"flags\":\"0x0\","
		  "\"id\":33,\"tag\":\"0102030405060708\"}" },
	/* CGROUP */
	{ .bytes = "4:19 2:0 2:32 8:77 t16:/user.slice",
	  .text = "CGROUP id=77 path=\"/user.slice\"",
	  .json = "{\"record\":\"CGROUP\",\"id\":77,\"path\":\"/user.slice\"}" },
	/* TEXT_POKE */
	{ .bytes = "4:20 2:1 2:40 8:0xffffffff81000000 2:5 2:5 x:0f1f4400 "
		   "x:00e8112233 x:44 x:0000 8:5000",
	  .sample_type = PERF_SAMPLE_TIME,
	  .text = "TEXT_POKE mode=KERNEL addr=0xffffffff81000000 old_len=5 "
		  "new_len=5 old_bytes=0f1f440000 new_bytes=e811223344 "
		  "sample_time=5000",
	  .json = "{\"record\":\"TEXT_POKE\",\"mode\":\"KERNEL\","
		  "\"addr\":\"0xffffffff81000000\",\"old_len\":5,\"new_len\":5,"
		  "\"old_bytes\":\"0f1f440000\",\"new_bytes\":\"e811223344\","
		  "\"sample_time\":5000}" },
	/* AUX_OUTPUT_HW_ID */
	{ .bytes = "4:21 2:0 2:16 8:0x11",
	  .text = "AUX_OUTPUT_HW_ID hw_id=0x11",
	  .json = "{\"record\":\"AUX_OUTPUT_HW_ID\",\"hw_id\":\"0x11\"}" },
	/* CALLCHAIN_DEFERRED */
	{ .bytes = "4:22 2:2 2:48 8:0x12 8:3 8:0xfffffffffffffe00 8:0x401000 "
		   "8:0x402000",
	  .text = "CALLCHAIN_DEFERRED mode=USER cookie=0x12 callchain=[USER "
		  "0x401000 0x402000]",
	  .json = "{\"record\":\"CALLCHAIN_DEFERRED\",\"mode\":\"USER\","
		  "\"cookie\":\"0x12\",\"callchain\":[\"USER\",\"0x401000\","
		  "\"0x402000\"]}" },
	/* a type that is not known */
	{ .bytes = "4:40 2:0 2:20 x:01020304 4:10 4:11",
	  .sample_type = PERF_SAMPLE_TID,
	  .text = "TYPE=40 sample_pid=10 sample_tid=11 tail=01020304",
	  .json = "{\"record\":40,\"sample_pid\":10,\"sample_tid\":11,"
		  "\"tail\":\"01020304\"}" },
	/* a longer LOST */
	{ .bytes = "4:2 2:0 2:40 8:7 8:123 x:aabbccdd00112233 4:10 4:11",
	  .sample_type = PERF_SAMPLE_TID,
	  .text = "LOST id=7 lost=123 sample_pid=10 sample_tid=11 "
		  "tail=aabbccdd00112233",
	  .json = "{\"record\":\"LOST\",\"id\":7,\"lost\":123,\"sample_pid\":10,"
		  "\"sample_tid\":11,\"tail\":\"aabbccdd00112233\"}" },
};

static void records_of_the_kernel_are_read_as_it_writes_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++)
		check_spec(&specs[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_of_the_kernel_are_read_as_it_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
