/* `reprise watch`: shows the shards of a run as one run while they run, and stops them. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/merge_result.h"
#include "scenario/field_value.h"
#include "output/output.h"
#include "result/shard_notices.h"
#include "result/shard_watch.h"

#define TICK	     (250 * NS_PER_MS)
#define LATE_DEFAULT (3 * NS_PER_S)
#define WAIT_DEFAULT (30 * NS_PER_S)

static enum exit_status watch_main(const struct options *options);

static const struct option watch_options[] = {
    {.name = "dashboard",
     .value = "HOST:PORT",
     .prose = "serve the dashboard there; a port alone listens on 127.0.0.1 (default: a free port)",
     .group = "Live view"},
    {.name = "allow-host",
     .value = "NAME",
     .repeats = true,
     .prose = "accept NAME in the Host header of requests to the dashboard, in addition to "
	      "localhost and "
	      "IP addresses",
     .group = "Live view"},
    {.name = "plain",
     .prose = "print lines instead of a table that is redrawn",
     .group = "Live view"},
    {.name = "late",
     .value = "TIME",
     .prose = "report a shard that starts this long after the first one, or has written nothing "
	      "for this long during the load (default: 3s)",
     .group = "Shards"},
    {.name = "wait",
     .value = "TIME",
     .prose = "end if no shard has given a sign of life for this long (default: 30s)",
     .group = "Shards"},
    {.name = "stop",
     .prose = "stop all shards, and watch until they have ended",
     .group = "Shards"},
#include "cmd/merge_options.def"
    {.name = NULL},
};

const struct command watch_command = {
    .name = "watch",
    .synopsis = "watch DIR…",
    .sentence =
	"Shows the shards of a run as one run while they run; thresholds are evaluated over all "
	"shards.",
    .options = watch_options,
    .more =
	"Each DIR is the --out of a shard, or a folder that contains them, such as a volume that\n"
	"all machines share. The folders need not exist yet. Use a new folder for each run. Once\n"
	"a second, watch merges what all shards have, shows it on the terminal and serves the\n"
	"dashboard. It reports shards that start late, write nothing, are missing or cannot be\n"
	"read.\n"
	"\n"
	"'Stop gracefully' on the dashboard, and --stop, write a file named 'stop' to the result\n"
	"folder of each shard, which then stops as after Ctrl-C. Ctrl-C here ends only watch.\n"
	"\n"
	"When all shards have ended, the merged result is printed and written as by merge.\n"
	"\n"
	"Exit status: as for merge; 130 and 143 also if a signal ended watch.\n"
	"\n"
	"  reprise watch results\n"
	"  reprise watch --dashboard 8090 --out merged out/1 out/2\n"
	"  reprise watch --stop results",
    .main = watch_main,
};

/* A running watch. */
struct watch_session {
	const struct options *options;
	struct shard_watch watch;
	struct shard_notices notices;
	ns_t wait;
	ns_t started;	       /* on the wall clock */
	const char *dashboard; /* address */
	VEC(const char *) hosts;
	bool plain, progress_open;
	bool stop; /* requested by --stop or by a user of the dashboard */
	int signals, signal;
};

/* ---- options */

static bool parse_time(const struct options *options, const char *name, ns_t *out)
{
	static const struct field field = {.type = FIELD_DURATION};
	const char *text = options_value(options, name);
	struct parse_error error = {.text = STR("must be longer than 0")};
	struct arena arena;
	bool good;

	arena_init(&arena, 0);
	good = !text || (field_value_parse(&arena, str_of(text), &field, out, &error) && *out > 0);
	if (!good)
		log_error("--%s: %.*s", name, STR_ARG(error.text));
	arena_release(&arena);
	return good;
}

static bool read_options(struct watch_session *s, ns_t *late)
{
	const struct options *o = s->options;
	const char *dashboard = options_value(o, "dashboard"), *out = options_value(o, "out");

	*late = LATE_DEFAULT;
	s->wait = WAIT_DEFAULT;
	s->plain = options_has(o, "plain");
	s->stop = options_has(o, "stop");
	s->dashboard = dashboard ? dashboard : "127.0.0.1:0";
	if (!o->operand_count) {
		log_error("no folder was given; usage: reprise %s", watch_command.synopsis);
		return false;
	}
	if (out && !*out) {
		log_error("--out needs the name of a folder");
		return false;
	}
	return parse_time(o, "late", late) && parse_time(o, "wait", &s->wait);
}

/* ---- outputs */

static void set_live_facts(struct watch_session *s)
{
	struct run_facts *facts = &s->watch.r.facts;

	for (size_t i = 0; i < s->options->value_count; i++)
		if (strcmp(s->options->values[i].option->name, "allow-host") == 0)
			VEC_PUSH(&s->watch.arena, &s->hosts, s->options->values[i].value);
	facts->quiet = options_has(s->options, "quiet");
	facts->live = !s->plain && !facts->quiet && facts->error.can_redraw;
	facts->stop = &s->stop;
	facts->shards = &s->notices;
	facts->output_options.hosts = s->hosts.items;
	facts->output_options.host_count = s->hosts.count;
}

