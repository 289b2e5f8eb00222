/* SPDX-License-Identifier: MIT */
/*
 * perfev/ring.h: the rings that the kernel writes records into: read in place, one by one or as
 * bytes, with all that is missing counted; and samplers, which open events on whole processes and
 * machines, map their rings and hand out all records in the order of time. See perfev_ring(3).
 *
 * A ring has one reader, and so has a sampler: each is used by one thread at a time. Nothing here
 * may be called from a signal handler. What is lent lives until the next call that reads.
 */
#ifndef PERFEV_RING_H
#define PERFEV_RING_H

#include <stddef.h>
#include <sys/types.h>

#include <perfev/abi.h>
#include <perfev/explain.h>
#include <perfev/event.h>
#include <perfev/count.h>
#include <perfev/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is missing, in one place. All of it counts from the opening on. */
struct perfev_losses {
	__u64 lost;         /* records that found no room, as PERF_RECORD_LOST said */
	__u64 counted;      /* likewise, as the events count them: PERF_FORMAT_LOST (Linux 6.0) */
	__u64 lost_samples; /* samples that hardware lost: PERF_RECORD_LOST_SAMPLES */
	__u64 throttled;    /* how often an event was stopped for sampling too fast */
	__u64 unthrottled;  /* and went on */
	__u64 overruns;     /* how often the ring was written over before it was read */
	__u64 overrun_bytes;
	__u64 torn; /* how often no records could be told in what was there */
	__u64 torn_bytes;
	__u64 late;          /* records handed out behind one with a later time */
	__u64 aux_truncated; /* pieces of a trace that end where the AUX area was full */
	__u64 aux_partial;   /* that have gaps inside, as PERF_AUX_FLAG_PARTIAL says */
	__u64 aux_collided;  /* in which samples of others are mixed: PERF_AUX_FLAG_COLLISION */
	__u64 aux_gaps;      /* how often a piece did not begin where the one before it ended */
	__u64 aux_gap_bytes;
};

/*
 * Returns how many records are missing: those that found no room, by whichever source knows of
 * more, and those that hardware lost. What was torn or written over is in bytes, and not in it.
 */
__u64 perfev_losses_records(const struct perfev_losses *losses);

/* Adds one to a sum. */
void perfev_losses_add(struct perfev_losses *sum, const struct perfev_losses *losses);

/*
 * Adds to counted what an event says by itself: one read(2) of fd, whose attribute has this
 * read_format. Records of the ring say the same later, so the two are not added up: where
 * perfev_ring_losses() filled *losses, call it once for each event that writes to the ring; once
 * for a group that is read by its leader (PERF_FORMAT_GROUP). perfev_sampler_losses() has done it.
 * Returns 0, without PERF_FORMAT_LOST having added nothing, or a negative errno of read(2).
 */
int perfev_losses_count(struct perfev_losses *losses, int fd, __u64 read_format);

/* Flags of perfev_ring_open() and perfev_ring_open_memory(). */
#define PERFEV_RING_OVERWRITE                                                                      \
	1U /* the kernel writes over the oldest: it is mapped to be read only */
#define PERFEV_RING_BACKWARD 2U /* of an event with write_backward: overwritten from its end on */
#define PERFEV_RING_SHRINK 4U   /* where locked memory does not suffice, half and half again */

/* A ring of records. */
struct perfev_ring;

/*
 * Maps the ring of an event: pages for records, a power of two, besides the one that says where
 * they are. The event stays the caller's, and must live as long as the ring.
 * Returns 0, or a negative errno with *out NULL, and why in words in *why, which may be NULL:
 *   -EINVAL  pages is no power of two, or flags are unknown, or as mmap(2)
 *   -EPERM   more locked memory than the caller may have
 *   -ENOMEM
 */
int perfev_ring_open(struct perfev_ring **out, int fd, unsigned int pages, unsigned int flags,
		     struct perfev_why *why);

