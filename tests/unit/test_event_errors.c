/* SPDX-License-Identifier: MIT */
/*
 * What is said of texts that are wrong: which errno and cause, at which byte, in which words, and
 * what is suggested. What must stay true: no event is left behind, and every prefix is survived.
 */
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_machines.h"
#include "support.h"

struct wrong {
	const char *text;
	int error;
	enum perfev_cause cause;
	long position;
	const char *reason; /* a part of it */
	const char *remedy; /* all of it, or NULL for none */
};

static void check(struct fake_machine *machine, const struct wrong *wrong)
{
	struct perfev_events *events = (void *)&machine;
	struct perfev_why *why = &machine->why;
	int result = perfev_events_parse(&events, wrong->text, &machine->options, why);

	if (result != -wrong->error || why->cause != wrong->cause ||
	    why->position != wrong->position || !strstr(why->reason, wrong->reason) ||
	    strcmp(why->remedy, wrong->remedy ? wrong->remedy : "") != 0)
		fail_msg("%s: %d, %s, byte %ld: \"%s\": \"%s\"", wrong->text, result,
			 perfev_cause_name(why->cause), why->position, why->reason, why->remedy);
	assert_null(events);
	assert_int_equal(why->error, wrong->error);
	assert_int_equal(perfev_events_parse(&events, wrong->text, &machine->options, NULL),
			 result);
}

#define SYNTAX EINVAL, PERFEV_CAUSE_SYNTAX
#define VALUE EINVAL, PERFEV_CAUSE_VALUE
#define CONFLICT EINVAL, PERFEV_CAUSE_CONFLICT
#define NAME ENOENT, PERFEV_CAUSE_NAME
#define MODIFIERS                                                                                  \
	"modifiers are u k h (levels), G H (guest, host), I, p to ppp, P, S, D, W, e and b"

