/* SPDX-License-Identifier: MIT */
/*
 * Vendors' events by libpfm. libpfm has a struct perf_event_attr of its own, in a header that
 * cannot stand beside perfev/abi.h; both are the kernel's, so its argument is declared here and its
 * header left out. What it writes goes into more room than any kernel's struct takes, and only what
 * names an event is taken from there.
 */
#include <perfev/pfm.h>

#include <errno.h>
#include <perfmon/pfmlib.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* libpfm's pfm_perf_encode_arg_t, which is its ABI. */
struct encode_argument {
	struct perf_event_attr *attr;
	char **text;
	size_t size;
	int event; /* libpfm's number of it */
	int cpu;
	int flags;
	int padding;
};

/* libpfm's tables take no lock where they are filled, as the one of tracepoints is when used. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int there; /* libpfm is set up */

static void set_up(void)
{
	there = pfm_initialize() == PFM_SUCCESS;
}

static int begin(void)
{
	pthread_once(&once, set_up);
	if (there)
		pthread_mutex_lock(&lock);
	return there;
}

static void end(void)
{
	pthread_mutex_unlock(&lock);
}

/* Whether a PMU is on this machine. The kernel's own events, which libpfm has too, are left out. */
static int get_pmu(int number, pfm_pmu_info_t *pmu)
{
	memset(pmu, 0, sizeof(*pmu));
	pmu->size = sizeof(*pmu);
	return pfm_get_pmu_info((pfm_pmu_t)number, pmu) == PFM_SUCCESS && pmu->is_present &&
	       pmu->type != PFM_PMU_TYPE_OS_GENERIC;
}

static int get_event(int number, pfm_event_info_t *event)
{
	memset(event, 0, sizeof(*event));
	event->size = sizeof(*event);
	return pfm_get_event_info(number, PFM_OS_PERF_EVENT, event) == PFM_SUCCESS;
}

static int encode(const char *name, struct perf_event_attr *attr)
{
	union {
		struct perf_event_attr attr;
		char room[1024]; /* a newer libpfm knows a longer struct */
	} found;
	struct encode_argument argument = { .attr = &found.attr, .size = sizeof(argument) };
	pfm_event_info_t event;
	pfm_pmu_info_t pmu;

	memset(&found, 0, sizeof(found));
	found.attr.size = sizeof(found.attr);
	switch (pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3 | PFM_PLMH, PFM_OS_PERF_EVENT,
					  &argument)) {
	case PFM_SUCCESS:
		break;
	case PFM_ERR_NOTFOUND:
		return 0;
	case PFM_ERR_NOTSUPP:
		return -ENOENT;
	case PFM_ERR_NOMEM:
		return -ENOMEM;
	default:
		return -EINVAL;
	}
	if (!get_event(argument.event, &event) || !get_pmu((int)event.pmu, &pmu))
		return 0;
	attr->type = found.attr.type;
	attr->config = found.attr.config;
	attr->config1 = found.attr.config1;
	attr->config2 = found.attr.config2;
	attr->precise_ip = found.attr.precise_ip;
	attr->exclude_user |= found.attr.exclude_user;
	attr->exclude_kernel |= found.attr.exclude_kernel;
	attr->exclude_hv |= found.attr.exclude_hv;
	return 1;
}

int perfev_pfm_encode(const char *name, size_t length, struct perf_event_attr *attr)
{
	char copy[sizeof(((struct perfev_pfm_item *)NULL)->name)];
	int result;

	/* A comma ends an event for libpfm, which would read no more. */
	if (!length || length >= sizeof(copy) || memchr(name, ',', length))
		return 0;
	memcpy(copy, name, length);
	copy[length] = '\0';
	if (!begin())
		return 0;
	result = encode(copy, attr);
	end();
	return result;
}

/* More than there are: a newer libpfm has more than the header that this was built with. */
#define MOST_PMUS 4096

/* Where a listing is. All zero is before the first. */
enum {
	AT_PMU,
	AT_EVENT,
	AT_MASK
};

/* Steps to the next event of the PMUs that are here, and fills the item with it. */
static int next_event(struct perfev_pfm_item *item, pfm_event_info_t *event)
{
	int *at = item->position;
	pfm_pmu_info_t pmu;

	for (; at[AT_PMU] < MOST_PMUS; at[AT_PMU]++, at[AT_EVENT] = 0) {
		if (!get_pmu(at[AT_PMU], &pmu))
			continue;
		/* The position is one behind the number, so that 0 is before the first. */
		at[AT_EVENT] = at[AT_EVENT] ? pfm_get_event_next(at[AT_EVENT] - 1) + 1 :
					      pmu.first_event + 1;
		if (at[AT_EVENT] > 0 && get_event(at[AT_EVENT] - 1, event)) {
			at[AT_MASK] = 0;
			item->pmu = pmu.name;
			item->pmu_description = pmu.desc;
			return 1;
		}
	}
	return 0;
}

static int get_mask(const pfm_event_info_t *event, int number, pfm_event_attr_info_t *mask)
{
	memset(mask, 0, sizeof(*mask));
	mask->size = sizeof(*mask);
	return pfm_get_event_attr_info(event->idx, number, PFM_OS_PERF_EVENT, mask) ==
		       PFM_SUCCESS &&
	       mask->type == PFM_ATTR_UMASK;
}

static unsigned int count_masks(const pfm_event_info_t *event)
{
	pfm_event_attr_info_t mask;
	unsigned int count = 0;

	for (int i = 0; i < event->nattrs; i++)
		count += (unsigned int)get_mask(event, i, &mask);
	return count;
}

static int next(struct perfev_pfm_item *item)
{
	pfm_event_attr_info_t mask;
	pfm_event_info_t event;

	item->mask = "";
	if (item->position[AT_EVENT] && get_event(item->position[AT_EVENT] - 1, &event)) {
		while (item->position[AT_MASK] < event.nattrs) {
			if (!get_mask(&event, item->position[AT_MASK]++, &mask))
				continue;
			item->mask = mask.name;
			item->description = mask.desc ? mask.desc : "";
			return 1;
		}
	}
	if (!next_event(item, &event))
		return 0;
	item->event = event.name;
	item->description = event.desc ? event.desc : "";
	item->masks = count_masks(&event);
	return 1;
}

int perfev_pfm_next(struct perfev_pfm_item *item)
{
	int result;

	if (!begin())
		return 0;
	result = next(item);
	end();
	if (result)
		snprintf(item->name, sizeof(item->name), "%s::%s%s%s", item->pmu, item->event,
			 item->mask[0] ? ":" : "", item->mask);
	return result;
}
