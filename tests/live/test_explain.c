/* SPDX-License-Identifier: MIT */
/*
 * Wrong requests, one for each cause (wrong_*.c), and what perfev_explain() has to say of each.
 * What must stay true: the field that is named is the one that is wrong, and where the remedy is a
 * statement of C, the request is accepted with it.
 */
#include "wrong.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "level.h"

#define MOST_TESTS 256

/* What errno is before an explanation, and has to be behind it. */
#define KEPT 4242

/* What a child found out: it shares this with the test. */
struct outcome {
	struct attempt attempt; /* with what the kernel wrote into attr */
	int could_become;
	int error;
	int answer;
	int kept;
	int opened; /* descriptors that are open behind and were not before */
	int mended; /* what the kernel says to the request with the remedy; -1 when it has none */
	struct perfev_why why;
};

static int count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " ");
}

/* Reads the value of a statement: names joined by '|', a number, or sizeof(attr). */
static __u64 parse_value(enum perfev_set set, const char *text, size_t length)
{
	char value[128];
	char *end;
	__u64 number;

	assert_true(length < sizeof(value));
	memcpy(value, text, length);
	value[length] = '\0';
	if (strcmp(value, "sizeof(attr)") == 0)
		return sizeof(struct perf_event_attr);
	number = value[0] == '-' ? (__u64)strtoll(value, &end, 0) : strtoull(value, &end, 0);
	if (end != value && *end == '\0')
		return number;
	assert_int_equal(perfev_set_parse(set, value, &number, NULL), 0);
	return number;
}

static __u64 changed(__u64 before, const char *change, __u64 value)
{
	if (strncmp(change, "&= ~(", 5) == 0)
		return before & ~value;
	return strncmp(change, "|= ", 3) == 0 ? before | value : value;
}

/* Carries out one statement. Returns what follows it, or NULL when this is none. */
static const char *carry_out(const char *text, struct attempt *attempt)
{
	const struct perfev_field *field;
	char name[32];
	size_t length = strcspn(text, " ");
	const char *change = skip_blanks(text + length);
	const char *value = change + strcspn(change, " ") + 1;
	const char *end = strchr(text, ';');
	size_t value_length;

	if (!end || length >= sizeof(name) || strchr("&|=", *change) == NULL || value > end)
		return NULL;
	value_length = (size_t)(end - value);
	if (strncmp(value, "~(", 2) == 0) {
		value += 2;
		value_length -= 3;
	}
	memcpy(name, text, length);
	name[length] = '\0';
	if (strcmp(name, "pid") == 0)
		attempt->pid = (pid_t)parse_value(PERFEV_SET_NONE, value, value_length);
	else if (strcmp(name, "cpu") == 0)
		attempt->cpu = (int)parse_value(PERFEV_SET_NONE, value, value_length);
	else if (strcmp(name, "group_fd") == 0)
		attempt->group_fd = (int)parse_value(PERFEV_SET_NONE, value, value_length);
	else if (strcmp(name, "flags") == 0)
		attempt->flags = changed(attempt->flags, change,
					 parse_value(PERFEV_SET_OPEN_FLAGS, value, value_length));
	else if (strncmp(name, "attr.", 5) == 0 && (field = perfev_field_find(name + 5)))
		assert_int_equal(
			perfev_field_write(field, &attempt->attr,
					   changed(perfev_field_read(field, &attempt->attr), change,
						   parse_value(field->set, value, value_length))),
			0);
	else
		return NULL;
	return skip_blanks(end + 1);
}

/* Carries out the statements that a remedy begins with. Returns how many there are. */
static int mend(const char *remedy, struct attempt *attempt)
{
	int count = 0;

	while (remedy && *remedy) {
		remedy = carry_out(remedy, attempt);
		count += remedy != NULL;
	}
	return count;
}

/* Makes the request, has its refusal explained, and carries out the remedy. */
static void explain(struct outcome *outcome)
{
	struct attempt *attempt = &outcome->attempt;
	struct attempt mended = *attempt;
	int before;
	int fd;

	fd = perf_event_open(&attempt->attr, attempt->pid, attempt->cpu, attempt->group_fd,
			     attempt->flags);
	outcome->error = fd < 0 ? errno : 0;
	if (!outcome->error) {
		close(fd);
		return;
	}
	before = count_descriptors();
	errno = KEPT;
	outcome->answer =
		perfev_explain(&attempt->attr, attempt->pid, attempt->cpu, attempt->group_fd,
			       attempt->flags, outcome->error, &outcome->why);
	outcome->kept = errno;
	outcome->opened = count_descriptors() - before;
	outcome->mended = mend(outcome->why.remedy, &mended) ? error_of(&mended) : -1;
}

/* As somebody else: in a process of its own, since there is no way back. */
static void explain_as(struct outcome *outcome, int (*become)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		outcome->could_become = become() == 0;
		if (outcome->could_become)
			explain(outcome);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail_msg("the child that asked ended with status %#x", status);
	if (!outcome->could_become)
		skip_without("become", "the test cannot become who asks");
}

