/* SPDX-License-Identifier: MIT */
/*
 * The fields of a sample, in the order in which perf_output_sample() of kernel/events/core.c writes
 * them, and those of the trailer that other records end with (__perf_event__output_id_sample()).
 */
#include <stddef.h>

#include "fields.h"

#define OF_SAMPLE(bit, text, form, member, ...)                                                    \
	{ .name = text,                                                                            \
	  .shape = form,                                                                           \
	  .when = WHEN_SAMPLE_TYPE,                                                                \
	  .bits = PERF_SAMPLE_##bit,                                                               \
	  .at = offsetof(struct perfev_record, member),                                            \
	  __VA_ARGS__ }
#define HEX .style = STYLE_HEX

const struct field perfev_sample_fields[SAMPLE_FIELDS] = {
	OF_SAMPLE(IDENTIFIER, "id", SHAPE_U64, id, .style = STYLE_NUMBER),
	OF_SAMPLE(IP, "ip", SHAPE_U64, sample.ip, HEX),
	OF_SAMPLE(TID, "pid", SHAPE_PAIR, pid, .second = "tid", .style = STYLE_SIGNED),
	OF_SAMPLE(TIME, "time", SHAPE_U64, time, .style = STYLE_NUMBER),
	OF_SAMPLE(ADDR, "addr", SHAPE_U64, sample.addr, HEX),
	OF_SAMPLE(ID, "id", SHAPE_U64, id, .style = STYLE_NUMBER),
	OF_SAMPLE(STREAM_ID, "stream_id", SHAPE_U64, stream_id, .style = STYLE_NUMBER),
	OF_SAMPLE(CPU, "cpu", SHAPE_PAIR, cpu, .second = NULL),
	OF_SAMPLE(PERIOD, "period", SHAPE_U64, sample.period, .style = STYLE_NUMBER),
	OF_SAMPLE(READ, "read", SHAPE_VALUES, sample.read, .style = STYLE_NUMBER),
	OF_SAMPLE(CALLCHAIN, "callchain", SHAPE_WORDS, sample.callchain, .style = STYLE_CONTEXT),
	OF_SAMPLE(RAW, "raw", SHAPE_RAW, sample.raw, HEX),
	OF_SAMPLE(BRANCH_STACK, "branches", SHAPE_BRANCHES, sample.branches, HEX),
	OF_SAMPLE(REGS_USER, "user_regs", SHAPE_REGISTERS, sample.user_regs, HEX),
	OF_SAMPLE(STACK_USER, "user_stack", SHAPE_STACK, sample.user_stack, HEX),
	OF_SAMPLE(WEIGHT, "weight", SHAPE_U64, sample.weight, .style = STYLE_NUMBER),
	/* In the place of WEIGHT: an event has one of them. */
	OF_SAMPLE(WEIGHT_STRUCT, "weight", SHAPE_U64, sample.weight, HEX),
	OF_SAMPLE(DATA_SRC, "data_src", SHAPE_U64, sample.data_src, HEX),
	OF_SAMPLE(TRANSACTION, "transaction", SHAPE_U64, sample.transaction, HEX),
	OF_SAMPLE(REGS_INTR, "intr_regs", SHAPE_REGISTERS, sample.intr_regs, HEX),
	OF_SAMPLE(PHYS_ADDR, "phys_addr", SHAPE_U64, sample.phys_addr, HEX),
	OF_SAMPLE(CGROUP, "cgroup", SHAPE_U64, sample.cgroup, .style = STYLE_NUMBER),
	OF_SAMPLE(DATA_PAGE_SIZE, "data_page_size", SHAPE_U64, sample.data_page_size, HEX),
	OF_SAMPLE(CODE_PAGE_SIZE, "code_page_size", SHAPE_U64, sample.code_page_size, HEX),
	OF_SAMPLE(AUX, "aux", SHAPE_SIZED, sample.aux, HEX),
};

const struct field perfev_trailer_fields[TRAILER_FIELDS] = {
	OF_SAMPLE(TID, "sample_pid", SHAPE_PAIR, pid, .second = "sample_tid",
		  .style = STYLE_SIGNED),
	OF_SAMPLE(TIME, "sample_time", SHAPE_U64, time, .style = STYLE_NUMBER),
	OF_SAMPLE(ID, "sample_id", SHAPE_U64, id, .style = STYLE_NUMBER),
	OF_SAMPLE(STREAM_ID, "sample_stream_id", SHAPE_U64, stream_id, .style = STYLE_NUMBER),
	OF_SAMPLE(CPU, "sample_cpu", SHAPE_PAIR, cpu, .second = NULL),
	OF_SAMPLE(IDENTIFIER, "sample_id", SHAPE_U64, id, .style = STYLE_NUMBER),
};
