/* SPDX-License-Identifier: MIT */
/*
 * Samples written out by hand in the order of perf_output_sample(), in both byte orders, and the
 * lines that they are to become. Bit-fields of branches begin at the other end on big-endian.
 */
#include "record_spec.h"
#include "support.h"

static const struct spec specs[] = {
	/* who, where and when */
	{ .bytes = "4:9 2:0x4002 2:88 8:7 8:0x401000 4:10 4:11 8:1000 "
		   "8:0xdead 8:7 8:8 4:3 4:0 8:4000 8:0x99",
	  .sample_type =
		  PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID |
		  PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_ADDR |
		  PERF_SAMPLE_PERIOD | PERF_SAMPLE_CGROUP,
	  .text = "SAMPLE mode=USER misc=EXACT_IP id=7 ip=0x401000 pid=10 "
		  "tid=11 time=1000 addr=0xdead stream_id=8 cpu=3 "
		  "period=4000 cgroup=153",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\",\"misc\":\"EXACT_IP\",\"id\":7,"
		  "\"ip\":\"0x401000\",\"pid\":10,\"tid\":11,\"time\":1000,"
		  "\"addr\":\"0xdead\",\"stream_id\":8,\"cpu\":3,\"period\":4000,"
		  "\"cgroup\":153}" },
	/* a callchain */
	{ .bytes = "4:9 2:1 2:56 8:0xffffffff81000010 8:4 "
		   "8:0xffffffffffffff80 8:0xffffffff81000010 "
		   "8:0xfffffffffffffe00 8:0x401000",
	  .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_CALLCHAIN,
	  .text = "SAMPLE mode=KERNEL ip=0xffffffff81000010 "
		  "callchain=[KERNEL 0xffffffff81000010 USER 0x401000]",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"KERNEL\","
		  "\"ip\":\"0xffffffff81000010\",\"callchain\":[\"KERNEL\","
		  "\"0xffffffff81000010\",\"USER\",\"0x401000\"]}" },
	/* a read of a group */
	{ .bytes = "4:9 2:2 2:64 8:2 8:20 8:10 8:500 8:1 8:600 8:0",
	  .sample_type = PERF_SAMPLE_READ,
	  .read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
			 PERF_FORMAT_TOTAL_TIME_RUNNING | PERF_FORMAT_LOST,
	  .text = "SAMPLE mode=USER read={enabled=20 running=10 "
		  "values=[{value=500 lost=1} {value=600 lost=0}]}",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\",\"read\":{\"enabled\":20,"
		  "\"running\":10,\"values\":[{\"value\":500,\"lost\":1},"
		  "{\"value\":600,\"lost\":0}]}}" },
	/* raw bytes */
	{ .bytes = "4:9 2:2 2:24 4:12 x:000102030405060708090a0b",
	  .sample_type = PERF_SAMPLE_RAW,
	  .text = "SAMPLE mode=USER raw=000102030405060708090a0b",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\","
		  "\"raw\":\"000102030405060708090a0b\"}" },
	/* branches */
	{ .bytes = "4:9 2:2 2:88 8:2 8:17 8:0x401000 8:0x402000 "
		   "8:0x100051|0x8000510000000000 8:0x402010 8:0x401004 "
		   "8:0x501022|0x4010250000000000 8:3 8:4",
	  .sample_type = PERF_SAMPLE_BRANCH_STACK,
	  .branch_sample_type = PERF_SAMPLE_BRANCH_HW_INDEX | PERF_SAMPLE_BRANCH_COUNTERS,
	  .text = "SAMPLE mode=USER branches=[{from=0x401000 to=0x402000 "
		  "flags=0x100051 cycles=5 type=COND counters=0x3} "
		  "{from=0x402010 to=0x401004 flags=0x501022 cycles=258 "
		  "type=IND_CALL counters=0x4}] hw_index=0x11",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\","
		  "\"branches\":[{\"from\":\"0x401000\",\"to\":\"0x402000\","
		  "\"flags\":\"0x100051\",\"cycles\":5,\"type\":\"COND\","
		  "\"counters\":\"0x3\"},{\"from\":\"0x402010\",\"to\":\"0x401004\","
		  "\"flags\":\"0x501022\",\"cycles\":258,\"type\":\"IND_CALL\","
		  "\"counters\":\"0x4\"}],\"hw_index\":\"0x11\"}" },
	/* no branches and an index */
	{ .bytes = "4:9 2:2 2:32 8:0 8:0xffffffffffffffff 8:5",
	  .sample_type = PERF_SAMPLE_BRANCH_STACK | PERF_SAMPLE_WEIGHT,
	  .branch_sample_type = PERF_SAMPLE_BRANCH_HW_INDEX,
	  .text = "SAMPLE mode=USER branches=[] hw_index=0xffffffffffffffff "
		  "weight=5",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\",\"branches\":[],"
		  "\"hw_index\":\"0xffffffffffffffff\",\"weight\":5}" },
	/* no branches and no index */
	{ .bytes = "4:9 2:2 2:24 8:0 8:5",
	  .sample_type = PERF_SAMPLE_BRANCH_STACK | PERF_SAMPLE_WEIGHT,
	  .branch_sample_type = PERF_SAMPLE_BRANCH_HW_INDEX,
	  .text = "SAMPLE mode=USER branches=[] weight=5",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\",\"branches\":[],\"weight\":5}" },
	/* registers */
	{ .bytes = "4:9 2:2 2:32 8:2 8:0x1111 8:0x2222",
	  .sample_type = PERF_SAMPLE_REGS_USER,
	  .regs = 0x81,
	  .text = "SAMPLE mode=USER user_regs={abi=2 mask=0x81 "
		  "values=[0x1111 0x2222]}",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\",\"user_regs\":{\"abi\":2,"
		  "\"mask\":\"0x81\",\"values\":[\"0x1111\",\"0x2222\"]}}" },
	/* no registers */
	{ .bytes = "4:9 2:1 2:16 8:0",
	  .sample_type = PERF_SAMPLE_REGS_USER,
	  .regs = 0x81,
	  .text = "SAMPLE mode=KERNEL user_regs={abi=0}",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"KERNEL\",\"user_regs\":{\"abi\":0}}" },
	/* a stack */
	{ .bytes = "4:9 2:2 2:40 8:16 x:00112233445566778899aabbccddeeff 8:4",
	  .sample_type = PERF_SAMPLE_STACK_USER,
	  .text = "SAMPLE mode=USER user_stack={size=4 "
		  "bytes=00112233445566778899aabbccddeeff}",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\",\"user_stack\":{\"size\":4,"
		  "\"bytes\":\"00112233445566778899aabbccddeeff\"}}" },
	/* no stack */
	{ .bytes = "4:9 2:1 2:24 8:0 8:6",
	  .sample_type = PERF_SAMPLE_STACK_USER | PERF_SAMPLE_DATA_SRC,
	  .text = "SAMPLE mode=KERNEL user_stack={size=0 bytes=} data_src=0x6",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"KERNEL\",\"user_stack\":{\"size\":0,"
		  "\"bytes\":\"\"},\"data_src\":\"0x6\"}" },
	/* a weight in parts */
	{ .bytes = "4:9 2:2 2:24 8:0x0003000200000001 8:6",
	  .sample_type = PERF_SAMPLE_WEIGHT_STRUCT | PERF_SAMPLE_DATA_SRC,
	  .text = "SAMPLE mode=USER weight=0x3000200000001 data_src=0x6",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\","
		  "\"weight\":\"0x3000200000001\",\"data_src\":\"0x6\"}" },
	/* memory */
	{ .bytes = "4:9 2:2 2:48 8:0x68100242 8:0x5 8:0x7fff 8:4096 8:8192",
	  .sample_type = PERF_SAMPLE_DATA_SRC | PERF_SAMPLE_TRANSACTION | PERF_SAMPLE_PHYS_ADDR |
			 PERF_SAMPLE_DATA_PAGE_SIZE | PERF_SAMPLE_CODE_PAGE_SIZE,
	  .text = "SAMPLE mode=USER data_src=0x68100242 transaction=0x5 "
		  "phys_addr=0x7fff data_page_size=0x1000 "
		  "code_page_size=0x2000",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\",\"data_src\":\"0x68100242\","
		  "\"transaction\":\"0x5\",\"phys_addr\":\"0x7fff\","
		  "\"data_page_size\":\"0x1000\",\"code_page_size\":\"0x2000\"}" },
	/* a part of the AUX area */
	{ .bytes = "4:9 2:2 2:24 8:8 x:0102030405060708",
	  .sample_type = PERF_SAMPLE_AUX,
	  .text = "SAMPLE mode=USER aux=0102030405060708",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\",\"aux\":\"0102030405060708\"}" },
	/* all at once, which shows their order */
	{ .bytes = "4:9 2:2 2:288 8:7 8:0x401000 4:0xffffffff 4:0 8:1000 8:0xdead 8:7 8:8 "
		   "4:3 4:0 8:4000 8:55 8:1 8:0x401004 4:4 x:aabbccdd 8:1 8:0x401000 "
		   "8:0x402000 8:0 8:2 8:0x1111 8:0x2222 8:8 x:0011223344556677 8:8 8:5 8:6 "
		   "8:9 8:2 8:0x3333 8:0x4444 8:0x7fff 8:0x99 8:4096 8:8192 8:8 "
		   "x:0102030405060708",
	  .sample_type = PERF_SAMPLE_WEIGHT_STRUCT - 1,
	  .regs = 0x81,
	  .text = "SAMPLE mode=USER id=7 ip=0x401000 pid=-1 tid=0 time=1000 addr=0xdead "
		  "stream_id=8 cpu=3 period=4000 read={values=[{value=55}]} "
		  "callchain=[0x401004] raw=aabbccdd "
		  "branches=[{from=0x401000 to=0x402000 flags=0x0}] "
		  "user_regs={abi=2 mask=0x81 values=[0x1111 0x2222]} "
		  "user_stack={size=8 bytes=0011223344556677} weight=5 data_src=0x6 "
		  "transaction=0x9 intr_regs={abi=2 mask=0x81 values=[0x3333 0x4444]} "
		  "phys_addr=0x7fff cgroup=153 data_page_size=0x1000 code_page_size=0x2000 "
		  "aux=0102030405060708",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\",\"id\":7,\"ip\":\"0x401000\","
		  "\"pid\":-1,\"tid\":0,\"time\":1000,\"addr\":\"0xdead\",\"stream_id\":8,"
		  "\"cpu\":3,\"period\":4000,\"read\":{\"values\":[{\"value\":55}]},"
		  "\"callchain\":[\"0x401004\"],\"raw\":\"aabbccdd\","
		  "\"branches\":[{\"from\":\"0x401000\",\"to\":\"0x402000\","
		  "\"flags\":\"0x0\"}],\"user_regs\":{\"abi\":2,\"mask\":\"0x81\","
		  "\"values\":[\"0x1111\",\"0x2222\"]},\"user_stack\":{\"size\":8,"
		  "\"bytes\":\"0011223344556677\"},\"weight\":5,\"data_src\":\"0x6\","
		  "\"transaction\":\"0x9\",\"intr_regs\":{\"abi\":2,\"mask\":\"0x81\","
		  "\"values\":[\"0x3333\",\"0x4444\"]},\"phys_addr\":\"0x7fff\","
		  "\"cgroup\":153,\"data_page_size\":\"0x1000\","
		  "\"code_page_size\":\"0x2000\",\"aux\":\"0102030405060708\"}" },
	/* more than is known */
	{ .bytes = "4:9 2:2 2:24 8:0x401000 x:0102030405060708",
	  .sample_type = PERF_SAMPLE_IP,
	  .text = "SAMPLE mode=USER ip=0x401000 tail=0102030405060708",
	  .json = "{\"record\":\"SAMPLE\",\"mode\":\"USER\",\"ip\":\"0x401000\","
		  "\"tail\":\"0102030405060708\"}" },
};

static void samples_are_read_as_the_kernel_writes_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++)
		check_spec(&specs[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_are_read_as_the_kernel_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