/*
 * Likewise, of memory that is laid out as a ring: a struct perf_event_mmap_page, and records where
 * its data_offset and data_size say (0: behind the first page of this machine). bytes is all of it.
 * The memory stays the caller's, and must live as long as the ring.
 * Returns 0, or a negative errno: -EINVAL when the records' room is no power of two, or is not
 * inside, or flags are unknown; -ENOMEM.
 */
int perfev_ring_open_memory(struct perfev_ring **out, void *memory, size_t bytes,
			    unsigned int flags, struct perfev_why *why);

/*
 * Reads the next record, in place: it is lent until the next call for this ring. *record must be
 * PERFEV_RECORD_INIT or have been read into before. The kernel gets the room back by and by, and
 * when the ring is found empty.
 * Returns 1, 0 when there is none, or a negative errno; the next call then goes on behind it:
 *   -EBADMSG    no record can be told in what is there, or this one is not well formed; counted
 *   -EOVERFLOW  the ring was written over since it was last read; counted
 */
int perfev_ring_next(struct perfev_ring *ring, struct perfev_record *record,
		     const struct perfev_layout *layout);

/*
 * Lends the next record's bytes, in one piece, undecoded: for choosing a layout by
 * perfev_record_id(). Returns 1 with *bytes and *size set, or as perfev_ring_next().
 */
int perfev_ring_next_raw(struct perfev_ring *ring, const void **bytes, size_t *size);

/* Bytes of a ring or area, in at most two pieces: the second is empty unless it crosses the end. */
struct perfev_span {
	const void *first;
	size_t first_bytes;
	const void *second;
	size_t second_bytes;
};

/*
 * Lends all whole records that are there, as bytes, and counts what they say is missing: for
 * copying them elsewhere. They are as good as read with the next call.
 * Returns 1 with *out filled, or as perfev_ring_next().
 */
int perfev_ring_next_bytes(struct perfev_ring *ring, struct perfev_span *out);

/* Gives all that was read, and what is lent now, back to the kernel at once. */
void perfev_ring_release(struct perfev_ring *ring);

/*
 * Stops records from being written into the ring, and lets an overwritten one be read: it has
 * records only while it is paused. A backward ring gives the newest record first, and ends where
 * the oldest is half overwritten or where the last pause began. Resumed, nothing that was lent may
 * be used. Returns 0, or a negative errno of PERF_EVENT_IOC_PAUSE_OUTPUT.
 */
int perfev_ring_pause(struct perfev_ring *ring);
int perfev_ring_resume(struct perfev_ring *ring);

/*
 * Says what is missing of what was read so far; counted stays 0, since that is the events':
 * perfev_losses_count() adds it.
 */
void perfev_ring_losses(const struct perfev_ring *ring, struct perfev_losses *out);

/* Gives up what lies under it: the file descriptor (-1: memory), and the mapped page. */
int perfev_ring_fd(const struct perfev_ring *ring);
struct perf_event_mmap_page *perfev_ring_page(const struct perfev_ring *ring);

/* Returns how many bytes it has for records; fewer than asked for where it had to shrink. */
size_t perfev_ring_bytes(const struct perfev_ring *ring);

/* Returns how many bytes of records wait in it now. */
size_t perfev_ring_filled(const struct perfev_ring *ring);

/* Unmaps it, what was read given back. NULL is fine. */
void perfev_ring_close(struct perfev_ring *ring);

/* How large a ring should be, and what that comes from. */
struct perfev_ring_advice {
	unsigned int pages;   /* of this machine */
	__u64 bytes;          /* what pages are made of: the room that must not be exceeded */
	__u64 record_bytes;   /* of the largest record */
	__u64 records_per_ms; /* that are written at worst */
};

/*
 * Advises a ring for so many events with this attribute, each sampled frequency_hz times a second
 * (where attr has a period: how often that comes about), whose reader comes round within
 * latency_ms (0: 100). attr says what is in a sample. The ring is full no sooner than that.
 * Returns 0, or -EINVAL when attr or out is NULL, or frequency_hz or events is 0; -E2BIG when no
 * ring is large enough.
 */
