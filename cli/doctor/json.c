/* SPDX-License-Identifier: MIT */
/*
 * The result of perfev doctor as one JSON object, by json-c. Keys are never left out: what is not
 * known, or has no value, is null.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "../utf8.h"

/* Adds a member and hands it over. A NULL that json-c gave for lack of memory is caught here. */
static int add(struct json_object *to, const char *key, struct json_object *value)
{
	if (!value)
		return -ENOMEM;
	return json_object_object_add(to, key, value) < 0 ? -ENOMEM : 0;
}

static int add_null(struct json_object *to, const char *key)
{
	return json_object_object_add(to, key, NULL) < 0 ? -ENOMEM : 0;
}

/* "" and NULL are no text. */
static int add_text(struct json_object *to, const char *key, const char *text)
{
	char *mended;
	int bad;

	if (!text || !*text)
		return add_null(to, key);
	mended = utf8_mended(text);
	bad = mended ? add(to, key, json_object_new_string(mended)) : -ENOMEM;
	free(mended);
	return bad;
}

static int add_number(struct json_object *to, const char *key, __u64 value)
{
	return add(to, key, json_object_new_uint64(value));
}

static int add_setting(struct json_object *to, const char *key, long value)
{
	return value == DOCTOR_UNKNOWN ? add_null(to, key) :
					 add(to, key, json_object_new_int64(value));
}

static int add_flag(struct json_object *to, const char *key, int value)
{
	return add(to, key, json_object_new_boolean(value));
}

/* Words with a space between them, as a list. */
static int add_words(struct json_object *to, const char *key, const char *words)
{
	struct json_object *list = json_object_new_array();
	int bad = add(to, key, list);

	while (*words && !bad) {
		const size_t length = strcspn(words, " ");

		if (json_object_array_add(list, json_object_new_string_len(words, (int)length)) < 0)
			bad = -ENOMEM;
		words += length;
		words += strspn(words, " ");
	}
	return bad;
}

static int add_machine(struct json_object *to, const struct doctor *doctor)
{
	const struct doctor_machine *machine = &doctor->machine;
	struct json_object *one = json_object_new_object();
	int bad = add(to, "kernel", one);

	if (bad)
		return bad;
	bad |= add_text(one, "release", machine->release);
	bad |= add_text(one, "architecture", machine->architecture);
	bad |= add_text(one, "lockdown", machine->lockdown);
	one = json_object_new_object();
	if (bad || (bad = add(to, "machine", one)))
		return bad;
	bad |= add_text(one, "processor", machine->processor);
	bad |= add_setting(one, "cpus", machine->cpus);
	bad |= machine->is_hypervisor_known ?
		       add_flag(one, "is_guest", *machine->hypervisor != '\0') :
		       add_null(one, "is_guest");
	bad |= add_text(one, "hypervisor", machine->hypervisor);
	bad |= add_text(one, "container", machine->container);
	one = json_object_new_object();
	if (bad || (bad = add(to, "user", one)))
		return bad;
	bad |= add_text(one, "name", machine->user);
	bad |= add_number(one, "uid", machine->uid);
	bad |= add_flag(one, "has_perfmon", machine->may_all);
	bad |= add_flag(one, "in_user_namespace", machine->has_own_users);
	return bad;
}

static int add_works(struct json_object *to, const struct doctor *doctor)
{
	struct json_object *one = json_object_new_object();
	int bad = add(to, "works", one);

	if (bad)
		return bad;
	bad |= add_flag(one, "counting", doctor->counts);
	bad |= add_flag(one, "sampling", doctor->samples);
	bad |= add_flag(one, "hardware_counting", doctor->counts_hardware);
	bad |= add_flag(one, "hardware_sampling", doctor->samples_hardware);
	return bad;
}

static int add_check(struct json_object *list, const struct doctor_check *check)
{
	struct json_object *one = json_object_new_object();
	int bad = 0;

	if (!one || json_object_array_add(list, one) < 0) {
		json_object_put(one);
		return -ENOMEM;
	}
	bad |= add_text(one, "name", check->name);
	bad |= add_text(one, "state", doctor_state_name(check->state));
	bad |= add_text(one, "found", check->found);
	bad |= add_text(one, "cause", check->cause ? perfev_cause_name(check->cause) : NULL);
	bad |= add_text(one, "reason", check->reason);
	bad |= add_text(one, "evidence", check->evidence);
	bad |= add_text(one, "remedy", check->remedy);
	return bad;
}