static void a_text_that_is_not_well_formed_is_refused_at_its_wrong_byte(void **state)
{
	static const struct wrong cases[] = {
		{ "", SYNTAX, 0, "an event is missing", NULL },
		{ " ", SYNTAX, 1, "an event is missing", NULL },
		{ "cycles,", SYNTAX, 7, "an event is missing", NULL },
		{ ",cycles", SYNTAX, 0, "an event is missing", NULL },
		{ "cycles,,cs", SYNTAX, 7, "an event is missing", NULL },
		{ "/", SYNTAX, 0, "an event is missing", NULL },
		{ ":u", SYNTAX, 0, "an event is missing", NULL },
		{ "cycles cs", SYNTAX, 7, "a ',' is missing", NULL },
		{ "{cycles", SYNTAX, 7, "a '}' is missing", NULL },
		{ "{}", SYNTAX, 1, "an event is missing", NULL },
		{ "{cycles,}", SYNTAX, 8, "an event is missing", NULL },
		{ "{{cycles}}", SYNTAX, 1, "a group cannot be in a group", NULL },
		{ "cycles{", SYNTAX, 6, "a group cannot begin here", NULL },
		{ "cycles}", SYNTAX, 6, "a ',' is missing", NULL },
		{ "{cycles}cs", SYNTAX, 8, "a ',' is missing", NULL },
		{ "cycles:", SYNTAX, 7, "modifiers are missing", NULL },
		{ "{cycles}:", SYNTAX, 9, "modifiers are missing", NULL },
		{ "cycles:uxk", SYNTAX, 8, "'x' is no modifier", MODIFIERS },
		{ "cycles:u:k", SYNTAX, 8, "a ',' is missing", NULL },
		{ "cycles:ukhu", SYNTAX, 10, "u is given twice", NULL },
		{ "cycles:pppp", SYNTAX, 10, "ppp is the most precise", NULL },
		{ "cycles:pP", SYNTAX, 8, "p and P exclude each other", NULL },
		{ "cycles:W", SYNTAX, 7, "W is said of a group", NULL },
		{ "{cycles,cs:W}", SYNTAX, 11, "W is said of a group", NULL },
		{ "{cycles,cs:uD}", CONFLICT, 12, "only a group's leader can be pinned", NULL },
		{ "{cycles,cs:e}", CONFLICT, 11, "only a group's leader can be exclusive", NULL },
		{ "{cycles:pp}:pp", SYNTAX, 12, "this is more than ppp", NULL },
		{ "cpu/event=1", SYNTAX, 11, "a ',' or a '/' is missing", NULL },
		{ "cpu/", SYNTAX, 4, "a '/' is missing at the end of the terms", NULL },
		{ "cpu/event=1,/", SYNTAX, 12, "a term is missing", NULL },
		{ "cpu/,event=1/", SYNTAX, 4, "a term is missing", NULL },
		{ "cpu/event=/", SYNTAX, 10, "the value of 'event' is missing", NULL },
		{ "cpu/=1/", SYNTAX, 4, "a term is missing", NULL },
		{ "cpu/event=x/", SYNTAX, 10, "'event' takes a number, not 'x'", NULL },
		{ "cpu/event=0x/", SYNTAX, 10, "'event' takes a number", NULL },
		{ "cpu/event=-1/", SYNTAX, 10, "'event' takes a number", NULL },
		{ "cpu/event=1,umask=2,event=3/", SYNTAX, 20, "'event' is given twice", NULL },
		{ "cpu/config=1,config=2/", SYNTAX, 13, "'config' is given twice", NULL },
		{ "cpu/name='x/", SYNTAX, 9, "this quotation is not ended", NULL },
		{ "cpu/name/", SYNTAX, 8, "the value of 'name' is missing", NULL },
		{ "cpu/name='a'b/", SYNTAX, 12, "a ',' or a '/' is missing", NULL },
		{ "cpu/call-graph/", SYNTAX, 4, "'call-graph' says how to sample", NULL },
		{ "cycles/event=1/", SYNTAX, 7, "other terms are a PMU's", NULL },
		{ "cycles/config1=1/", SYNTAX, 7, "other terms are a PMU's", NULL },
		{ "cycles/period=1,freq=1/", CONFLICT, 16, "one period or one frequency", NULL },
		{ "cycles/freq=0/", VALUE, 7, "takes a number above 0", NULL },
		{ "cpu/mem-loads,edges/", CONFLICT, 14, "'edges' is a second event", NULL },
		{ "cpu/of-core/", SYNTAX, 4, "'of-core' needs a value for 'umask'",
		  "write cpu/of-core,umask=VALUE/" },
		{ "mem:", SYNTAX, 4, "'' is no address", NULL },
		{ "mem:main", SYNTAX, 4, "'main' is no address", NULL },
		{ "mem:1/:w", SYNTAX, 6, "'' is no length", NULL },
		{ "mem:1/0", VALUE, 6, "at least one byte", NULL },
		{ "mem:1:rr", SYNTAX, 7, "r is given twice", NULL },
		{ "mem:1:rx", CONFLICT, 7, "x goes with neither r nor w", NULL },
		{ "kprobe:", SYNTAX, 7, "a function is missing", NULL },
		{ "kprobe:f+", SYNTAX, 9, "'' is no offset", NULL },
		{ "kprobe:0xg", SYNTAX, 7, "'0xg' is no address", NULL },
		{ "uprobe::f", SYNTAX, 7, "a path is missing", NULL },
		{ "uprobe:/bin/a", SYNTAX, 13, "a ':' and a function or an offset", NULL },
		{ "4294967296:1", VALUE, 0, "at most 32 bits", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&server, &cases[i]);
}

static void a_value_that_does_not_fit_is_told_with_its_width(void **state)
{
	static const struct wrong cases[] = {
		{ "cpu/event=0x1,umask=0x100/", VALUE, 20,
		  "'umask' has 8 bits, and takes at most 0xff", NULL },
		{ "cpu/edge=2/", VALUE, 9, "'edge' has 1 bits, and takes at most 0x1", NULL },
		{ "cpu/split=512/", VALUE, 10, "'split' has 9 bits, and takes at most 0x1ff",
		  NULL },
		{ "cpu/config=0x10000000000000000/", VALUE, 11, "a number of more than 64 bits",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&server, &cases[i]);
	check(&server, &cases[0]);
	server.why.cause = PERFEV_CAUSE_NONE;
	assert_int_equal(perfev_events_parse(&(struct perfev_events *){ NULL }, cases[0].text,
					     &server.options, &server.why),
			 -EINVAL);
	assert_string_equal(server.why.field, "umask");
	assert_int_equal(server.why.value, 0x100);
}

static void an_unknown_name_is_answered_with_the_closest(void **state)
{
	static const struct wrong cases[] = {
		{ "cycels", NAME, 0, "no event is called 'cycels'", "did you mean 'cycles'?" },
		{ "cs, cycels:u", NAME, 4, "no event is called 'cycels'",
		  "did you mean 'cycles'?" },
		{ "{cs,L1-dcache-load-mises}", NAME, 4, "no event is called",
		  "did you mean 'L1-dcache-load-misses', 'L1-icache-load-misses' or "
		  "'L1-dcache-loads'?" },
		{ "mem-lods", NAME, 0, "no event", "did you mean 'mem-loads'?" },
		{ "qqqqqqqqqq", NAME, 0, "no event is called 'qqqqqqqqqq'", NULL },
		{ "msr", NAME, 0, "'msr' is a PMU, and no event",
		  "write its events between slashes: msr/EVENT/" },
		{ "tsc", NAME, 0, "no event", "the PMU 'msr' has it: write msr/tsc/" },
		{ "sched_switch", NAME, 0, "no event",
		  "it is a tracepoint: write sched:sched_switch" },
		{ "iTLB-stores", NAME, 0, "this cache is never asked for", NULL },
		{ "pwer/energy-pkg/", NAME, 0, "no PMU is called 'pwer'", "did you mean 'power'?" },
		{ "cpu/mem-stores/", NAME, 4, "the PMU 'cpu' has no event 'mem-stores'", NULL },
		{ "cpu/mem-load/", NAME, 4, "the PMU 'cpu' has no event 'mem-load'",
		  "did you mean 'mem-loads'?" },
		{ "cpu/event=1,umsk=2/", NAME, 12, "the PMU 'cpu' has no term 'umsk'",
		  "did you mean 'umask' or 'cmask'?" },
		{ "cpu/mem-load=1/", NAME, 4, "the PMU 'cpu' has no term 'mem-load'", NULL },
		{ "cpu/cycles,umask=1/", NAME, 4, "the PMU 'cpu' has no event 'cycles'", NULL },
		{ "msr/cycles/", NAME, 4, "the PMU 'msr' has no event 'cycles'", NULL },
		{ "uncore_imc*/data_raeds/", NAME, 12, "has no event 'data_raeds'", NULL },
		{ "../cpu/event=1/", NAME, 0, "no PMU is called '..'", NULL },
		{ "cpu/../", NAME, 4, "has no event '..'", NULL },
		{ "power/energy-pkg.scale/", NAME, 6, "has no event 'energy-pkg.scale'", NULL },
		{ "shed:sched_switch", NAME, 0, "no tracepoints are called 'shed'",
		  "did you mean 'sched'?" },
		{ "sched:shed_switch", NAME, 6,
		  "the tracepoints 'sched' have none called 'shed_switch'",
		  "did you mean 'sched_switch'?" },
		{ "sched:foo*", NAME, 0, "no tracepoint matches 'sched:foo*'", NULL },
		{ "sched:..", NAME, 6, "have none called '..'", NULL },
		{ "..:id", NAME, 0, "no tracepoints are called '..'", NULL },
		{ "99:1", NAME, 0, "no PMU here has the number 99", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&server, &cases[i]);
}

static void what_this_machine_lacks_is_told_as_that(void **state)
{
	static const struct wrong kprobe = {
		"kprobe:f",
		ENOENT,
		PERFEV_CAUSE_KERNEL,
		0,
		"this kernel has no PMU 'kprobe'",
		"it takes Linux 4.17 or newer, built with CONFIG_KPROBE_EVENTS"
	};
	struct wrong mount = { "cs,sched:sched_switch", NAME, 3, "tracefs, which is not mounted",
			       NULL };
	char remedy[160];

	(void)state;
	check(&empty, &kprobe);
	strcat(strcpy(remedy, "sudo mount -t tracefs tracefs "), empty.fake.root);
	mount.remedy = strcat(remedy, "/kernel/tracing");
	check(&empty, &mount);
	mount.text = "cs,sched:*";
	check(&empty, &mount);
}

static void what_the_kernel_says_and_nobody_understands_is_told(void **state)
{
	struct wrong wrong = { "cpu/bad/",
			       EINVAL,
			       PERFEV_CAUSE_MACHINE,
			       4,
			       "what the kernel says in cpu/events/bad",
			       NULL };

	(void)state;
	check(&server, &wrong);
	fake_pmu(&server.fake, "odd", "type", "many\n");
	fake_pmu(&server.fake, "wide", "type", "4294967296\n");
	fake_pmu(&server.fake, "half", "type", "40\n");
	fake_pmu(&server.fake, "half", "format/event", "config:0-99\n");
	fake_pmu(&server.fake, "half", "events/heavy", "event=1\n");
	fake_pmu(&server.fake, "half", "events/heavy.scale", "much\n");
	fake_pmu(&server.fake, "half", "events/empty", "umask=\n");
	fake_pmu(&server.fake, "half", "events/long", "\n");
	fake_pmu(&server.fake, "half", "events/long.unit", "a unit of thirty-two bytes or more\n");
	fake_pmu(&server.fake, "listed", "type", "41\n");
	fake_pmu(&server.fake, "listed", "cpumask", "0-\n");
	fake_pmu(&server.fake, "ended", "type", "42\n");
	fake_pmu(&server.fake, "ended", "cpumask", "0-3,\n");
	wrong.text = "odd/event=1/";
	wrong.position = 0;
	wrong.reason = "a PMU's type";
	check(&server, &wrong);
	wrong.text = "wide/event=1/";
	check(&server, &wrong);
	wrong.text = "half/event=1/";
	wrong.position = 5;
	wrong.reason = "a PMU's format";
	check(&server, &wrong);
	wrong.text = "half/heavy/";
	wrong.reason = "half/events/heavy";
	check(&server, &wrong);
	wrong.text = "half/empty/";
	wrong.reason = "half/events/empty";
	check(&server, &wrong);
	wrong.text = "half/long/";
	wrong.reason = "half/events/long";
	check(&server, &wrong);
	wrong.text = "listed/config=1/";
	wrong.position = 0;
	wrong.reason = "a list of CPUs";
	check(&server, &wrong);
	wrong.text = "ended/config=1/";
	check(&server, &wrong);
	fake_broken(&server.fake, FAKE_DEVICES "/broken/type");
	wrong.text = "broken/config=1/";
	wrong.error = ELOOP;
	wrong.reason = "a PMU's type could not be read: ";
	check(&server, &wrong);
	wrong.error = EINVAL;
	/* The name of a pattern's match is not part of the text: the pattern is to blame. */
	fake_file(&server.fake, "many\n", "kernel/tracing/events/odd/odd/id");
	wrong.text = "cycles,odd:*";
	wrong.position = 7;
	wrong.reason = "a tracepoint's id";
	check(&server, &wrong);
}

static void files_that_are_not_the_callers_to_read_are_told(void **state)
{
	struct wrong wrong = { "sched:sched_switch", EACCES, PERFEV_CAUSE_CAPABILITY, 0,
			       "not yours to read",  NULL };
	char path[160], remedy[400];

	(void)state;
	if (geteuid() == 0 && seteuid(65534) < 0)
		skip_without("nobody", "seteuid() does not work here");
	seteuid(0);
	strcat(strcpy(path, server.fake.root), "/kernel/tracing");
	snprintf(remedy, sizeof(remedy),
		 "sudo chmod a+rx %s && sudo chmod -R a+rX %s/events, or be root", path, path);
	wrong.remedy = remedy;
	assert_int_equal(chmod(server.fake.root, 0755), 0);
	assert_int_equal(chmod(path, 0), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	check(&server, &wrong);
	wrong.text = "sched:*";
	check(&server, &wrong);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(path, 0755), 0);
}

/* Lets everyone look into the folders of tracefs that lead to one, but for the last of them. */
static void open_ways(const char *last, mode_t mode)
{
	static const char *const folders[] = {
		"",
		"/kernel",
		"/kernel/tracing",
		"/kernel/tracing/events",
		"/kernel/tracing/events/sched",
		"/kernel/tracing/events/sched/sched_switch",
		"/kernel/tracing/events/sched/sched_switch/id"
	};
	char path[160];

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", server.fake.root, folders[i]);
		assert_int_equal(chmod(path, strcmp(folders[i], last) == 0 ? mode : 0755), 0);
	}
}

static void tracepoints_that_are_hidden_are_not_called_unknown(void **state)
{
	static const struct {
		const char *text, *hidden;
		const char *reason;
	} cases[] = {
		{ "sched:sched_switch", "/kernel/tracing/events/sched/sched_switch/id",
		  "there is a tracepoint 'sched:sched_switch', but its number is not yours to "
		  "read" },
		{ "sched:*", "/kernel/tracing/events/sched/sched_switch/id",
		  "what tracepoints match 'sched:*' is not yours to read" },
		{ "sched:sched_switch", "/kernel/tracing/events/sched",
		  "whether there is a tracepoint 'sched:sched_switch' is not yours to read" },
		{ "sched:*", "/kernel/tracing/events/sched",
		  "what tracepoints match 'sched:*' is not yours to read" },
		{ "sched:sched_switch", "/kernel/tracing/events",
		  "tracepoints are found in tracefs, which is not yours to read" },
	};
	char remedy[200];

	(void)state;
	snprintf(remedy, sizeof(remedy), "sudo chmod -R a+rX %s/kernel/tracing/events, or be root",
		 server.fake.root);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct wrong wrong = { cases[i].text,   EACCES, PERFEV_CAUSE_CAPABILITY, 0,
				       cases[i].reason, remedy };

		open_ways(cases[i].hidden, 0);
		if (geteuid() == 0 && seteuid(65534) < 0)
			skip_without("nobody", "seteuid() does not work here");
		check(&server, &wrong);
		if (getuid() == 0)
			assert_int_equal(seteuid(0), 0);
		open_ways("", 0755);
	}
}

static void every_prefix_of_every_text_ends_well(void **state)
{
	static const char *const texts[] = {
		"cycles:u,{cpu/event=0xc0,name='x,y'/pp,imc/data_reads/}:SD,mem:0x10/4:rw:u",
		"uretprobe:/proc/self/exe:main+0x10:u,kprobe:a\\,b+4,sched:sched_*:k,1:3:uk",
		"L1-dcache-load-misses/freq=99/uGHIPSDeb,r0x1c0,uncore_[a-z]*_?/config=1/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t length = 0; length <= strlen(texts[i]); length++) {
			/* Of exactly that size, so that valgrind sees a byte too many. */
			char *text = malloc(length + 1);
			struct perfev_events *events;
			int result;

			assert_non_null(text);
			memcpy(text, texts[i], length);
			text[length] = '\0';
			result = perfev_events_parse(&events, text, &server.options, &server.why);
			assert_true(result == 0 || result == -EINVAL || result == -ENOENT);
			if (result < 0) {
				assert_null(events);
				assert_in_range(server.why.position, 0, length);
				assert_true(server.why.reason[0]);
			}
			assert_int_equal(result == 0, server.why.cause == PERFEV_CAUSE_NONE);
			perfev_events_free(events);
			free(text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_that_is_not_well_formed_is_refused_at_its_wrong_byte),
		cmocka_unit_test(a_value_that_does_not_fit_is_told_with_its_width),
		cmocka_unit_test(an_unknown_name_is_answered_with_the_closest),
		cmocka_unit_test(what_this_machine_lacks_is_told_as_that),
		cmocka_unit_test(files_that_are_not_the_callers_to_read_are_told),
		cmocka_unit_test(tracepoints_that_are_hidden_are_not_called_unknown),
		cmocka_unit_test(every_prefix_of_every_text_ends_well),
		cmocka_unit_test(what_the_kernel_says_and_nobody_understands_is_told),
	};

	return cmocka_run_group_tests_name("errors of events", tests, fake_machines_begin,
					   fake_machines_end);
}
