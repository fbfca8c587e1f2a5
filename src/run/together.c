/* Setup and teardown that one shard performs for all of a fleet: handed over, waited for. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/units.h"
#include "program/handover.h"
#include "run/fleet.h"
#include "run/user.h"
#include "run/watch.h"

#define LOOK_EVERY (20 * NS_PER_MS)  /* whether it is there: so much apart the shards begin */
#define ASK_EVERY  (200 * NS_PER_MS) /* whether another lives */
#define NAMED_MOST 8u

static const struct run_fleet *fleet_of(const struct watch *w)
{
	return &w->run->plan.settings.fleet;
}

static bool is_first(const struct watch *w)
{
	return w->run->plan.shard == 1;
}

static bool is_once(const struct run *run, enum around part)
{
	const struct program *program = run->plan.program;

	return run->fleet && program->around[part] != PC_NONE &&
	       program->model->once_for_fleet[part];
}

bool watch_performs(const struct watch *w, enum around part)
{
	if (w->run->plan.program->around[part] == PC_NONE)
		return false;
	return is_first(w) || !is_once(w->run, part);
}

__attribute__((format(printf, 2, 3))) static void fail(struct watch *w, const char *format, ...)
{
	struct run *run = w->run;
	va_list args;

	va_start(args, format);
	vsnprintf(run->fleet_why, sizeof run->fleet_why, format, args);
	va_end(args);
	log_error("%s", run->fleet_why);
	run->shared.setup_failed = true;
}

/* ---- the first shard */

static void hand_over(struct watch *w)
{
	const struct run_shared *shared = &w->run->shared;
	const struct run_fleet *fleet = fleet_of(w);
	bool known = shared->setup_class != FAILURE_CLASS_COUNT;
	struct handover h = {.version = fleet->version,
			     .scenario = fleet->scenario,
			     .failed = shared->setup_failed,
			     .failure = str_of(known ? failure_name(shared->setup_class) : "")};
	struct buf text;

	buf_init(&text, 0);
	handover_put(&text, &h, w->run->plan.program, shared->first);
	if (!fleet_hand_over(w->run->fleet, buf_str(&text)))
		fail(w, "%s cannot be written: %s", fleet_file(w->run->fleet), strerror(errno));
	else if (!h.failed)
		log_info("setup was performed here, for all %u shards", w->run->plan.shards);
	buf_release(&text);
}

/* ---- the others */

static void take_values(struct watch *w, struct str text)
{
	struct run_shared *shared = &w->run->shared;
	const struct program *program = w->run->plan.program;
	const struct run_fleet *fleet = fleet_of(w);
	struct handover h = {.version = fleet->version, .scenario = fleet->scenario};
	struct arena a;
	struct value *slots;
	struct buf error;

	arena_init(&a, 0);
	buf_init(&error, 0);
	slots = ARENA_ARRAY(&a, program->slot_count + 1, struct value);
	for (uint32_t i = 0; i < program->slot_count; i++)
		slots[i] = program->slot_first[i];
	if (!handover_take(&a, text, program, &h, slots, &error)) {
		fail(w, "what shard 1 hands over cannot be used: %.*s (%s)",
		     STR_ARG(buf_str(&error)), fleet_file(w->run->fleet));
	} else if (h.failed) {
		(void)failure_find(h.failure, &shared->setup_class);
		fail(w, "setup failed in shard 1%s%.*s",
		     h.failure.len ? ": " : ", which was stopped", STR_ARG(h.failure));
	} else {
		values_keep(slots, NULL, program->slot_count, &shared->kept, &shared->kept_cap);
		shared->first = shared->kept;
	}
	buf_release(&error);
	arena_release(&a);
}

/* True: it was there, or can never be. */
static bool look(struct watch *w)
{
	struct buf text, error;
	bool there;

	buf_init(&error, 0);
	there = fleet_take_over(w->run->fleet, &text, &error);
	if (there) {
		take_values(w, buf_str(&text));
		buf_release(&text);
	} else if (error.len) {
		fail(w, "%s", error.data);
		there = true;
	}
	buf_release(&error);
	return there;
}

static void tell_silence(struct watch *w)
{
	struct buf wait;

	buf_init(&wait, 0);
	units_put_duration(&wait, fleet_of(w)->wait);
	fail(w,
	     "no sign of shard 1, which performs setup for all, for %.*s (--fleet-wait): is it "
	     "running, and is %.*s the same folder for both?",
	     STR_ARG(buf_str(&wait)), STR_ARG(fleet_of(w)->folder));
	buf_release(&wait);
}

