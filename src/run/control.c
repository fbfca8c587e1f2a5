#include "run/control.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "run/fleet.h"
#include "run/watch.h"

#define TICK	   (250 * NS_PER_MS)
#define ASK_EVERY  (5 * NS_PER_MS)  /* while waiting for the workers' intervals */
#define HEAD_START (2 * NS_PER_MS)  /* for the threads to be there when the run begins */
#define EARLY	   (50 * NS_PER_MS) /* before a moment to start at they are made */

/* ---- signals */

static void signals_of(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

/* They are read from the run's descriptor from now on. */
static void watch_signals(struct watch *w)
{
	sigset_t set;

	signals_of(&set);
	pthread_sigmask(SIG_BLOCK, &set, &w->old_mask);
}

static void unwatch_signals(struct watch *w)
{
	pthread_sigmask(SIG_SETMASK, &w->old_mask, NULL);
}

static void take_signals(struct watch *w)
{
	struct run *run = w->run;
	struct signalfd_siginfo info;
	ns_t grace = run->plan.loads.grace, most = run->plan.settings.stop_grace;

	/* Teardown has its part of that time. */
	if (watch_performs(w, AROUND_TEARDOWN) && w->part != AROUND_TEARDOWN)
		most /= 2;
	while (read(run->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		struct run_event event = {.kind = RUN_EVENT_signal};
		bool first = !run->signal;

		if (first)
			run->signal = (int)info.ssi_signo;
		watch_tell(w, &event, "%s", strsignal((int)info.ssi_signo));
		if (!first) {
			watch_stop(w, RUN_CUTS, 0);
			continue;
		}
		if (most < grace)
			grace = most;
		w->stop_by = clock_monotonic_ns() + run->plan.settings.stop_grace;
		log_info("stopping: requests in flight may finish; once more ends it now");
		watch_stop(w, RUN_STOPS, grace);
	}
}

/* ---- the run */

static void wait_for_something(struct watch *w, ns_t now)
{
	ns_t until = w->tick_at < w->second_at ? w->tick_at : w->second_at;
	struct pollfd fds[] = {{.fd = w->run->signals, .events = POLLIN},
			       {.fd = crew_descriptor(w->run->crew), .events = POLLIN}};
	struct timespec length;
	uint64_t ended;

	if (w->asked_at && now + ASK_EVERY < until)
		until = now + ASK_EVERY;
	if (until < now)
		until = now;
	length.tv_sec = (time_t)((until - now) / NS_PER_S);
	length.tv_nsec = (long)((until - now) % NS_PER_S);
	if (ppoll(fds, 2, &length, NULL) <= 0)
		return;
	if (fds[0].revents)
		take_signals(w);
	if (fds[1].revents && read(fds[1].fd, &ended, sizeof(ended)) < 0 && errno != EAGAIN)
		BUG("an eventfd cannot be read");
}

void watch_pause(struct watch *w, ns_t until)
{
	w->tick_at = w->second_at = until;
	wait_for_something(w, clock_monotonic_ns());
	fleet_sign(w->run->fleet, clock_monotonic_ns());
}

static void tick(struct watch *w, ns_t now)
{
	if (now < w->tick_at)
		return;
	w->tick_at = now + TICK;
	fleet_sign(w->run->fleet, now);
	if (w->hooks->tick)
		w->hooks->tick(w->hooks->owner, &w->run->summary, now - w->tick_from);
	if (w->run->stop_asked && atomic_load(&w->run->shared.state) == RUN_GOES_ON)
		watch_stop(w, RUN_STOPS, w->run->plan.loads.grace);
}

/* The warm-up is over: from here on time and the threads' shares are measured. */
static void begin_measuring(struct watch *w)
{
	for (unsigned i = 0; i < crew_count(w->run->crew); i++) {
		ns_t used = crew_cpu(w->run->crew, i);

		w->cpu[i] = used < 0 ? 0 : used;
	}
	w->tick_from = w->start;
	w->run->stage = STAGE_LOAD;
	watch_tell_part(w);
}

static void watch_run(struct watch *w)
{
	while (!crew_is_done(w->run->crew)) {
		ns_t now = clock_monotonic_ns();

		if (w->run->stage == STAGE_WARM_UP && now >= w->start)
			begin_measuring(w);
		if (now >= w->second_at && !w->asked_at) {
			w->second_at += NS_PER_S;
			watch_ask(w, now);
		}
		watch_gather(w, now);
		watch_tell_stop(w);
		tick(w, now);
		wait_for_something(w, now);
	}
}

/* ---- before and after the load */

static void begin_part(struct watch *w, enum around part)
{
	struct run *run = w->run;
	ns_t start = clock_monotonic_ns() + HEAD_START;
	ns_t warm_up = part == AROUND_NONE ? run->plan.loads.warm_up : 0;

	if (part == AROUND_NONE && w->start_at) {
		start = start < w->start_at ? w->start_at : start;
		run->skew = start - w->start_at;
	}
	w->part = part;
	w->start = start + warm_up;
	w->wall_start = clock_wall_ns() + (w->start - clock_monotonic_ns());
	w->tick_from = start;
	w->tick_at = start + TICK;
	w->second_at = w->start + NS_PER_S;
	w->second_began = w->start;
	machine_pressure_read(&w->pressure, "");
	run->stage = part == AROUND_SETUP      ? STAGE_SETUP
		     : part == AROUND_TEARDOWN ? STAGE_TEARDOWN
		     : warm_up		       ? STAGE_WARM_UP
					       : STAGE_LOAD;
	watch_tell_part(w);
	if (!crew_start(run->crew, part, start, clock_wall_ns() - clock_monotonic_ns())) {
		log_error("the system gives no further thread");
		run->threadless = true;
		watch_stop(w, RUN_CUTS, 0);
	}
}

static void perform_part(struct watch *w, enum around part)
{
	begin_part(w, part);
	w->second_at = NS_NEVER; /* nothing is measured */
	while (!crew_is_done(w->run->crew)) {
		ns_t now = clock_monotonic_ns();

		tick(w, now);
		wait_for_something(w, now);
	}
	crew_join(w->run->crew);
}

static void perform_setup(struct watch *w)
{
	struct run *run = w->run;

	if (watch_takes_over(w)) {
		watch_take_over(w);
	} else if (watch_performs(w, AROUND_SETUP)) {
		perform_part(w, AROUND_SETUP);
		watch_hand_over(w);
	}
	run->setup_failed = run->shared.setup_failed;
	if (run->setup_failed)
		watch_stop(w, RUN_STOPS, run->plan.loads.grace);
}

/* When the load is to begin, on the monotonic clock and as far as the wall clock knows now. */
static ns_t start_moment(const struct watch *w)
{
	return clock_monotonic_ns() + (w->run->plan.settings.start_at - clock_wall_ns());
}

/* Until the load is to begin, or a signal comes. A wall clock that is set meanwhile is heeded. */
static ns_t wait_for_start(struct watch *w)
{
	ns_t start = start_moment(w), left = start - clock_monotonic_ns();

	if (left < -NS_PER_S)
		log_warning("the moment to start at is %.1f s ago: this begins late",
			    (double)-left / (double)NS_PER_S);
	else if (left > NS_PER_S)
		log_info("waiting %.1f s for the moment to start at",
			 (double)left / (double)NS_PER_S);
	while (w->run->signal == 0 && clock_monotonic_ns() < start - EARLY) {
		ns_t sign = clock_monotonic_ns() + FLEET_SIGN_EVERY;

		watch_pause(w, sign < start - EARLY ? sign : start - EARLY);
		start = start_moment(w);
	}
	return start;
}

void watch_load(struct watch *w)
{
	ns_t length;

	begin_part(w, AROUND_NONE);
	if (w->start_at)
		log_info("began %.1f ms after the moment asked for",
			 (double)w->run->skew / (double)NS_PER_MS);
	watch_run(w);
	length = clock_monotonic_ns() - w->start;
	w->run->duration = length > 0 ? length : 0;
	crew_join(w->run->crew);
}

static void perform_load(struct watch *w)
{
	if (w->run->plan.settings.start_at)
		w->start_at = wait_for_start(w);
	if (w->run->capacity.wanted)
		watch_search(w);
	else
		watch_load(w);
}

/* Also when the run was stopped; not when everything is to end now. */
static void perform_teardown(struct watch *w)
{
	struct run *run = w->run;

	if (!watch_performs(w, AROUND_TEARDOWN))
		return;
	watch_await_others(w);
	if (atomic_load(&run->shared.state) == RUN_CUTS)
		return;
	atomic_store(&run->shared.cut_at, w->stop_by);
	perform_part(w, AROUND_TEARDOWN);
}

/* ---- the verdict */

static bool was_reached(const struct run *run)
{
	enum failure_class class = run->shared.setup_class;

	if (run->setup_failed)
		return class != FAILURE_dns && class != FAILURE_connect &&
		       class != FAILURE_timeout_connect;
	return verdict_reached(&run->summary);
}

static void judge(struct run *run)
{
	const struct summary *s = &run->summary;
	bool holds = threshold_judge_end(&run->judge, s);

	run->reached = was_reached(run);
	run->pass = run->judge.count ? holds : verdict_nothing_failed(s);
	if (run->capacity.wanted && capacity_found(&run->capacity) <= 0)
		run->pass = false;
	if (run->plan.shards > 1)
		run->pass = true; /* whether it is good is said of the whole */
	/* To see whether everything works, what is around the scenarios counts too. */
	if (run->plan.settings.once && s->failure_count)
		run->pass = false;
	run->failed_fast = atomic_load(&run->shared.failed_fast);
	if (!run->reached || run->setup_failed || !verdict_tidy(s) || run->failed_fast || run->threadless)
		run->pass = false;
	verdict_judge(&run->validity, s, &run->health);
	if (run->threadless)
		verdict_add_reason(&run->validity, "the system gave no thread for a worker");
	if (run->fleet_why[0])
		verdict_add_reason(&run->validity, "%.120s", run->fleet_why);
}

void run_perform(struct run *run, const struct run_hooks *hooks)
{
	struct run_event begun = {.kind = RUN_EVENT_start};
	struct watch w;

	watch_init(&w, run, hooks);
	watch_signals(&w);
	watch_tell(&w, &begun, "%s", "the run begins");
	perform_setup(&w);
	if (!run->setup_failed && !run->threadless)
		perform_load(&w);
	watch_tell_stop(&w);
	perform_teardown(&w);
	watch_leave(&w);
	watch_rest(&w);
	judge(run);
	watch_tell_end(&w);
	unwatch_signals(&w);
	watch_release(&w);
}

static bool join_fleet(struct run *run, struct buf *error)
{
	const struct run_fleet *fleet = &run->plan.settings.fleet;
	const struct fleet_spec spec = {fleet->folder, fleet->key, run->plan.shard,
					run->plan.shards};

	if (!fleet->folder.len)
		return true;
	run->fleet = fleet_join(&spec, error);
	return run->fleet != NULL;
}

bool run_init(struct run *run, const struct run_settings *settings,
	      const struct threshold *thresholds, size_t threshold_count, struct buf *error)
{
	sigset_t set;

	*run = (struct run){.signals = -1};
	run_plan_init(&run->plan, settings);
	run_shared_init(&run->shared, &run->plan);
	summary_init(&run->summary, &run->plan.table);
	threshold_judge_init(&run->judge, thresholds, threshold_count);
	health_init(&run->health, run->plan.threads);
	if (settings->load.capacity.wanted && !settings->once)
		capacity_init(&run->capacity, settings->load.capacity.from.value,
			      settings->load.capacity.to.value,
			      settings->load.capacity.find == CAPACITY_USERS);
	signals_of(&set);
	run->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (run->signals < 0)
		buf_add(error, STR("this process may open no further files"));
	else
		run->crew = crew_new(&run->plan, &run->shared, error);
	if (!run->crew || !join_fleet(run, error)) {
		run_release(run);
		return false;
	}
	return true;
}

void run_release(struct run *run)
{
	fleet_leave(run->fleet, false);
	crew_free(run->crew);
	if (run->signals >= 0)
		close(run->signals);
	threshold_judge_release(&run->judge);
	summary_release(&run->summary);
	run_shared_release(&run->shared);
	run_plan_release(&run->plan);
}
