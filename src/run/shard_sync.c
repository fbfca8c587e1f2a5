/* Setup and teardown that one shard performs for a whole fleet: passing on the values, and waiting.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/units.h"
#include "program/setup_state.h"
#include "run/heartbeat.h"
#include "run/user.h"
#include "run/run_monitor.h"

#define LOOK_EVERY                                                                                 \
	(20 * NS_PER_MS) /* for the first shard's mark: shards may start this far apart */
#define POLL_EVERY (200 * NS_PER_MS) /* for a sign of life of another shard */
#define NAMED_MAX  8u

static const struct shard_sync_settings *settings_of(const struct run_monitor *w)
{
	return &w->run->plan.settings.fleet;
}

static bool is_first(const struct run_monitor *w)
{
	return w->run->plan.shard == 1;
}

static bool is_once(const struct run *run, enum fixture_kind fixture)
{
	const struct program *program = run->plan.program;

	return run->heartbeat && program->fixture[fixture] != PC_NONE &&
	       program->model->once_for_fleet[fixture];
}

bool run_monitor_performs(const struct run_monitor *w, enum fixture_kind fixture)
{
	if (w->run->plan.program->fixture[fixture] == PC_NONE)
		return false;
	return is_first(w) || !is_once(w->run, fixture);
}

/* The renewal of setup, which exists if setup does. */
static uint32_t setup_renewal(const struct program *program)
{
	uint32_t i = 0;

	while (program->renewals[i].fixture != FIXTURE_SETUP || program->renewals[i].lazy)
		i++;
	return i;
}

/* During the load: the run ends as if setup had failed. */
static void end_renewals(struct run_monitor *w)
{
	struct run *run = w->run;

	atomic_store(&run->shared.renewal_failed, true);
	shared_renewal_end(&run->shared.renewals[setup_renewal(run->plan.program)], RENEWAL_OVER);
	run_monitor_stop(w, RUN_DRAINING, run->plan.loads.grace);
}

__attribute__((format(printf, 2, 3))) static void fail(struct run_monitor *w, const char *format,
						       ...)
{
	struct run *run = w->run;
	va_list args;

	va_start(args, format);
	vsnprintf(run->shard_error, sizeof run->shard_error, format, args);
	va_end(args);
	log_error("%s", run->shard_error);
	if (run->stage == STAGE_SETUP)
		run->shared.setup_failed = true;
	else
		end_renewals(w);
}

/* The values that a run starts with. */
static struct value *first_slots(const struct program *program, struct arena *a)
{
	struct value *slots = ARENA_ARRAY(a, program->slot_count + 1, struct value);

	for (uint32_t i = 0; i < program->slot_count; i++)
		slots[i] = program->slot_first[i];
	return slots;
}

/* ---- the first shard */

/* The same after setup. */
static const struct value *setup_slots(const struct run *run, struct arena *a)
{
	const struct program *program = run->plan.program;
	uint32_t index = setup_renewal(program);
	const struct renewal_plan *plan = &program->renewals[index];
	struct value *slots = first_slots(program, a);
	struct shared_values *values = shared_renewal_hold(&run->shared.renewals[index]);

	for (uint32_t i = 0; values && i < plan->slot_count; i++)
		slots[plan->slots[i]] = value_copy(
		    values->values[i], arena_alloc(a, value_bytes(values->values[i]) + 1));
	shared_renewal_drop(values);
	return slots;
}

static void publish_setup(struct run_monitor *w, uint64_t generation)
{
	const struct run_shared *shared = &w->run->shared;
	const struct shard_sync_settings *fleet = settings_of(w);
	bool known = shared->setup_class != FAILURE_CLASS_COUNT;
	struct setup_state h = {.version = fleet->version,
				.scenario = fleet->scenario,
				.generation = generation,
				.failed =
				    shared->setup_failed || atomic_load(&shared->renewal_failed),
				.failure = str_of(known ? failure_name(shared->setup_class) : "")};
	struct arena a;
	struct buf text;

	arena_init(&a, 0);
	buf_init(&text, 0);
	setup_state_put(&text, &h, w->run->plan.program, setup_slots(w->run, &a));
	if (!heartbeat_publish_setup(w->run->heartbeat, buf_str(&text)))
		fail(w, "cannot write %s: %s", heartbeat_setup_file(w->run->heartbeat),
		     strerror(errno));
	else if (!h.failed && generation <= 1)
		log_info("setup was performed here, for all %u shards", w->run->plan.shards);
	w->published = generation;
	buf_release(&text);
	arena_release(&a);
}

/* ---- the other shards */

/* Values may be received twice. */
static void accept_values(struct run_monitor *w, const struct value *slots, uint64_t generation)
{
	const struct program *program = w->run->plan.program;
	uint32_t index = setup_renewal(program);
	struct shared_renewal *renewal = &w->run->shared.renewals[index];

	if (generation <= w->received)
		return;
	w->received = generation;
	renewal->remote = true;
	shared_renewal_publish(renewal, &program->renewals[index], slots, NS_NEVER);
}