/* The progress on the terminal, as soon as there is something to show. */
static void open_progress(struct watch_session *s)
{
	struct rebuild *r = &s->watch.r;

	if (s->progress_open || !s->watch.attached)
		return;
	s->progress_open = true;
	for (size_t i = 0; output_kinds()[i]; i++)
		if (output_kinds()[i]->progress && !r->facts.quiet)
			output_set_add(&r->outputs, output_kinds()[i], STR_NULL, &r->facts, false);
}

/* ---- the loop */

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void pause_for_tick(struct watch_session *s)
{
	struct pollfd fd = {.fd = s->signals, .events = POLLIN};
	struct signalfd_siginfo info;

	if (poll(&fd, 1, (int)(TICK / NS_PER_MS)) > 0 &&
	    read(s->signals, &info, sizeof info) == (ssize_t)sizeof info)
		s->signal = (int)info.ssi_signo;
}

static bool goes_on(const struct watch_session *s, ns_t now)
{
	const struct shard_watch *w = &s->watch;

	if (s->signal || shard_watch_has_ended(w))
		return false;
	return !shard_watch_is_quiet(w) || now - w->alive_at < s->wait;
}

static void stop_shards(struct watch_session *s)
{
	if (!s->notices.stopping)
		log_info("stopping all shards: requests in flight may finish");
	s->notices.stopping = true;
	shard_watch_stop(&s->watch);
}

static void look(struct watch_session *s, ns_t now)
{
	shard_watch_look(&s->watch, now);
	if (s->stop)
		stop_shards(s);
	shard_notices_update(&s->notices, &s->watch, now);
	open_progress(s);
}

static void watch(struct watch_session *s)
{
	ns_t look_at = 0, now = clock_monotonic_ns();

	do {
		struct rebuild *r = &s->watch.r;

		if (now >= look_at) {
			look(s, now);
			look_at = now > look_at + NS_PER_S ? now + NS_PER_S : look_at + NS_PER_S;
		}
		output_set_tick(&r->outputs, &r->total, r->total.duration);
		if (goes_on(s, now))
			pause_for_tick(s);
		now = clock_monotonic_ns();
	} while (goes_on(s, now));
}

/* ---- the end */

/* The folders to merge. Without PARTIAL, merge refuses a shard that exists twice. */
static size_t folders_to_merge(const struct shard_watch *w, bool partial, const char **folders)
{
	size_t count = 0;

	for (size_t i = 0; i < w->folders.count; i++) {
		const struct watched_folder *folder = w->folders.items[i];
		if (folder->shard.opened && (folder->place == WATCHED_MERGED ||
					     (folder->place == WATCHED_DUPLICATE && !partial)))
			folders[count++] = folder->path.ptr;
	}
	return count;
}

/* Otherwise, the result of an earlier run looks like that of the run that is about to start. */
static void report_earlier_end(const struct watch_session *s)
{
	char text[32];
	ns_t end;

	if (s->signal || !shard_watch_has_ended(&s->watch))
		return;
	end = shard_watch_ended_at(&s->watch);
	if (end >= s->started)
		return;
	clock_format_utc(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", end);
	log_info("this run ended at %s, before watch was started; to watch another run, use a new "
		 "folder for it",
		 text);
}

static enum exit_status finish(struct watch_session *s)
{
	struct shard_watch *w = &s->watch;
	bool partial = options_has(s->options, "partial") || s->signal;
	const char **folders = ARENA_ARRAY(&w->arena, w->folders.count + 1, const char *);
	size_t count = folders_to_merge(w, partial, folders);
	enum exit_status status = EXIT_USAGE;

	if (s->signal && !shard_watch_has_ended(w))
		log_info(
		    "the shards continue to run; to stop them: reprise watch --stop %s",
		    s->options->operands[0]);
	report_earlier_end(s);
	if (w->attached && count) {
		status = merge_result_write(folders, count, s->options, partial, &w->r.outputs,
					    w->r.facts.live);
	} else {
		log_error("no result was found in %s", s->options->operands[0]);
		output_set_cancel(&w->r.outputs);
	}
	if (s->signal)
		status = s->signal == SIGINT ? EXIT_SIGINT : EXIT_SIGTERM;
	return status;
}

static enum exit_status perform(struct watch_session *s)
{
	struct rebuild *r = &s->watch.r;

	if (!output_set_add(&r->outputs, &output_dashboard, str_of(s->dashboard), &r->facts,
			    false)) {
		output_set_cancel(&r->outputs);
		return EXIT_USAGE;
	}
	s->signals = open_signals();
	log_info("watching for results in %s", s->options->operands[0]);
	watch(s);
	close(s->signals);
	return finish(s);
}

static enum exit_status watch_main(const struct options *options)
{
	struct watch_session s = {.options = options, .started = clock_wall_ns()};
	enum exit_status status;
	ns_t late;

	if (!read_options(&s, &late))
		return EXIT_USAGE;
	if (options_has(options, "quiet"))
		log_set_level(LOG_QUIET);
	shard_notices_init(&s.notices);
	shard_watch_init(&s.watch, options->operands, options->operand_count,
			 options_value(options, "out"), late);
	set_live_facts(&s);
	status = perform(&s);
	shard_watch_release(&s.watch);
	shard_notices_release(&s.notices);
	return status;
}