static int add_pmu(struct json_object *list, const struct doctor_pmu *pmu)
{
	struct json_object *one = json_object_new_object();
	int bad = 0;

	if (!one || json_object_array_add(list, one) < 0) {
		json_object_put(one);
		return -ENOMEM;
	}
	bad |= add_text(one, "name", pmu->name);
	bad |= add_number(one, "type", pmu->type);
	bad |= add_text(one, "cpus", pmu->cpus);
	bad |= add_number(one, "events", pmu->events);
	bad |= add_words(one, "terms", pmu->formats);
	return bad;
}

static int add_lists(struct json_object *to, const struct doctor *doctor)
{
	struct json_object *list = json_object_new_array();
	int bad = add(to, "checks", list);

	for (unsigned int i = 0; i < doctor->check_count && !bad; i++)
		bad = add_check(list, &doctor->checks[i]);
	if (bad)
		return bad;
	list = json_object_new_array();
	bad = add(to, "pmus", list);
	for (unsigned int i = 0; i < doctor->pmu_count && !bad; i++)
		bad = add_pmu(list, &doctor->pmus[i]);
	return bad;
}

static int add_limits(struct json_object *to, const struct doctor *doctor)
{
	const struct doctor_machine *machine = &doctor->machine;
	struct json_object *one = json_object_new_object();
	int bad = add(to, "limits", one);

	if (bad)
		return bad;
	bad |= add_setting(one, "perf_event_paranoid", machine->paranoid);
	bad |= add_setting(one, "perf_event_max_sample_rate", machine->sample_rate);
	bad |= add_setting(one, "perf_cpu_time_max_percent", machine->cpu_percent);
	bad |= add_setting(one, "perf_event_mlock_kb", machine->mlock_kb);
	bad |= add_setting(one, "perf_event_max_stack", machine->max_stack);
	bad |= add_setting(one, "kptr_restrict", machine->kptr_restrict);
	bad |= add_setting(one, "nmi_watchdog", machine->watchdog);
	bad |= add_number(one, "open_files", machine->files);
	bad |= add_number(one, "open_files_hard", machine->files_hard);
	bad |= add_number(one, "locked_bytes", machine->locked);
	bad |= add_number(one, "ring_bytes",
			  doctor->features.ring_pages * (__u64)sysconf(_SC_PAGESIZE));
	return bad;
}

/* What is lacking; null where it could not be tried. */
static int add_lacking(struct json_object *to, const struct doctor *doctor)
{
	const struct perfev_features *features = &doctor->features;
	struct json_object *one;
	char text[2048];
	int bad;

	if (!doctor->is_reachable)
		return add_null(to, "not_taken");
	one = json_object_new_object();
	bad = add(to, "not_taken", one);
	if (bad)
		return bad;
	doctor_lacking_fields(doctor, text, sizeof(text));
	bad |= add_words(one, "fields", text);
	doctor_lacking_bits(PERFEV_SET_SAMPLE_TYPE, features->sample_type, text, sizeof(text));
	bad |= add_words(one, "sample_type", text);
	doctor_lacking_bits(PERFEV_SET_READ_FORMAT, features->read_format, text, sizeof(text));
	bad |= add_words(one, "read_format", text);
	return bad;
}

int doctor_print_json(const struct doctor *doctor, FILE *to)
{
	const int style =
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
	struct json_object *object = json_object_new_object();
	const char *text = NULL;
	int bad = 0, error = 0;

	if (!object)
		return -ENOMEM;
	bad |= add_text(object, "verdict", doctor_verdict(doctor));
	bad |= add_works(object, doctor);
	bad |= add_machine(object, doctor);
	bad |= add_lists(object, doctor);
	bad |= add_limits(object, doctor);
	bad |= add_lacking(object, doctor);
	if (!bad)
		text = json_object_to_json_string_ext(object, style);
	if (!text)
		error = -ENOMEM;
	else if (fprintf(to, "%s\n", text) < 0)
		error = -errno;
	json_object_put(object);
	return error;
}