int perfev_ring_advise(const struct perf_event_attr *attr, __u64 frequency_hz, unsigned int events,
		       unsigned int latency_ms, struct perfev_ring_advice *out);

/* Flags of perfev_aux_open(). */
#define PERFEV_AUX_SNAPSHOT 1U /* the PMU writes over the oldest: it is mapped to be read only */

/* An AUX area: bytes that a PMU writes by itself, and records in a ring that say which. */
struct perfev_aux;

/*
 * Maps the AUX area of an event that has that ring: so many pages, a power of two. The ring must
 * live longer. Returns 0, or a negative errno with *out NULL, and why in words:
 *   -EINVAL      pages is no power of two, the ring is of memory or written over, flags are
 *                unknown, or as mmap(2)
 *   -EOPNOTSUPP  the event's PMU writes no trace
 *   -EPERM       more locked memory than the caller may have
 *   -ENOMEM
 */
int perfev_aux_open(struct perfev_aux **out, struct perfev_ring *ring, unsigned int pages,
		    unsigned int flags, struct perfev_why *why);

/* Likewise, of memory: bytes of it, a power of two, for a ring of memory. */
int perfev_aux_open_memory(struct perfev_aux **out, struct perfev_ring *ring, void *memory,
			   size_t bytes, unsigned int flags, struct perfev_why *why);

/* A piece of a trace. */
struct perfev_aux_piece {
	struct perfev_span span;
	__u64 offset; /* of its first byte in all of the trace */
	__u64 size;
	__u64 flags; /* PERF_AUX_FLAG_* */
	__u64 gap;   /* bytes between it and the piece before that no record told of, or are gone */
};

/*
 * Finds the bytes that a PERF_RECORD_AUX tells of; they are lent until perfev_aux_release(). For
 * every one of them, in their order: that is how gaps are found, and counted.
 * Returns 1 with *out filled, 0 when the record tells of no bytes, or a negative errno:
 *   -EINVAL     the area is a snapshot: perfev_aux_snapshot() has its bytes
 *   -EBADMSG    it tells of bytes that were not written: counted as torn
 *   -EOVERFLOW  all of them are written over: counted as a gap
 */
int perfev_aux_get(struct perfev_aux *aux, const struct perfev_record_aux *record,
		   struct perfev_aux_piece *out);

/*
 * Gives all bytes before that offset of the trace back to the PMU: a piece's offset + size.
 * The offset runs on where the area wraps. Of one that is behind or not written, nothing is done.
 */
void perfev_aux_release(struct perfev_aux *aux, __u64 offset);

/*
 * Lends what a snapshot holds, the oldest byte first. The event must be disabled, or paused.
 * Returns 1 with *out filled, 0 when nothing was written, or -EINVAL when it is no snapshot.
 */
int perfev_aux_snapshot(struct perfev_aux *aux, struct perfev_aux_piece *out);

/* Says what is missing: the fields whose names begin with aux_, and what was torn. */
void perfev_aux_losses(const struct perfev_aux *aux, struct perfev_losses *out);

/* Gives up what lies under it: the bytes, and how many there are. */
const void *perfev_aux_area(const struct perfev_aux *aux, size_t *bytes);

/* Unmaps it. NULL is fine. */
void perfev_aux_close(struct perfev_aux *aux);

/*
 * What is sampled, and how; all zero is the default. Without period and frequency_hz, the event's
 * text decides (cycles/period=1000/), and where it does not, it is 4,000 Hz; software events that
 * are no clocks, tracepoints, probes and breakpoints are sampled each time instead.
 */
