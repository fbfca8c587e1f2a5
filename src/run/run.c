#include "run/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "run/heartbeat.h"
#include "run/run_monitor.h"
#include "stats/conservation.h"

#define TICK	   (250 * NS_PER_MS)
#define POLL_EVERY (5 * NS_PER_MS) /* while waiting for the workers' intervals */
#define HEAD_START (2 * NS_PER_MS) /* time for the threads to start before the run begins */
/* A shard that begins later than both after --start-at makes the result invalid. */
#define LATE_START	   (3 * NS_PER_S)
#define LATE_START_PERCENT 2 /* of the run */
#define EARLY                                                                                      \
	(50 * NS_PER_MS) /* the threads are created this long before a scheduled start of the run  \
			  */

/* ---- signals */

static void signals_of(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

/* After this the signals are read from the run's descriptor. */
static void block_signals(struct run_monitor *w)
{
	sigset_t set;

	signals_of(&set);
	pthread_sigmask(SIG_BLOCK, &set, &w->old_mask);
}

static void restore_signals(struct run_monitor *w)
{
	pthread_sigmask(SIG_SETMASK, &w->old_mask, NULL);
}

/* The first signal, or the stop file. */
static void stop_gracefully(struct run_monitor *w, int signal)
{
	struct run *run = w->run;
	ns_t grace = run->plan.loads.grace, max = run->plan.settings.stop_grace;

	/* Teardown gets its part of that time. */
	if (run_monitor_performs(w, FIXTURE_TEARDOWN) && w->fixture != FIXTURE_TEARDOWN)
		max /= 2;
	run->signal = signal;
	w->stop_by = clock_monotonic_ns() + run->plan.settings.stop_grace;
	run_monitor_stop(w, RUN_DRAINING, max < grace ? max : grace);
}

static void handle_signals(struct run_monitor *w)
{
	struct run *run = w->run;
	struct signalfd_siginfo info;

	while (read(run->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		struct run_event event = {.kind = RUN_EVENT_signal};
		bool first = !run->signal;

		run_monitor_event(w, &event, "%s", strsignal((int)info.ssi_signo));
		if (!first) {
			run_monitor_stop(w, RUN_ABORTING, 0);
			continue;
		}
		stop_gracefully(w, (int)info.ssi_signo);
		log_info("stopping: requests in flight may finish; press Ctrl-C again to stop "
			 "immediately");
	}
}

static void look_for_stop_file(struct run_monitor *w)
{
	const char *file = w->run->plan.settings.stop_file;

	if (w->run->signal || access(file, F_OK) != 0)
		return;
	w->run->stop_file_found = true;
	stop_gracefully(w, SIGINT);
	log_info("stopping, because the file %s exists: requests in flight may finish", file);
}

/* Once a second, because the folder may be on another machine. The time of the result file shows
 * that this process runs, also before the load, when no seconds are written. No data depend on it,
 * so an error is ignored. */
static void visit_result_folder(struct run_monitor *w, ns_t now)
{
	const struct run_settings *settings = &w->run->plan.settings;

	if (!settings->stop_file || now < w->visit_at)
		return;
	w->visit_at = now + NS_PER_S;
	(void)utimensat(AT_FDCWD, settings->result_file, NULL, AT_SYMLINK_NOFOLLOW);
	look_for_stop_file(w);
}

/* ---- the run */

static void wait_for_event(struct run_monitor *w, ns_t now)
{
	ns_t until = w->tick_at < w->second_at ? w->tick_at : w->second_at;
	struct pollfd fds[] = {{.fd = w->run->signals, .events = POLLIN},
			       {.fd = worker_pool_descriptor(w->run->pool), .events = POLLIN}};
	struct timespec length;
	uint64_t ended;

	if (w->requested_at && now + POLL_EVERY < until)
		until = now + POLL_EVERY;
	visit_result_folder(w, now);
	if (w->run->plan.settings.stop_file && w->visit_at < until)
		until = w->visit_at;
	if (until < now)
		until = now;
	length.tv_sec = (time_t)((until - now) / NS_PER_S);
	length.tv_nsec = (long)((until - now) % NS_PER_S);
	if (ppoll(fds, 2, &length, NULL) <= 0)
		return;
	if (fds[0].revents)
		handle_signals(w);
	if (fds[1].revents && read(fds[1].fd, &ended, sizeof(ended)) < 0 && errno != EAGAIN)
		BUG("cannot read an eventfd");
}

void run_monitor_pause(struct run_monitor *w, ns_t until)
{
	w->tick_at = w->second_at = until;
	wait_for_event(w, clock_monotonic_ns());
	heartbeat_send(w->run->heartbeat, clock_monotonic_ns());
}

static void tick(struct run_monitor *w, ns_t now)
{
	if (now < w->tick_at)
		return;
	w->tick_at = now + TICK;
	heartbeat_send(w->run->heartbeat, now);
	run_monitor_renew(w, now);
	if (w->hooks->tick)
		w->hooks->tick(w->hooks->owner, &w->run->summary, now - w->tick_from);
	if (w->run->stop_requested && atomic_load(&w->run->shared.state) == RUN_RUNNING)
		run_monitor_stop(w, RUN_DRAINING, w->run->plan.loads.grace);
}

/* The warm-up has ended: time and CPU use are measured from here. */
static void begin_measuring(struct run_monitor *w)
{
	run_monitor_begin_usage(w, false);
	w->tick_from = w->start;
	w->run->stage = STAGE_LOAD;
	run_monitor_report_stage(w);
}

static void wait_for_workers(struct run_monitor *w)
{
	while (!worker_pool_is_done(w->run->pool)) {
		ns_t now = clock_monotonic_ns();

		if (w->run->stage == STAGE_WARM_UP && now >= w->start)
			begin_measuring(w);
		if (now >= w->second_at && !w->requested_at) {
			w->second_at += NS_PER_S;
			run_monitor_request_counts(w, now);
		}
		run_monitor_collect(w, now);
		run_monitor_report_stop(w);
		tick(w, now);
		wait_for_event(w, now);
	}
}

/* ---- before and after the load */

static void begin_stage(struct run_monitor *w, enum fixture_kind fixture)
{
	struct run *run = w->run;
	ns_t start = clock_monotonic_ns() + HEAD_START;
	ns_t warm_up = fixture == FIXTURE_NONE ? run->plan.loads.warm_up : 0;

	if (fixture == FIXTURE_NONE && w->start_at) {
		start = start < w->start_at ? w->start_at : start;
		run->skew = start - w->start_at;
		run->late = start - (w->setup_until > w->start_at ? w->setup_until : w->start_at);
	}
	w->fixture = fixture;
	w->start = start + warm_up;
	w->wall_start = clock_wall_ns() + (w->start - clock_monotonic_ns());
	w->tick_from = start;
	w->tick_at = start + TICK;
	w->second_at = w->start + NS_PER_S;
	run_monitor_begin_usage(w, true);
	run->stage = fixture == FIXTURE_SETUP	   ? STAGE_SETUP
		     : fixture == FIXTURE_TEARDOWN ? STAGE_TEARDOWN
		     : warm_up			   ? STAGE_WARM_UP
						   : STAGE_LOAD;
	run_monitor_report_stage(w);
	if (!worker_pool_start(run->pool, fixture, start, clock_wall_ns() - clock_monotonic_ns())) {
		log_error("the system does not allow another thread");
		run->thread_failed = true;
		run_monitor_stop(w, RUN_ABORTING, 0);
	}
}

static void perform_fixture(struct run_monitor *w, enum fixture_kind fixture)
{
	begin_stage(w, fixture);
	w->second_at = NS_NEVER; /* nothing is measured */
	while (!worker_pool_is_done(w->run->pool)) {
		ns_t now = clock_monotonic_ns();

		tick(w, now);
		wait_for_event(w, now);
	}
	worker_pool_join(w->run->pool);
}

static void perform_setup(struct run_monitor *w)
{
	struct run *run = w->run;

	if (run_monitor_awaits_setup(w)) {
		run_monitor_receive_setup(w);
	} else if (run_monitor_performs(w, FIXTURE_SETUP)) {
		perform_fixture(w, FIXTURE_SETUP);
		run_monitor_publish_setup(w);
	}
	run->setup_failed = run->shared.setup_failed;
	if (run->setup_failed)
		run_monitor_stop(w, RUN_DRAINING, run->plan.loads.grace);
}

/* The scheduled start of the load on the monotonic clock, by the current wall clock. */
static ns_t start_moment(const struct run_monitor *w)
{
	return clock_monotonic_ns() + (w->run->plan.settings.start_at - clock_wall_ns());
}

/* Waits for the scheduled start of the load, or for a signal. Follows a wall clock that is set
 * meanwhile. */
static ns_t wait_for_start(struct run_monitor *w)
{
	ns_t start = start_moment(w), left = start - clock_monotonic_ns();

	if (left < -NS_PER_S)
		log_warning("--start-at is %.1f s ago; this shard begins late",
			    (double)-left / (double)NS_PER_S);
	else if (left > NS_PER_S)
		log_info("waiting %.1f s for --start-at", (double)left / (double)NS_PER_S);
	while (w->run->signal == 0 && clock_monotonic_ns() < start - EARLY) {
		ns_t sign = clock_monotonic_ns() + HEARTBEAT_EVERY;

		run_monitor_pause(w, sign < start - EARLY ? sign : start - EARLY);
		start = start_moment(w);
	}
	return start;
}

void run_monitor_load(struct run_monitor *w)
{
	ns_t length;

	begin_stage(w, FIXTURE_NONE);
	if (w->start_at)
		log_info("began %.1f ms after --start-at",
			 (double)w->run->skew / (double)NS_PER_MS);
	wait_for_workers(w);
	length = clock_monotonic_ns() - w->start;
	w->run->duration = length > 0 ? length : 0;
	worker_pool_join(w->run->pool);
}

static void perform_load(struct run_monitor *w)
{
	if (w->run->plan.settings.start_at)
		w->start_at = wait_for_start(w);
	if (w->run->capacity.wanted)
		run_monitor_search(w);
	else
		run_monitor_load(w);
}

/* Also after a stop; not when the run must end immediately. */
static void perform_teardown(struct run_monitor *w)
{
	struct run *run = w->run;

	if (!run_monitor_performs(w, FIXTURE_TEARDOWN))
		return;
	run_monitor_await_shards(w);
	if (atomic_load(&run->shared.state) == RUN_ABORTING)
		return;
	atomic_store(&run->shared.abort_at, w->stop_by);
	perform_fixture(w, FIXTURE_TEARDOWN);
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

static void check_counts(struct run *run)
{
	struct buf why;

	buf_init(&why, 0);
	if (!conservation_check(&run->summary, &why))
		verdict_add(&run->validity, VERDICT_INTERNAL,
			    "internal count mismatch, please report (%.*s)",
			    STR_ARG(buf_str(&why)));
	buf_release(&why);
}

/* Shards that run one after the other are not the load of the scenario. */
static void check_start(struct run *run)
{
	if (run->plan.shards > 1 && run->late > LATE_START &&
	    run->late > run->duration / 100 * LATE_START_PERCENT)
		verdict_add_reason(&run->validity, "the load began %.1f s after --start-at",
				   (double)run->late / (double)NS_PER_S);
}

static void judge(struct run *run)
{
	const struct summary *s = &run->summary;
	struct verdict_evidence evidence = {
	    .summary = s,
	    .thresholds = run->judge.count,
	    .thresholds_passed = threshold_judge_end(&run->judge, s),
	    .once = run->plan.settings.once,
	    .until = atomic_load(&run->shared.until_reached),
	    .shard = run->plan.shards > 1,
	};
	bool found_none = run->capacity.wanted && run->capacity.stop != CAPACITY_INTERRUPTED &&
			  capacity_found(&run->capacity) <= 0;

	run_monitor_end_search(run);
	run->reached = was_reached(run);
	run->failed_fast = atomic_load(&run->shared.failed_fast);
	evidence.reached = run->reached;
	evidence.failed = run->setup_failed || atomic_load(&run->shared.renewal_failed) ||
			  run->failed_fast || run->thread_failed || found_none;
	run->outcome = verdict_decide(&evidence);
	verdict_judge(&run->validity, s, &run->health);
	if (run->thread_failed)
		verdict_add(&run->validity, VERDICT_THREADS,
			    "the system does not allow a thread for a worker");
	check_counts(run);
	check_start(run);
	if (run->shard_error[0])
		verdict_add_reason(&run->validity, "%.120s", run->shard_error);
}

void run_perform(struct run *run, const struct run_hooks *hooks)
{
	struct run_event begun = {.kind = RUN_EVENT_start};
	struct run_monitor w;

	run_monitor_init(&w, run, hooks);
	block_signals(&w);
	run_monitor_event(&w, &begun, "%s", "the run begins");
	perform_setup(&w);
	if (!run->setup_failed && !run->thread_failed)
		perform_load(&w);
	run_monitor_report_stop(&w);
	perform_teardown(&w);
	run_monitor_leave_shards(&w);
	run_monitor_collect_rest(&w);
	judge(run);
	run_monitor_report_end(&w);
	restore_signals(&w);
	run_monitor_release(&w);
}

static bool join_shards(struct run *run, struct buf *error)
{
	const struct shard_sync_settings *fleet = &run->plan.settings.fleet;
	const struct heartbeat_spec spec = {fleet->folder, fleet->key, run->plan.shard,
					    run->plan.shards};

	if (!fleet->folder.len)
		return true;
	run->heartbeat = heartbeat_join(&spec, error);
	return run->heartbeat != NULL;
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
		buf_add(error, STR("this process cannot open more files"));
	else
		run->pool = worker_pool_new(&run->plan, &run->shared, error);
	if (!run->pool || !join_shards(run, error)) {
		run_release(run);
		return false;
	}
	return true;
}

void run_release(struct run *run)
{
	heartbeat_leave(run->heartbeat, false);
	worker_pool_free(run->pool);
	if (run->signals >= 0)
		close(run->signals);
	threshold_judge_release(&run->judge);
	summary_release(&run->summary);
	run_shared_release(&run->shared);
	run_plan_release(&run->plan);
}