static void use_setup(struct run_monitor *w, struct str text)
{
	struct run_shared *shared = &w->run->shared;
	const struct program *program = w->run->plan.program;
	const struct shard_sync_settings *fleet = settings_of(w);
	struct setup_state h = {.version = fleet->version, .scenario = fleet->scenario};
	struct arena a;
	struct value *slots;
	struct buf error;

	arena_init(&a, 0);
	buf_init(&error, 0);
	slots = first_slots(program, &a);
	if (!setup_state_read(&a, text, program, &h, slots, &error)) {
		fail(w, "cannot use the values of shard 1's setup: %.*s (%s)",
		     STR_ARG(buf_str(&error)), heartbeat_setup_file(w->run->heartbeat));
	} else if (h.failed) {
		(void)failure_find(h.failure, &shared->setup_class);
		fail(w, "setup failed in shard 1%s%.*s",
		     h.failure.len ? ": " : ", which was stopped", STR_ARG(h.failure));
	} else {
		accept_values(w, slots, h.generation);
	}
	buf_release(&error);
	arena_release(&a);
}

/* True: the values have arrived, or cannot arrive any more. */
static bool try_receive(struct run_monitor *w)
{
	struct buf text, error;
	bool there;

	buf_init(&error, 0);
	there = heartbeat_receive_setup(w->run->heartbeat, &text, &error);
	if (there) {
		use_setup(w, buf_str(&text));
		buf_release(&text);
	} else if (error.len) {
		fail(w, "%s", error.data);
		there = true;
	}
	buf_release(&error);
	return there;
}

static void report_silence(struct run_monitor *w)
{
	struct buf wait;

	buf_init(&wait, 0);
	units_put_duration(&wait, settings_of(w)->wait);
	fail(w,
	     "no sign of shard 1, which performs setup for all shards, for %.*s (--fleet-wait); "
	     "check that it is running and that %.*s is the same folder for both",
	     STR_ARG(buf_str(&wait)), STR_ARG(settings_of(w)->folder));
	buf_release(&wait);
}

static void wait_for_setup(struct run_monitor *w)
{
	ns_t wanted = w->run->plan.settings.start_at, now = clock_monotonic_ns();
	ns_t left = wanted ? wanted - clock_wall_ns() : 0;
	ns_t last_sign = left > 0
			     ? now + left
			     : now; /* before its scheduled start no shard needs to be running */
	ns_t ask = now;

	while (!try_receive(w) && w->run->signal == 0) {
		now = clock_monotonic_ns();
		if (now >= ask) {
			enum heartbeat_state state = heartbeat_check(w->run->heartbeat, 1);

			ask = now + POLL_EVERY;
			if (state == HEARTBEAT_ALIVE && now > last_sign)
				last_sign = now;
			if (state == HEARTBEAT_ENDED) {
				if (!try_receive(w))
					fail(w, "shard 1 has ended without passing on the values "
						"of setup");
				return;
			}
		}
		if (now - last_sign > settings_of(w)->wait) {
			report_silence(w);
			return;
		}
		run_monitor_pause(w, now + LOOK_EVERY);
	}
}

void run_monitor_receive_setup(struct run_monitor *w)
{
	struct run *run = w->run;

	w->fixture = FIXTURE_SETUP;
	w->start = w->tick_from = clock_monotonic_ns();
	run->stage = STAGE_SETUP;
	run_monitor_report_stage(w);
	log_info("shard 1 performs setup: waiting for its values");
	wait_for_setup(w);
	w->setup_until = clock_monotonic_ns();
}

void run_monitor_publish_setup(struct run_monitor *w)
{
	if (!is_once(w->run, FIXTURE_SETUP) || !is_first(w))
		return;
	publish_setup(w, 1);
	w->setup_until = clock_monotonic_ns();
}

bool run_monitor_awaits_setup(const struct run_monitor *w)
{
	return is_once(w->run, FIXTURE_SETUP) && !is_first(w);
}

/* ---- renewals during the run */

static void renew_for_others(struct run_monitor *w, struct shared_renewal *renewal)
{
	struct run_shared *shared = &w->run->shared;
	uint64_t generation = atomic_load(&renewal->generation);
	bool failed = atomic_load(&shared->renewal_failed);

	if (generation != w->published || (failed && !w->failure_published))
		publish_setup(w, generation);
	w->failure_published |= failed;
	if (!failed && atomic_load(&renewal->state) == RENEWAL_IDLE &&
	    heartbeat_is_asked(w->run->heartbeat, generation)) {
		shared_renewal_refused(renewal, generation);
		shared->wake_all(shared->owner);
	}
}