struct perfev_sample_options {
	size_t size;         /* sizeof(struct perfev_sample_options) */
	__u64 period;        /* a sample every so many events */
	__u64 frequency_hz;  /* or so many a second */
	__u64 sample_type;   /* PERF_SAMPLE_*, besides IP, TID, TIME, CPU and PERIOD */
	__u64 branch_type;   /* PERF_SAMPLE_BRANCH_*: sample branch stacks */
	__u64 regs_user;     /* registers of user space, bits by PERF_REG_* */
	__u64 regs_intr;     /* registers at the interrupt */
	__u32 stack_bytes;   /* of the user stack, a multiple of 8; useful are 65,312 at most */
	__u32 max_stack;     /* frames of a callchain; 0: kernel.perf_event_max_stack */
	__u32 pages;         /* of each ring, a power of two; 0: 512 KiB */
	__u32 wakeup_bytes;  /* wake when so much is there; 0: a quarter of the ring */
	__u32 wakeup_events; /* or so many samples, when not 0 */
	__s32 clockid;       /* CLOCK_*, with use_clockid */
	unsigned int use_clockid : 1;
	unsigned int callchain : 1;
	unsigned int no_callchain_user : 1; /* none of user space, where stack_bytes tell */
	unsigned int defer_callchain : 1;   /* that of user space later, on the way there (6.19) */
	unsigned int overwrite : 1;         /* keep the newest: read while paused, newest first */
	unsigned int unordered : 1;         /* hand out ring by ring, at once */
	unsigned int stopped : 1;           /* wait for perfev_sampler_start() */
	unsigned int inherit : 1;           /* follow what a thread starts; implied for processes */
	unsigned int comm : 1;              /* names of threads, and exec */
	unsigned int mmap : 1;              /* mappings of code: MMAP2 */
	unsigned int mmap_data : 1;         /* and of data */
	unsigned int build_id : 1;          /* build-ids in MMAP2 (Linux 5.12) */
	unsigned int task : 1;              /* threads that begin and end */
	unsigned int context_switch : 1;    /* (Linux 4.3) */
	unsigned int namespaces : 1;        /* (Linux 4.12) */
	unsigned int cgroup : 1;            /* (Linux 5.7) */
	unsigned int ksymbol : 1;           /* (Linux 5.1) */
	unsigned int bpf_event : 1;         /* (Linux 5.1) */
	unsigned int text_poke : 1;         /* (Linux 5.9) */
	unsigned int pinned : 1;
	unsigned int exclusive : 1;
	unsigned int no_kernel_fallback : 1;      /* fail where the kernel may not be sampled */
	unsigned int no_shrink : 1;               /* fail where locked memory does not suffice */
	const struct perfev_event_options *names; /* how event names are read, or NULL */
};

/* Events on every thread, CPU and cgroup of some targets, with their rings. */
struct perfev_sampler;

/*
 * Opens the events of a text on a target, maps rings for them, and starts. options may be NULL.
 * Returns 0, or a negative errno with *out NULL, and why in words in *why, which may be NULL: of
 * perfev_events_parse(), perf_event_open(2) and perfev_ring_open(), and
 *   -E2BIG   options from a newer caller
 *   -EMFILE  too few file descriptors: the remedy says how many it takes
 *   -ENODEV  the events are of other CPUs than the target
 *   -ESRCH   the target has ended
 *   -ENOMEM
 */
int perfev_sampler_open(struct perfev_sampler **out, const char *events,
			struct perfev_target target, const struct perfev_sample_options *options,
			struct perfev_why *why);

/* Likewise, from events already read, which must live as long, on several targets. */
int perfev_sampler_open_events(struct perfev_sampler **out, const struct perfev_events *events,
			       const struct perfev_target *targets, unsigned int target_count,
			       const struct perfev_sample_options *options, struct perfev_why *why);

/*
 * Gives the next record of all rings, in the order of time; it waits for one up to timeout_ms (0:
 * not at all, -1: as long as it takes). The record is lent until the next call. *record must be
 * PERFEV_RECORD_INIT, or have been read into before.
 * Returns 1, 0 when there is none, or a negative errno, after which the next call goes on: -EINTR
 * (a signal came while it waited), or of perfev_ring_next(). perfev_sampler_ended() tells whether 0
 * is the end or the time.
 */
