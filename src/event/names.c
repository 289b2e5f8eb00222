/* SPDX-License-Identifier: MIT */
/*
 * Generic names. The spellings are those of linux-perf, which people have in their hands; the first
 * of each row is the one that is written.
 */
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "number.h"

#define HARDWARE(config, name, alias, description)                                                 \
	{ name, alias, description, PERF_TYPE_HARDWARE, PERF_COUNT_HW_##config }
#define SOFTWARE(config, name, alias, description)                                                 \
	{ name, alias, description, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_##config }

static const struct generic_name generic[] = {
	HARDWARE(CPU_CYCLES, "cycles", "cpu-cycles",
		 "Cycles of the core's clock, which is slower and faster as the frequency changes"),
	HARDWARE(INSTRUCTIONS, "instructions", "", "Instructions that were completed"),
	HARDWARE(CACHE_REFERENCES, "cache-references", "",
		 "Accesses to a cache, on most processors the last level"),
	HARDWARE(CACHE_MISSES, "cache-misses", "",
		 "Accesses that a cache could not serve, on most processors the last level"),
	HARDWARE(BRANCH_INSTRUCTIONS, "branches", "branch-instructions",
		 "Branch instructions that were completed"),
	HARDWARE(BRANCH_MISSES, "branch-misses", "", "Branches that were predicted wrongly"),
	HARDWARE(BUS_CYCLES, "bus-cycles", "", "Cycles of a bus whose clock does not change"),
	HARDWARE(STALLED_CYCLES_FRONTEND, "stalled-cycles-frontend", "idle-cycles-frontend",
		 "Cycles in which no instruction was ready to be issued"),
	HARDWARE(STALLED_CYCLES_BACKEND, "stalled-cycles-backend", "idle-cycles-backend",
		 "Cycles in which instructions waited for data or for a unit"),
	HARDWARE(REF_CPU_CYCLES, "ref-cycles", "",
		 "Cycles at a fixed rate while the core is not halted"),
	SOFTWARE(CPU_CLOCK, "cpu-clock", "", "Nanoseconds that pass on the CPU"),
	SOFTWARE(TASK_CLOCK, "task-clock", "", "Nanoseconds that the task runs"),
	SOFTWARE(PAGE_FAULTS, "page-faults", "faults", "Page faults of both kinds"),
	SOFTWARE(CONTEXT_SWITCHES, "context-switches", "cs", "Switches to another task"),
	SOFTWARE(CPU_MIGRATIONS, "cpu-migrations", "migrations", "Moves to another CPU"),
	SOFTWARE(PAGE_FAULTS_MIN, "minor-faults", "", "Page faults that needed no device"),
	SOFTWARE(PAGE_FAULTS_MAJ, "major-faults", "", "Page faults that waited for a device"),
	SOFTWARE(ALIGNMENT_FAULTS, "alignment-faults", "",
		 "Unaligned accesses that the kernel had to carry out"),
	SOFTWARE(EMULATION_FAULTS, "emulation-faults", "",
		 "Instructions that the kernel had to carry out"),
	SOFTWARE(DUMMY, "dummy", "", "Nothing: it counts no event, and carries records of others"),
	SOFTWARE(BPF_OUTPUT, "bpf-output", "", "Samples that a BPF program writes"),
	SOFTWARE(CGROUP_SWITCHES, "cgroup-switches", "", "Switches to a task of another cgroup"),
};

#define GENERIC_COUNT (sizeof(generic) / sizeof(generic[0]))

const struct generic_name *perfev_generic_get(unsigned int number)
{
	return number < GENERIC_COUNT ? &generic[number] : NULL;
}

const struct generic_name *perfev_generic_find(const char *name, size_t length)
{
	for (size_t i = 0; i < GENERIC_COUNT; i++)
		if (perfev_word_is(name, length, generic[i].name) ||
		    (length && perfev_word_is(name, length, generic[i].alias)))
			return &generic[i];
	return NULL;
}

const struct generic_name *perfev_generic_find_config(__u32 type, __u64 config)
{
	for (size_t i = 0; i < GENERIC_COUNT; i++)
		if (generic[i].type == type && generic[i].config == config)
			return &generic[i];
	return NULL;
}

#define SPELLINGS 4

static const char *const caches[PERF_COUNT_HW_CACHE_MAX][SPELLINGS] = {
	[PERF_COUNT_HW_CACHE_L1D] = { "L1-dcache", "l1-d", "l1d", "L1-data" },
	[PERF_COUNT_HW_CACHE_L1I] = { "L1-icache", "l1-i", "l1i", "L1-instruction" },
	[PERF_COUNT_HW_CACHE_LL] = { "LLC", "L2" },
	[PERF_COUNT_HW_CACHE_DTLB] = { "dTLB", "d-tlb", "Data-TLB" },
	[PERF_COUNT_HW_CACHE_ITLB] = { "iTLB", "i-tlb", "Instruction-TLB" },
	[PERF_COUNT_HW_CACHE_BPU] = { "branch", "bpu", "btb", "bpc" },
	[PERF_COUNT_HW_CACHE_NODE] = { "node" },
};

/* The second spelling stands alone ("loads"), the first before a result ("load-misses"). */
static const char *const operations[PERF_COUNT_HW_CACHE_OP_MAX][SPELLINGS] = {
	[PERF_COUNT_HW_CACHE_OP_READ] = { "load", "loads", "read" },
	[PERF_COUNT_HW_CACHE_OP_WRITE] = { "store", "stores", "write" },
	[PERF_COUNT_HW_CACHE_OP_PREFETCH] = { "prefetch", "prefetches", "speculative-read",
					      "speculative-load" },
};

static const char *const results[PERF_COUNT_HW_CACHE_RESULT_MAX][SPELLINGS] = {
	[PERF_COUNT_HW_CACHE_RESULT_ACCESS] = { "refs", "Reference", "ops", "access" },
	[PERF_COUNT_HW_CACHE_RESULT_MISS] = { "misses", "miss" },
};

static const char *const titles[PERF_COUNT_HW_CACHE_MAX] = {
	[PERF_COUNT_HW_CACHE_L1D] = "the first level's data cache",
	[PERF_COUNT_HW_CACHE_L1I] = "the first level's instruction cache",
	[PERF_COUNT_HW_CACHE_LL] = "the last level of cache",
	[PERF_COUNT_HW_CACHE_DTLB] = "the data TLB",
	[PERF_COUNT_HW_CACHE_ITLB] = "the instruction TLB",
	[PERF_COUNT_HW_CACHE_BPU] = "the branch predictor",
	[PERF_COUNT_HW_CACHE_NODE] = "this node's memory",
};

#define READ (1U << PERF_COUNT_HW_CACHE_OP_READ)
#define WRITE (1U << PERF_COUNT_HW_CACHE_OP_WRITE)
#define PREFETCH (1U << PERF_COUNT_HW_CACHE_OP_PREFETCH)

/* What each cache can be asked for: nothing is written through an instruction cache. */
static const unsigned char possible[PERF_COUNT_HW_CACHE_MAX] = {
	[PERF_COUNT_HW_CACHE_L1D] = READ | WRITE | PREFETCH,
	[PERF_COUNT_HW_CACHE_L1I] = READ | PREFETCH,
	[PERF_COUNT_HW_CACHE_LL] = READ | WRITE | PREFETCH,
	[PERF_COUNT_HW_CACHE_DTLB] = READ | WRITE | PREFETCH,
	[PERF_COUNT_HW_CACHE_ITLB] = READ,
	[PERF_COUNT_HW_CACHE_BPU] = READ,
	[PERF_COUNT_HW_CACHE_NODE] = READ | WRITE | PREFETCH,
};

/*
 * Finds the row that has the word at the beginning of the text, up to its end or a dash, and steps
 * over both. Returns the row's number, or -1.
 */
static int take_word(const char **text, size_t *length, const char *const (*rows)[SPELLINGS],
		     unsigned int count)
{
	for (unsigned int i = 0; i < count * SPELLINGS; i++) {
		const char *word = rows[i / SPELLINGS][i % SPELLINGS];
		size_t size = word ? strlen(word) : 0;

		if (!word || size > *length || strncasecmp(word, *text, size) != 0)
			continue;
		if (size < *length && ((*text)[size] != '-' || size + 1 == *length))
			continue;
		size += size < *length;
		*text += size;
		*length -= size;
		return (int)(i / SPELLINGS);
	}
	return -1;
}

static __u64 cache_config(unsigned int cache, unsigned int operation, unsigned int result)
{
	return cache | operation << 8 | result << 16;
}

int perfev_cache_read(const char *name, size_t length, __u64 *config)
{
	int cache = take_word(&name, &length, caches, PERF_COUNT_HW_CACHE_MAX);
	int operation = -1, result = -1;

	if (cache < 0)
		return 0;
	/* linux-perf takes the operation and the result in either order. */
	while (length) {
		int found = take_word(&name, &length, operations, PERF_COUNT_HW_CACHE_OP_MAX);

		if (found >= 0 && operation < 0) {
			operation = found;
			continue;
		}
		if (found < 0)
			found = take_word(&name, &length, results, PERF_COUNT_HW_CACHE_RESULT_MAX);
		else
			found = -1;
		if (found < 0 || result >= 0)
			return 0;
		result = found;
	}
	operation = operation < 0 ? PERF_COUNT_HW_CACHE_OP_READ : operation;
	if (!(possible[cache] >> operation & 1))
		return -ENOENT;
	*config =
		cache_config((unsigned int)cache, (unsigned int)operation,
			     result < 0 ? PERF_COUNT_HW_CACHE_RESULT_ACCESS : (unsigned int)result);
	return 1;
}

/* Takes a config apart. Returns 1, or 0 when it is none that has a name. */
static int split(__u64 config, unsigned int *cache, unsigned int *operation, unsigned int *result)
{
	if (config >= PERF_COUNT_HW_CACHE_RESULT_MAX << 16)
		return 0;
	*cache = config & 0xff;
	*operation = config >> 8 & 0xff;
	*result = (unsigned int)(config >> 16);
	return *cache < PERF_COUNT_HW_CACHE_MAX && *operation < PERF_COUNT_HW_CACHE_OP_MAX &&
	       possible[*cache] >> *operation & 1;
}

int perfev_cache_write(__u64 config, char name[CACHE_NAME])
{
	unsigned int cache, operation, result;

	if (!split(config, &cache, &operation, &result))
		return 0;
	if (result == PERF_COUNT_HW_CACHE_RESULT_ACCESS)
		snprintf(name, CACHE_NAME, "%s-%s", caches[cache][0], operations[operation][1]);
	else
		snprintf(name, CACHE_NAME, "%s-%s-%s", caches[cache][0], operations[operation][0],
			 results[result][0]);
	return 1;
}

void perfev_cache_describe(__u64 config, char *text, size_t size)
{
	static const char *const verbs[PERF_COUNT_HW_CACHE_OP_MAX] = {
		[PERF_COUNT_HW_CACHE_OP_READ] = "Loads",
		[PERF_COUNT_HW_CACHE_OP_WRITE] = "Stores",
		[PERF_COUNT_HW_CACHE_OP_PREFETCH] = "Prefetches",
	};
	unsigned int cache, operation, result;

	if (size)
		text[0] = '\0';
	if (split(config, &cache, &operation, &result))
		snprintf(text, size, "%s that %s %s", verbs[operation],
			 result == PERF_COUNT_HW_CACHE_RESULT_ACCESS ? "went to" : "missed",
			 titles[cache]);
}

int perfev_cache_next(unsigned int *number, __u64 *config)
{
	const unsigned int count = PERF_COUNT_HW_CACHE_MAX, kinds = PERF_COUNT_HW_CACHE_OP_MAX,
			   ends = PERF_COUNT_HW_CACHE_RESULT_MAX;
	unsigned int cache, operation, result;

	while (*number < count * kinds * ends) {
		unsigned int at = (*number)++;

		*config = cache_config(at / ends / kinds, at / ends % kinds, at % ends);
		if (split(*config, &cache, &operation, &result))
			return 1;
	}
	return 0;
}