static void renew_by_first(struct run_monitor *w, struct shared_renewal *renewal, ns_t now)
{
	struct run_shared *shared = &w->run->shared;
	bool wanted = atomic_load(&renewal->state) == RENEWAL_RUNNING;
	struct buf wait;

	if (heartbeat_has_news(w->run->heartbeat) && try_receive(w))
		shared->wake_all(shared->owner);
	if (!wanted || atomic_load(&renewal->state) != RENEWAL_RUNNING) {
		w->wanted_since = 0;
		return;
	}
	if (!w->wanted_since)
		w->wanted_since = now;
	heartbeat_ask_renewal(w->run->heartbeat, w->received);
	if (heartbeat_check(w->run->heartbeat, 1) == HEARTBEAT_ENDED) {
		fail(w, "shard 1, which renews the values of setup for all shards, has ended");
	} else if (now - w->wanted_since > settings_of(w)->wait) {
		buf_init(&wait, 0);
		units_put_duration(&wait, settings_of(w)->wait);
		fail(w, "shard 1 did not renew the values of setup for %.*s (--fleet-wait)",
		     STR_ARG(buf_str(&wait)));
		buf_release(&wait);
	}
}

void run_monitor_renew(struct run_monitor *w, ns_t now)
{
	const struct program *program = w->run->plan.program;
	uint32_t index;

	if (!is_once(w->run, FIXTURE_SETUP) || w->run->stage == STAGE_SETUP || w->run->setup_failed)
		return;
	index = setup_renewal(program);
	if (!program->renewals[index].renews)
		return;
	if (is_first(w))
		renew_for_others(w, &w->run->shared.renewals[index]);
	else if (!atomic_load(&w->run->shared.renewal_failed))
		renew_by_first(w, &w->run->shared.renewals[index], now);
}

/* ---- before teardown */

/* The other shards as the first shard sees them while it waits. */
struct other_shards {
	ns_t *last_sign; /* time of each shard's last sign of life; NS_NEVER: it has ended */
	unsigned left;
};

/* Counts the shards that may still be running. */
static void check_others(struct run_monitor *w, struct other_shards *o, ns_t now)
{
	o->left = 0;
	for (unsigned i = 2; i <= w->run->plan.shards; i++) {
		enum heartbeat_state state = o->last_sign[i] == NS_NEVER
						 ? HEARTBEAT_ENDED
						 : heartbeat_check(w->run->heartbeat, i);

		if (state == HEARTBEAT_ENDED)
			o->last_sign[i] = NS_NEVER;
		else if (state == HEARTBEAT_ALIVE)
			o->last_sign[i] = now;
		o->left +=
		    state != HEARTBEAT_ENDED && now - o->last_sign[i] <= settings_of(w)->wait;
	}
}

static void report_lost(const struct run_monitor *w, const struct other_shards *o)
{
	unsigned lost = 0;
	struct buf names;

	buf_init(&names, 0);
	for (unsigned i = 2; i <= w->run->plan.shards; i++) {
		if (o->last_sign[i] == NS_NEVER)
			continue;
		if (lost++ < NAMED_MAX)
			buf_printf(&names, "%s%u", lost > 1 ? ", " : "", i);
	}
	if (lost)
		log_warning("teardown begins although shard %s%s of %u did not report its end",
			    names.data, lost > NAMED_MAX ? " and more" : "", w->run->plan.shards);
	buf_release(&names);
}

void run_monitor_await_shards(struct run_monitor *w)
{
	struct run *run = w->run;
	struct other_shards others;
	struct arena a;
	ns_t now = clock_monotonic_ns(), grace = run->plan.settings.stop_grace;

	if (!is_once(run, FIXTURE_TEARDOWN) || !is_first(w))
		return;
	arena_init(&a, 0);
	others.last_sign = ARENA_ARRAY(&a, run->plan.shards + 1, ns_t);
	for (unsigned i = 0; i <= run->plan.shards; i++)
		others.last_sign[i] = now;
	check_others(w, &others, now);
	if (others.left)
		log_info("teardown is for all shards: waiting for %u of them to end", others.left);
	/* After a signal, teardown itself needs a quarter of the time. */
	while (others.left && atomic_load(&run->shared.state) != RUN_ABORTING &&
	       (w->stop_by == NS_NEVER || now < w->stop_by - grace / 4)) {
		run_monitor_pause(w, now + POLL_EVERY);
		now = clock_monotonic_ns();
		check_others(w, &others, now);
	}
	report_lost(w, &others);
	arena_release(&a);
}

void run_monitor_leave_shards(struct run_monitor *w)
{
	heartbeat_leave(w->run->heartbeat, is_first(w) && is_once(w->run, FIXTURE_TEARDOWN));
	w->run->heartbeat = NULL;
}