int perfev_sampler_next(struct perfev_sampler *sampler, struct perfev_record *record,
			int timeout_ms);

/*
 * Waits likewise until a ring has bytes, and takes none: for those who read rings themselves.
 * Returns 1, 0 when the time is over or the targets have ended, or a negative errno: -EINTR.
 */
int perfev_sampler_wait(struct perfev_sampler *sampler, int timeout_ms);

/* Returns 1 when all targets have ended and nothing is left in the rings, else 0. */
int perfev_sampler_ended(const struct perfev_sampler *sampler);

/* Starts and stops all events. Returns 0, or the first error. */
int perfev_sampler_start(struct perfev_sampler *sampler);
int perfev_sampler_stop(struct perfev_sampler *sampler);

/* Pauses and resumes all rings, as perfev_ring_pause(). Returns 0, or the first error. */
int perfev_sampler_pause(struct perfev_sampler *sampler);
int perfev_sampler_resume(struct perfev_sampler *sampler);

/* Says what is missing, in all rings and by all events. Returns 0, or a negative errno. */
int perfev_sampler_losses(const struct perfev_sampler *sampler, struct perfev_losses *out);

/* Returns a file descriptor that is readable when perfev_sampler_next() should be called. */
int perfev_sampler_poll_fd(const struct perfev_sampler *sampler);

/* Returns how many kernel events there are in each place. */
unsigned int perfev_sampler_event_count(const struct perfev_sampler *sampler);

/* Lends an event, its attribute and layout as it was opened; NULL past the last. */
const struct perfev_event *perfev_sampler_event(const struct perfev_sampler *sampler,
						unsigned int event);
const struct perf_event_attr *perfev_sampler_attr(const struct perfev_sampler *sampler,
						  unsigned int event);
const struct perfev_layout *perfev_sampler_layout(const struct perfev_sampler *sampler,
						  unsigned int event);

/* Returns how many places there are: a thread, a CPU, or a thread on a CPU. */
unsigned int perfev_sampler_instance_count(const struct perfev_sampler *sampler);

/* Lends one, or NULL past the last. */
const struct perfev_instance *perfev_sampler_instance(const struct perfev_sampler *sampler,
						      unsigned int instance);

/* Returns the file descriptor of an event in one place, or -1, and its id, or 0. */
int perfev_sampler_fd(const struct perfev_sampler *sampler, unsigned int event,
		      unsigned int instance);
__u64 perfev_sampler_id(const struct perfev_sampler *sampler, unsigned int event,
			unsigned int instance);

/*
 * Finds what an id stands for, as record.id has it. event and instance may be NULL.
 * Returns 1 with them set, or 0 for an id that is none of the sampler's.
 */
int perfev_sampler_find(const struct perfev_sampler *sampler, __u64 id, unsigned int *event,
			unsigned int *instance);

/* Returns how many rings there are: one for each CPU, or for each thread. */
unsigned int perfev_sampler_ring_count(const struct perfev_sampler *sampler);

/* Lends one, for reading its bytes instead of perfev_sampler_next(); NULL past the last. */
struct perfev_ring *perfev_sampler_ring(const struct perfev_sampler *sampler, unsigned int ring);

/* Lends the place of the event that a ring belongs to; of several threads', the first. */
const struct perfev_instance *perfev_sampler_ring_instance(const struct perfev_sampler *sampler,
							   unsigned int ring);

/* Lends why the rings are smaller than asked for, or NULL where they are not. */
const struct perfev_why *perfev_sampler_shrunk(const struct perfev_sampler *sampler);

/* Returns how many threads may not be sampled, as perfev_counters_missed(). */
unsigned int perfev_sampler_missed(const struct perfev_sampler *sampler);

/* Closes it. NULL is fine. */
void perfev_sampler_close(struct perfev_sampler *sampler);

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_RING_H */