static int is_expected(const struct wrong *wrong, const struct perfev_why *why)
{
	for (size_t i = 0; i < 3 && wrong->expected[i].field; i++)
		if (wrong->expected[i].cause == why->cause &&
		    strcmp(wrong->expected[i].field, why->field) == 0)
			return 1;
	return 0;
}

/* A part that fills its room was cut. */
static void check_part(const char *name, const char *part, size_t room)
{
	if (!part[0] || strlen(part) == room - 1)
		fail_msg("the %s is empty or cut: \"%s\"", name, part);
}

static void check_mend(const struct outcome *outcome)
{
	/* More is wrong than can be mended: then the evidence says what the kernel says next. */
	if (outcome->mended == -1 || strstr(outcome->why.evidence, "as asked, then "))
		return;
	if (outcome->mended)
		fail_msg("with the remedy it is still refused (%s): %s", strerror(outcome->mended),
			 outcome->why.text);
}

static void check(const struct wrong *wrong, const struct outcome *outcome)
{
	const struct perfev_why *why = &outcome->why;

	print_message("# explained: %s | %s | %s\n", wrong->title, why->field, why->text);
	print_message("# tries: %u\n", why->tries);
	if (!is_expected(wrong, why))
		fail_msg("%s of %s, wanted %s of %s: %s", perfev_cause_name(why->cause), why->field,
			 perfev_cause_name(wrong->expected[0].cause), wrong->expected[0].field,
			 why->text);
	if (wrong->says && !strstr(why->text, wrong->says))
		fail_msg("\"%s\" is not in: %s", wrong->says, why->text);
	assert_int_equal(outcome->answer, 1);
	assert_int_equal(outcome->kept, KEPT);
	assert_int_equal(outcome->opened, 0);
	assert_in_range(why->tries, 1, PERFEV_EXPLAIN_TRIES);
	assert_int_equal(why->error, outcome->error);
	check_part("reason", why->reason, sizeof(why->reason));
	check_part("evidence", why->evidence, sizeof(why->evidence));
	check_part("remedy", why->remedy, sizeof(why->remedy));
	check_mend(outcome);
}

static void close_from(int first)
{
	for (int fd = first; fd < 1024; fd++)
		close(fd);
}

/* The lowest descriptor that the test program does not use itself. */
static int first_free;

static int leave_nothing(void **state)
{
	close_from(first_free);
	return put_level_back(state);
}

static void is_explained(void **state)
{
	const struct wrong *wrong = *state;
	struct attempt attempt = wrong->attempt;
	struct outcome *outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(outcome, MAP_FAILED);
	if (wrong->make)
		wrong->make(&attempt);
	outcome->attempt = attempt;
	if (wrong->become)
		explain_as(outcome, wrong->become);
	else
		explain(outcome);
	if (!outcome->error)
		skip_without("refusal", "it is accepted here");
	check(wrong, outcome);
	munmap(outcome, sizeof(*outcome));
}

/* Explains what has no attr that could be read. */
static void explain_pointer(const struct perf_event_attr *attr)
{
	struct perfev_why why;

	assert_refused(perf_event_open((struct perf_event_attr *)(uintptr_t)attr, 0, -1, -1, 0),
		       EFAULT);
	assert_int_equal(perfev_explain(attr, 0, -1, -1, 0, EFAULT, &why), 1);
	assert_int_equal(why.cause, PERFEV_CAUSE_POINTER);
	assert_string_equal(why.field, "attr");
}

static void attr_that_cannot_be_read_is_explained(void **state)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct perf_event_attr *crossing;

	(void)state;
	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
	explain_pointer(NULL);
	explain_pointer((struct perf_event_attr *)(pages + page));
	/* Its beginning can be read, and says that there is more. */
	crossing = (struct perf_event_attr *)(pages + page - 80);
	crossing->type = PERF_TYPE_SOFTWARE;
	crossing->size = sizeof(*crossing);
	explain_pointer(crossing);
	munmap(pages, 2 * page);
}

static void what_is_accepted_now_is_said_to_be(void **state)
{
	struct attempt attempt = { DUMMY(.disabled = 1), 0, -1, -1, 0 };
	struct perfev_why why;

	(void)state;
	close(open_or_skip(&attempt.attr, "dummy"));
	assert_int_equal(perfev_explain(&attempt.attr, 0, -1, -1, 0, EBUSY, &why), 1);
	assert_int_equal(why.cause, PERFEV_CAUSE_PASSED);
	assert_int_equal(why.error, EBUSY);
}