static void wait_for_setup(struct watch *w)
{
	ns_t wanted = w->run->plan.settings.start_at, now = clock_monotonic_ns();
	ns_t left = wanted ? wanted - clock_wall_ns() : 0;
	ns_t sign = left > 0 ? now + left : now; /* before the moment nobody need be there */
	ns_t ask = now;

	while (!look(w) && w->run->signal == 0) {
		now = clock_monotonic_ns();
		if (now >= ask) {
			enum fleet_sign said = fleet_ask(w->run->fleet, 1);

			ask = now + ASK_EVERY;
			if (said == FLEET_LIVES && now > sign)
				sign = now;
			if (said == FLEET_OVER) {
				if (!look(w))
					fail(w, "shard 1 is over and hands nothing over any more");
				return;
			}
		}
		if (now - sign > fleet_of(w)->wait) {
			tell_silence(w);
			return;
		}
		watch_pause(w, now + LOOK_EVERY);
	}
}

void watch_take_over(struct watch *w)
{
	struct run *run = w->run;

	w->part = AROUND_SETUP;
	w->start = w->tick_from = clock_monotonic_ns();
	run->stage = STAGE_SETUP;
	watch_tell_part(w);
	log_info("setup is shard 1's to perform: waiting for what it finds");
	wait_for_setup(w);
}

void watch_hand_over(struct watch *w)
{
	if (is_once(w->run, AROUND_SETUP) && is_first(w))
		hand_over(w);
}

bool watch_takes_over(const struct watch *w)
{
	return is_once(w->run, AROUND_SETUP) && !is_first(w);
}

/* ---- before teardown */

/* The others as the first shard knows them while it waits. */
struct others {
	ns_t *sign; /* when each gave the last one; NS_NEVER: it is over */
	unsigned left;
};

/* Counts those of whom there is still hope. */
static void ask_others(struct watch *w, struct others *o, ns_t now)
{
	o->left = 0;
	for (unsigned i = 2; i <= w->run->plan.shards; i++) {
		enum fleet_sign said =
		    o->sign[i] == NS_NEVER ? FLEET_OVER : fleet_ask(w->run->fleet, i);

		if (said == FLEET_OVER)
			o->sign[i] = NS_NEVER;
		else if (said == FLEET_LIVES)
			o->sign[i] = now;
		o->left += said != FLEET_OVER && now - o->sign[i] <= fleet_of(w)->wait;
	}
}

static void tell_lost(const struct watch *w, const struct others *o)
{
	unsigned lost = 0;
	struct buf names;

	buf_init(&names, 0);
	for (unsigned i = 2; i <= w->run->plan.shards; i++) {
		if (o->sign[i] == NS_NEVER)
			continue;
		if (lost++ < NAMED_MOST)
			buf_printf(&names, "%s%u", lost > 1 ? ", " : "", i);
	}
	if (lost)
		log_warning("teardown begins although shard %s%s of %u did not say that it is over",
			    names.data, lost > NAMED_MOST ? " and more" : "", w->run->plan.shards);
	buf_release(&names);
}

void watch_await_others(struct watch *w)
{
	struct run *run = w->run;
	struct others others;
	struct arena a;
	ns_t now = clock_monotonic_ns(), grace = run->plan.settings.stop_grace;

	if (!is_once(run, AROUND_TEARDOWN) || !is_first(w))
		return;
	arena_init(&a, 0);
	others.sign = ARENA_ARRAY(&a, run->plan.shards + 1, ns_t);
	for (unsigned i = 0; i <= run->plan.shards; i++)
		others.sign[i] = now;
	ask_others(w, &others, now);
	if (others.left)
		log_info("teardown is for all shards: waiting for the end of %u", others.left);
	/* After a signal teardown itself has a quarter of the time. */
	while (others.left && atomic_load(&run->shared.state) != RUN_CUTS &&
	       (w->stop_by == NS_NEVER || now < w->stop_by - grace / 4)) {
		watch_pause(w, now + ASK_EVERY);
		now = clock_monotonic_ns();
		ask_others(w, &others, now);
	}
	tell_lost(w, &others);
	arena_release(&a);
}

void watch_leave(struct watch *w)
{
	fleet_leave(w->run->fleet, is_first(w) && is_once(w->run, AROUND_TEARDOWN));
	w->run->fleet = NULL;
}
