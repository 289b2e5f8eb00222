// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test PMU: PMUs whose every count, sample and byte is known beforehand, for guests that have
 * no hardware to test against. Here they come and go, all or none.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

#include "perfev_pmu.h"

int (*perfev_event_overflow)(struct perf_event *event, struct perf_sample_data *data,
			     struct pt_regs *regs);

/* A kprobe is how a module may ask for the address of a function that is not exported. */
static int __init find_overflow(void)
{
	struct kprobe probe = { .symbol_name = "perf_event_overflow" };
	int error = register_kprobe(&probe);

	if (error)
		return error;
	perfev_event_overflow = (void *)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

static int __init perfev_init(void)
{
	int error = find_overflow();

	if (error)
		return error;
	error = perf_pmu_register(&perfev_test_pmu, "perfev_test", -1);
	if (error)
		return error;
	error = perf_pmu_register(&perfev_uncore_pmu, "perfev_uncore_0", -1);
	if (error)
		goto no_uncore;
	error = perf_pmu_register(&perfev_aux_pmu, "perfev_aux", -1);
	if (error)
		goto no_aux;
	return 0;
no_aux:
	perf_pmu_unregister(&perfev_uncore_pmu);
no_uncore:
	perf_pmu_unregister(&perfev_test_pmu);
	return error;
}

/* An open event holds the module, so there is none when this is called. */
static void __exit perfev_exit(void)
{
	perf_pmu_unregister(&perfev_aux_pmu);
	perf_pmu_unregister(&perfev_uncore_pmu);
	perf_pmu_unregister(&perfev_test_pmu);
}

module_init(perfev_init);
module_exit(perfev_exit);

MODULE_DESCRIPTION("PMUs to test perfev with");
MODULE_LICENSE("GPL");