static void another_answer_than_was_told_is_said_to_be(void **state)
{
	struct attempt attempt = { DUMMY(.sample_type = 1ULL << 62), 0, -1, -1, 0 };
	struct perfev_why why;

	(void)state;
	assert_int_equal(error_of(&attempt), EINVAL);
	assert_int_equal(perfev_explain(&attempt.attr, 0, -1, -1, 0, EBUSY, &why), 1);
	assert_int_equal(why.cause, PERFEV_CAUSE_VALUE);
	assert_non_null(strstr(why.evidence, "told was EBUSY, now it is EINVAL"));
}

static void what_did_not_fail_is_not_explained(void **state)
{
	struct attempt attempt = { DUMMY(.disabled = 1), 0, -1, -1, 0 };
	struct perfev_why why;

	(void)state;
	memset(&why, 0xff, sizeof(why));
	assert_int_equal(perfev_explain(&attempt.attr, 0, -1, -1, 0, 0, &why), 0);
	assert_int_equal(why.cause, PERFEV_CAUSE_NONE);
	assert_string_equal(why.text, "");
	assert_int_equal(perfev_explain(&attempt.attr, 0, -1, -1, 0, -1, &why), -EINVAL);
	assert_int_equal(perfev_explain(&attempt.attr, 0, -1, -1, 0, EINVAL, NULL), -EINVAL);
}

/* So much is wrong that the tries may not suffice. They end all the same, and something is said. */
static void what_is_wrong_in_every_bit_comes_to_an_end(void **state)
{
	struct attempt attempt = { DUMMY(.disabled = 1), 0, -1, -1, ~0UL };
	const __u32 types[] = { PERF_TYPE_HARDWARE, PERF_TYPE_SOFTWARE,   PERF_TYPE_TRACEPOINT,
				PERF_TYPE_HW_CACHE, PERF_TYPE_BREAKPOINT, 0x7ffffff0 };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct perfev_why why;

		memset(&attempt.attr, 0xff, sizeof(attempt.attr));
		attempt.attr.type = types[i];
		attempt.attr.config = 9;
		attempt.attr.size = PERF_ATTR_SIZE_VER5;
		assert_int_equal(error_of(&attempt), EINVAL);
		assert_in_range(perfev_explain(&attempt.attr, 0, -1, -1, ~0UL, EINVAL, &why), 0, 1);
		print_message("# tries: %u, %s\n", why.tries, why.text);
		assert_in_range(why.tries, 1, PERFEV_EXPLAIN_TRIES);
		assert_true(why.reason[0] && why.evidence[0]);
		/* A statement that was cut would be worse than none. */
		assert_in_range(strlen(why.remedy), 1, sizeof(why.remedy) - 2);
		mend(why.remedy, &attempt);
	}
}

/* With a whole word of flags at fault each by itself, all of them are found. */
static void thirty_wrong_things_are_all_in_the_remedy(void **state)
{
	struct attempt attempt = {
		DUMMY(.sample_regs_user = 0xffffffff00000001, .sample_type = PERF_SAMPLE_REGS_USER),
		0, -1, -1, 0
	};
	struct perfev_why why;
	int error = error_of(&attempt);

	(void)state;
	if (!error)
		skip_without("refusal", "all these registers are there");
	assert_int_equal(perfev_explain(&attempt.attr, 0, -1, -1, 0, error, &why), 1);
	print_message("# tries: %u, %s\n", why.tries, why.text);
	assert_true(mend(why.remedy, &attempt) > 0);
	assert_int_equal(error_of(&attempt), 0);
}

static unsigned int add_table(struct CMUnitTest *tests, unsigned int count,
			      const struct wrong *table)
{
	for (; table->title; table++) {
		assert_true(count < MOST_TESTS);
		tests[count].name = table->title;
		tests[count].test_func = is_explained;
		tests[count].teardown_func = leave_nothing;
		tests[count].initial_state = (void *)(uintptr_t)table;
		count++;
	}
	return count;
}

int main(void)
{
	static struct CMUnitTest tests[MOST_TESTS] = {
		cmocka_unit_test(attr_that_cannot_be_read_is_explained),
		cmocka_unit_test(what_is_accepted_now_is_said_to_be),
		cmocka_unit_test(another_answer_than_was_told_is_said_to_be),
		cmocka_unit_test(what_did_not_fail_is_not_explained),
		cmocka_unit_test(what_is_wrong_in_every_bit_comes_to_an_end),
		cmocka_unit_test(thirty_wrong_things_are_all_in_the_remedy),
	};
	unsigned int count = 6;

	while (fcntl(first_free, F_GETFD) >= 0)
		first_free++;
	count = add_table(tests, count, wrong_values);
	count = add_table(tests, count, wrong_calls);
	count = add_table(tests, count, wrong_events);
	count = add_table(tests, count, wrong_groups);
	count = add_table(tests, count, wrong_rights);
	/* The rest of the array has no tests, which cmocka passes over. */
	return cmocka_run_group_tests_name("explanations of requests", tests, remember_level,
					   put_level_back);
}
