/* SPDX-License-Identifier: MIT */
/*
 * Every record that linux-perf puts into its files, written out by hand after its structs, in both
 * byte orders, and the lines that it is to become.
 */
#include "record_spec.h"
#include "support.h"

static const struct spec specs[] = {
	/* ATTR */
	{ .bytes = "4:64 2:0 2:88 4:1 4:64 8:3 8:4000 8:1 8:0 8:0 4:0 4:0 8:0 "
		   "8:7 8:8",
	  .text = "ATTR attr=\"type=SOFTWARE size=64 config=CONTEXT_SWITCHES "
		  "sample_period=4000 sample_type=IP (needs Linux 2.6.32)\" "
		  "ids=[7 8]",
	  .json = "{\"record\":\"ATTR\",\"attr\":\"type=SOFTWARE size=64 "
		  "config=CONTEXT_SWITCHES sample_period=4000 sample_type=IP "
		  "(needs Linux 2.6.32)\",\"ids\":[7,8]}" },
	/* EVENT_TYPE */
	{ .bytes = "4:65 2:0 2:24 8:3 t8:cycles",
	  .text = "EVENT_TYPE event_id=3 name=\"cycles\"",
	  .json = "{\"record\":\"EVENT_TYPE\",\"event_id\":3,\"name\":\"cycles\"}" },
	{ .bytes = "4:65 2:0 2:80 8:3 "
		   "t64:a_name_that_takes_all_of_its_64_bytes_and_has_no_zero_behind_it_",
	  .text = "EVENT_TYPE event_id=3 "
		  "name=\"a_name_that_takes_all_of_its_64_bytes_and_has_no_zero_behind_it_\"",
	  .json = "{\"record\":\"EVENT_TYPE\",\"event_id\":3,\"name\":"
		  "\"a_name_that_takes_all_of_its_64_bytes_and_has_no_zero_behind_it_\"}" },
	/* TRACING_DATA */
	{ .bytes = "4:66 2:0 2:12 4:4096",
	  .text = "TRACING_DATA size=4096",
	  .json = "{\"record\":\"TRACING_DATA\",\"size\":4096}" },
	/* BUILD_ID */
	{ .bytes = "4:67 2:0x8001 2:48 4:0xffffffff "
		   "x:0102030405060708090a0b0c0d0e0f1000000000 1:16 x:000000 "
		   "t12:[kernel]",
	  .text = "BUILD_ID mode=KERNEL misc=0x8000 pid=-1 "
		  "build_id=0102030405060708090a0b0c0d0e0f10 "
		  "filename=\"[kernel]\"",
	  .json = "{\"record\":\"BUILD_ID\",\"mode\":\"KERNEL\",\"misc\":\"0x8000\","
		  "\"pid\":-1,\"build_id\":\"0102030405060708090a0b0c0d0e0f10\","
		  "\"filename\":\"[kernel]\"}" },
	/* BUILD_ID without its size */
	{ .bytes = "4:67 2:2 2:48 4:10 "
		   "x:0102030405060708090a0b0c0d0e0f1011121314 x:00000000 "
		   "t12:/bin/true",
	  .text = "BUILD_ID mode=USER pid=10 "
		  "build_id=0102030405060708090a0b0c0d0e0f1011121314 "
		  "filename=\"/bin/true\"",
	  .json = "{\"record\":\"BUILD_ID\",\"mode\":\"USER\",\"pid\":10,"
		  "\"build_id\":\"0102030405060708090a0b0c0d0e0f1011121314\","
		  "\"filename\":\"/bin/true\"}" },
	/* FINISHED_ROUND */
	{ .bytes = "4:68 2:0 2:8",
	  .text = "FINISHED_ROUND",
	  .json = "{\"record\":\"FINISHED_ROUND\"}" },
	/* ID_INDEX */
	{ .bytes = "4:69 2:0 2:48 8:1 8:7 8:0 8:3 8:0xffffffffffffffff",
	  .text = "ID_INDEX entries=[{id=7 idx=0 cpu=3 tid=-1}] machines=[]",
	  .json = "{\"record\":\"ID_INDEX\",\"entries\":[{\"id\":7,\"idx\":0,\"cpu\":3,"
		  "\"tid\":-1}],\"machines\":[]}" },
	/* ID_INDEX of a guest */
	{ .bytes = "4:69 2:0 2:64 8:1 8:7 8:0 8:3 8:11 8:100 8:2",
	  .text = "ID_INDEX entries=[{id=7 idx=0 cpu=3 tid=11}] "
		  "machines=[{machine_pid=100 vcpu=2}]",
	  .json = "{\"record\":\"ID_INDEX\",\"entries\":[{\"id\":7,\"idx\":0,\"cpu\":3,"
		  "\"tid\":11}],\"machines\":[{\"machine_pid\":100,\"vcpu\":2}]}" },
	/* AUXTRACE_INFO */
	{ .bytes = "4:70 2:0 2:32 4:1 4:0 8:0x8 8:0x10",
	  .text = "AUXTRACE_INFO type=1 priv=[0x8 0x10]",
	  .json = "{\"record\":\"AUXTRACE_INFO\",\"type\":1,\"priv\":[\"0x8\",\"0x10\"]}" },
	/* AUXTRACE */
	{ .bytes = "4:71 2:0 2:48 8:0x1000 8:0x2000 8:0x99 4:1 4:11 "
		   "4:0xffffffff 4:0",
	  .text = "AUXTRACE size=0x1000 offset=0x2000 reference=0x99 idx=1 "
		  "tid=11 cpu=-1",
	  .json = "{\"record\":\"AUXTRACE\",\"size\":\"0x1000\",\"offset\":\"0x2000\","
		  "\"reference\":\"0x99\",\"idx\":1,\"tid\":11,\"cpu\":-1}" },
	/* AUXTRACE_ERROR */
	{ .bytes = "4:72 2:0 2:56 4:1 4:5 4:3 4:10 4:11 4:1 8:0x401000 8:1000 "
		   "t8:Lost",
	  .text = "AUXTRACE_ERROR type=1 code=5 cpu=3 pid=10 tid=11 fmt=1 "
		  "ip=0x401000 time=1000 msg=\"Lost\"",
	  .json = "{\"record\":\"AUXTRACE_ERROR\",\"type\":1,\"code\":5,\"cpu\":3,"
		  "\"pid\":10,\"tid\":11,\"fmt\":1,\"ip\":\"0x401000\",\"time\":1000,"
		  "\"msg\":\"Lost\"}" },
	/* AUXTRACE_ERROR of old */
	{ .bytes = "4:72 2:0 2:48 4:1 4:5 4:3 4:10 4:11 4:0 8:0x401000 t8:Lost",
	  .text = "AUXTRACE_ERROR type=1 code=5 cpu=3 pid=10 tid=11 fmt=0 "
		  "ip=0x401000 msg=\"Lost\"",
	  .json = "{\"record\":\"AUXTRACE_ERROR\",\"type\":1,\"code\":5,\"cpu\":3,"
		  "\"pid\":10,\"tid\":11,\"fmt\":0,\"ip\":\"0x401000\",\"msg\":\"Lost\"}" },
	/* AUXTRACE_ERROR of a guest */
	{ .bytes = "4:72 2:0 2:120 4:1 4:5 4:3 4:10 4:11 4:2 8:0x401000 "
		   "8:1000 t64:Lost 4:100 4:2",
	  .text = "AUXTRACE_ERROR type=1 code=5 cpu=3 pid=10 tid=11 fmt=2 "
		  "ip=0x401000 time=1000 msg=\"Lost\" machine_pid=100 vcpu=2",
	  .json = "{\"record\":\"AUXTRACE_ERROR\",\"type\":1,\"code\":5,\"cpu\":3,"
		  "\"pid\":10,\"tid\":11,\"fmt\":2,\"ip\":\"0x401000\",\"time\":1000,"
		  "\"msg\":\"Lost\",\"machine_pid\":100,\"vcpu\":2}" },
	/* THREAD_MAP */
	{ .bytes = "4:73 2:0 2:40 8:1 8:10 t16:gzip",
	  .text = "THREAD_MAP threads=[{pid=10 comm=\"gzip\"}]",
	  .json = "{\"record\":\"THREAD_MAP\",\"threads\":[{\"pid\":10,"
		  "\"comm\":\"gzip\"}]}" },
	{ .bytes = "4:73 2:0 2:64 8:2 8:10 t16:sixteen_letters_ 8:11 t16:gzip",
	  .text = "THREAD_MAP threads=[{pid=10 comm=\"sixteen_letters_\"} "
		  "{pid=11 comm=\"gzip\"}]",
	  .json = "{\"record\":\"THREAD_MAP\",\"threads\":[{\"pid\":10,"
		  "\"comm\":\"sixteen_letters_\"},{\"pid\":11,\"comm\":\"gzip\"}]}" },
	/* CPU_MAP in numbers */
	{ .bytes = "4:74 2:0 2:16 2:0 2:2 2:0xffff 2:5",
	  .text = "CPU_MAP cpus=[-1 5]",
	  .json = "{\"record\":\"CPU_MAP\",\"cpus\":[-1,5]}" },
	/* CPU_MAP as a mask */
	{ .bytes = "4:74 2:0 2:24 2:1 2:2 2:4 4:0x5 4:0x1 x:0000",
	  .text = "CPU_MAP cpus=[0 2 32]",
	  .json = "{\"record\":\"CPU_MAP\",\"cpus\":[0,2,32]}" },
	/* CPU_MAP as a mask of long */
	{ .bytes = "4:74 2:0 2:32 2:1 2:1 2:8 4:0 8:0x8000000000000001 "
		   "x:000000000000",
	  .text = "CPU_MAP cpus=[0 63]",
	  .json = "{\"record\":\"CPU_MAP\",\"cpus\":[0,63]}" },
	/* CPU_MAP as a range */
	{ .bytes = "4:74 2:0 2:16 2:2 1:1 1:0 2:4 2:6",
	  .text = "CPU_MAP cpus=[-1 4 5 6]",
	  .json = "{\"record\":\"CPU_MAP\",\"cpus\":[-1,4,5,6]}" },
	/* STAT_CONFIG */
	{ .bytes = "4:75 2:0 2:48 8:2 8:0 8:1 8:1 8:1000",
	  .text = "STAT_CONFIG terms=[{tag=0 value=1} {tag=1 value=1000}]",
	  .json = "{\"record\":\"STAT_CONFIG\",\"terms\":[{\"tag\":0,\"value\":1},"
		  "{\"tag\":1,\"value\":1000}]}" },
	/* STAT */
	{ .bytes = "4:76 2:0 2:48 8:7 4:3 4:0xffffffff 8:500 8:20 8:10",
	  .text = "STAT id=7 cpu=3 thread=-1 value=500 enabled=20 running=10",
	  .json = "{\"record\":\"STAT\",\"id\":7,\"cpu\":3,\"thread\":-1,\"value\":500,"
		  "\"enabled\":20,\"running\":10}" },
	/* STAT_ROUND */
	{ .bytes = "4:77 2:0 2:24 8:1 8:1000",
	  .text = "STAT_ROUND type=1 time=1000",
	  .json = "{\"record\":\"STAT_ROUND\",\"type\":1,\"time\":1000}" },
	/* EVENT_UPDATE of a unit */
	{ .bytes = "4:78 2:0 2:32 8:0 8:7 t8:Joules",
	  .text = "EVENT_UPDATE type=0 id=7 unit=\"Joules\"",
	  .json = "{\"record\":\"EVENT_UPDATE\",\"type\":0,\"id\":7,\"unit\":\"Joules\"}" },
	/* EVENT_UPDATE of a scale */
	{ .bytes = "4:78 2:0 2:32 8:1 8:7 8:0x3fe0000000000000",
	  .text = "EVENT_UPDATE type=1 id=7 scale_bits=0x3fe0000000000000",
	  .json = "{\"record\":\"EVENT_UPDATE\",\"type\":1,\"id\":7,"
		  "\"scale_bits\":\"0x3fe0000000000000\"}" },
	/* EVENT_UPDATE of a name */
	{ .bytes = "4:78 2:0 2:32 8:2 8:7 t8:cycles",
	  .text = "EVENT_UPDATE type=2 id=7 name=\"cycles\"",
	  .json = "{\"record\":\"EVENT_UPDATE\",\"type\":2,\"id\":7,\"name\":\"cycles\"}" },
	/* EVENT_UPDATE of CPUs */
	{ .bytes = "4:78 2:0 2:32 8:3 8:7 2:2 1:0 1:0 2:0 2:1",
	  .text = "EVENT_UPDATE type=3 id=7 cpus=[0 1]",
	  .json = "{\"record\":\"EVENT_UPDATE\",\"type\":3,\"id\":7,\"cpus\":[0,1]}" },
	/* EVENT_UPDATE of something newer */
	{ .bytes = "4:78 2:0 2:32 8:9 8:7 x:0102030405060708",
	  .text = "EVENT_UPDATE type=9 id=7 tail=0102030405060708",
	  .json = "{\"record\":\"EVENT_UPDATE\",\"type\":9,\"id\":7,"
		  "\"tail\":\"0102030405060708\"}" },
	/* TIME_CONV */
	{ .bytes = "4:79 2:0 2:56 8:31 8:100 8:200 8:300 8:0xffffff 1:1 1:1 "
		   "x:000000000000",
	  .text = "TIME_CONV time_shift=31 time_mult=100 time_zero=200 "
		  "time_cycles=300 time_mask=0xffffff cap_user_time_zero=1 "
		  "cap_user_time_short=1",
	  .json = "{\"record\":\"TIME_CONV\",\"time_shift\":31,\"time_mult\":100,"
		  "\"time_zero\":200,\"time_cycles\":300,\"time_mask\":\"0xffffff\","
		  "\"cap_user_time_zero\":1,\"cap_user_time_short\":1}" },
	/* TIME_CONV of old */
	{ .bytes = "4:79 2:0 2:32 8:31 8:100 8:200",
	  .text = "TIME_CONV time_shift=31 time_mult=100 time_zero=200 "
		  "time_cycles=0 time_mask=0x0 cap_user_time_zero=0 "
		  "cap_user_time_short=0",
	  .json = "{\"record\":\"TIME_CONV\",\"time_shift\":31,\"time_mult\":100,"
		  "\"time_zero\":200,\"time_cycles\":0,\"time_mask\":\"0x0\","
		  "\"cap_user_time_zero\":0,\"cap_user_time_short\":0}" },
	/* FEATURE */
	{ .bytes = "4:80 2:0 2:24 8:3 x:0102030405060708",
	  .text = "FEATURE id=3 data=0102030405060708",
	  .json = "{\"record\":\"FEATURE\",\"id\":3,\"data\":\"0102030405060708\"}" },
	/* COMPRESSED */
	{ .bytes = "4:81 2:0 2:16 x:28b52ffd20000100",
	  .text = "COMPRESSED data=28b52ffd20000100",
	  .json = "{\"record\":\"COMPRESSED\",\"data\":\"28b52ffd20000100\"}" },
	/* FINISHED_INIT */
	{ .bytes = "4:82 2:0 2:8",
	  .text = "FINISHED_INIT",
	  .json = "{\"record\":\"FINISHED_INIT\"}" },
	/* COMPRESSED2 */
	{ .bytes = "4:83 2:0 2:24 8:6 x:28b52ffd2000 x:0000",
	  .text = "COMPRESSED2 data=28b52ffd2000",
	  .json = "{\"record\":\"COMPRESSED2\",\"data\":\"28b52ffd2000\"}" },
	/* BPF_METADATA */
	{ .bytes = "4:84 2:0 2:848 t512:prog 8:1 t64:author t256:me",
	  .text = "BPF_METADATA prog_name=\"prog\" entries=[{key=\"author\" "
		  "value=\"me\"}]",
	  .json = "{\"record\":\"BPF_METADATA\",\"prog_name\":\"prog\","
		  "\"entries\":[{\"key\":\"author\",\"value\":\"me\"}]}" },
	/* SCHEDSTAT_CPU */
	{ .bytes = "4:85 2:0 2:32 8:1000 4:3 2:17 2:0 x:0102030405060708",
	  .text = "SCHEDSTAT_CPU timestamp=1000 cpu=3 version=17 domain=0 "
		  "data=0102030405060708",
	  .json = "{\"record\":\"SCHEDSTAT_CPU\",\"timestamp\":1000,\"cpu\":3,"
		  "\"version\":17,\"domain\":0,\"data\":\"0102030405060708\"}" },
	/* SCHEDSTAT_DOMAIN */
	{ .bytes = "4:86 2:0 2:32 8:1000 4:3 2:17 2:1 x:0102030405060708",
	  .text = "SCHEDSTAT_DOMAIN timestamp=1000 cpu=3 version=17 domain=1 "
		  "data=0102030405060708",
	  .json = "{\"record\":\"SCHEDSTAT_DOMAIN\",\"timestamp\":1000,\"cpu\":3,"
		  "\"version\":17,\"domain\":1,\"data\":\"0102030405060708\"}" },
	/* a longer STAT_ROUND */
	{ .bytes = "4:77 2:0 2:32 8:1 8:1000 x:0102030405060708",
	  .text = "STAT_ROUND type=1 time=1000 tail=0102030405060708",
	  .json = "{\"record\":\"STAT_ROUND\",\"type\":1,\"time\":1000,"
		  "\"tail\":\"0102030405060708\"}" },
	/* a type that is newer */
	{ .bytes = "4:87 2:0 2:16 x:0102030405060708",
	  .text = "TYPE=87 tail=0102030405060708",
	  .json = "{\"record\":87,\"tail\":\"0102030405060708\"}" },
};

static void records_of_programs_are_read_as_linux_perf_writes_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++)
		check_spec(&specs[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_of_programs_are_read_as_linux_perf_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
