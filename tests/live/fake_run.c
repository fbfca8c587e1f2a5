/*
 * A simulated run: prints the live view and the final summary from invented statistics in virtual
 * time. Used by tests/live/live.py to test the terminal output at any size and speed, without a
 * server.
 *
 *   fake_run [WORD=VALUE]…
 *     seconds=20 speed=1         duration in virtual time, and the factor to real time
 *     steps=4 scenarios=1        number of steps and scenarios
 *     fail=0 late=0 evil=0       every third step fails; behind schedule; hostile names
 *     thresholds=2 iterations=0 endless=0
 *     say=0                      seconds of virtual time between messages of another thread
 *     flood=0                    number of further messages with each of them
 *     color=auto plain=0 quiet=0
 *     end=…                      at half time: crash, memory, bug, or stop (as after Ctrl-C)
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "output/output.h"
#include "result/facts.h"

#define STEPS_MAX 300u
#define TICK	  (250 * NS_PER_MS)

static const struct word {
	const char *name, *value;
} words[] = {
    {"seconds", "20"},	 {"speed", "1"},   {"steps", "4"}, {"scenarios", "1"},
    {"fail", "0"},	 {"late", "0"},	   {"evil", "0"},  {"thresholds", "2"},
    {"iterations", "0"}, {"endless", "0"}, {"say", "0"},   {"flood", "0"},
    {"color", "auto"},	 {"plain", "0"},   {"quiet", "0"}, {"end", ""},
};
#define WORDS (sizeof(words) / sizeof(words[0]))

static const char *const evil_names[] = {
    "GET /\x1b[2J\x1b[Hcleared",
    "\xe5\x95\x86\xe5\x93\x81\xe3\x82\x92\xe6\x8e\xa2\xe3\x81\x99 50\xc2\xb5s",
    "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 cart",
    "right \xe2\x80\xaeotni tfel\xe2\x80\xac",
    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81le\xcc\x81ve",
    "two\r\nlines\tand a bell\x07",
    "flag \xf0\x9f\x87\xa9\xf0\x9f\x87\xaa \xe2\x9d\xa4\xef\xb8\x8f",
    "\xff\xfe not UTF-8 \xc2\x9b\x33\x31m",
};
#define EVIL_NAMES (sizeof(evil_names) / sizeof(evil_names[0]))

struct speaker {
	pthread_t thread;
	bool speaks;
	long long second;
	long flood;
};

struct fake {
	const char *argument[WORDS];
	struct arena arena;
	struct series_table table;
	struct recorder recorder;
	struct summary summary;
	struct generator_health health;
	struct verdict_validity validity;
	struct threshold thresholds[8];
	struct threshold_judge judge;
	struct run_facts facts;
	struct verdict verdict;
	unsigned steps[STEPS_MAX], scenario;
	char names[STEPS_MAX][32];
	size_t step_count;
	int signal;
	struct speaker speaker;
	ns_t now;
};

static const char *argument(const struct fake *f, const char *name)
{
	for (size_t i = 0; i < WORDS; i++)
		if (strcmp(words[i].name, name) == 0)
			return f->argument[i] ? f->argument[i] : words[i].value;
	abort();
}

static long number(const struct fake *f, const char *name)
{
	return strtol(argument(f, name), NULL, 10);
}

static bool parse_arguments(struct fake *f, int argc, char **argv)
{
	for (int a = 1; a < argc; a++) {
		char *value = strchr(argv[a], '=');
		bool known = false;

		for (size_t i = 0; value && i < WORDS; i++) {
			if (strncmp(argv[a], words[i].name, (size_t)(value - argv[a])) != 0 ||
			    words[i].name[value - argv[a]])
				continue;
			f->argument[i] = value + 1;
			known = true;
		}
		if (!known) {
			fprintf(stderr, "fake_run: invalid argument %s\n", argv[a]);
			return false;
		}
	}
	return true;
}

/* ---- the simulated steps */

static void add_steps(struct fake *f)
{
	static const char *const scenarios[] = {"Buy", "Browse", "Return"};
	size_t kinds = (size_t)number(f, "scenarios");

	f->step_count = (size_t)number(f, "steps");
	for (size_t i = 0; i < f->step_count && i < STEPS_MAX; i++) {
		const char *scenario = scenarios[i * kinds / f->step_count % 3];
		struct series_def def = {.kind = SERIES_STEP, .scenario = str_of(scenario)};

		snprintf(f->names[i], sizeof(f->names[i]), "GET /page/%zu", i);
		def.name = str_of(number(f, "evil") ? evil_names[i % EVIL_NAMES] : f->names[i]);
		def.at = STR("shop.yaml:24");
		f->steps[i] = series_table_add(&f->table, &def);
	}
	f->scenario = series_table_add(&f->table, &(struct series_def){.kind = SERIES_SCENARIO,
								       .name = STR("Buy"),
								       .scenario = STR("Buy")});
}

static void add_thresholds(struct fake *f)
{
	static const char *const texts[] = {"p95 < 300ms", "error_rate < 1%", "p99 < 20ms",
					    "p50 of \"Later\" < 1s", "max < 1h"};
	size_t count = (size_t)number(f, "thresholds");
	struct threshold_error error;

	for (size_t i = 0; i < count && i < 5; i++)
		if (!threshold_parse(&f->arena, str_of(texts[i]), &f->thresholds[i], &error))
			abort();
	threshold_judge_init(&f->judge, f->thresholds, count < 5 ? count : 5);
}

static void set_facts(struct fake *f)
{
	enum terminal_color color;

	if (!terminal_color_find(argument(f, "color"), &color))
		abort();
	f->facts = (struct run_facts){
	    .version = STR("0"),
	    .name = number(f, "evil") ? str_of(evil_names[0]) : STR("Web shop"),
	    .target = STR("http://127.0.0.1:8080"),
	    .load = STR("50 users for 2m, ramp 10s"),
	    .seed = 7,
	    .planned = number(f, "endless") ? 0 : number(f, "seconds") * NS_PER_S,
	    .iterations = (uint64_t)number(f, "iterations"),
	    .users = 50,
	    .judge = &f->judge,
	    .signal = &f->signal,
	    .output = terminal_detect(STDOUT_FILENO, color),
	    .error = terminal_detect(STDERR_FILENO, color),
	    .quiet = number(f, "quiet"),
	};
	f->facts.live = f->facts.error.can_redraw && !number(f, "plain");
	f->facts.frame_stays = f->facts.live && f->facts.output.is_terminal;
	f->verdict =
	    (struct verdict){.reached = true, .validity = &f->validity, .health = &f->health};
}

static void set_up(struct fake *f)
{
	arena_init(&f->arena, 0);
	series_table_init(&f->table, &f->arena);
	add_steps(f);
	recorder_init(&f->recorder, &f->table, 0);
	summary_init(&f->summary, &f->table);
	health_init(&f->health, 1);
	add_thresholds(f);
	set_facts(f);
	recorder_users(&f->recorder, 50);
}

static void tear_down(struct fake *f)
{
	threshold_judge_release(&f->judge);
	summary_release(&f->summary);
	recorder_release(&f->recorder);
	arena_release(&f->arena);
}

/* ---- a simulated second */

static void request(struct fake *f, size_t step, bool fails)
{
	struct sample s = {.outcome = fails ? OUTCOME_FAILED : OUTCOME_OK,
			   .class = FAILURE_status,
			   .status = fails ? 503 : 200,
			   .response = (ns_t)(5 + step % 40) * NS_PER_MS,
			   .service = NS_PER_MS,
			   .dns = SAMPLE_NONE,
			   .connect = SAMPLE_NONE,
			   .tls = SAMPLE_NONE};
	struct failure_note note = {.class = FAILURE_status,
				    .series = f->steps[step],
				    .detail = 503,
				    .at = STR("shop.yaml:41"),
				    .when = f->now,
				    .user = 17};

	recorder_started(&f->recorder, f->steps[step]);
	recorder_request(&f->recorder, f->steps[step], &s);
	if (fails)
		recorder_failure(&f->recorder, &note,
				 number(f, "evil") ? str_of(evil_names[5])
						   : STR("HTTP 503, expected 2xx"));
}

static void second(struct fake *f)
{
	double cpu = 0.4;

	for (size_t i = 0; i < f->step_count; i++)
		for (size_t n = 0; n < 10 + i; n++)
			request(f, i, number(f, "fail") && i % 3 == 0 && n == 0);
	recorder_started(&f->recorder, f->scenario);
	recorder_span(&f->recorder, f->scenario, OUTCOME_OK, 0, NS_PER_MS, NS_PER_S);
	recorder_lag(&f->recorder, (number(f, "late") ? 50 : 1) * NS_PER_MS);
	recorder_request_swap(&f->recorder);
	recorder_poll(&f->recorder);
	summary_drain(&f->summary, recorder_take(&f->recorder));
	recorder_return(&f->recorder);
	summary_close_second(&f->summary, f->now);
	health_interval(&f->health, f->summary.last.length, &cpu, f->summary.last.lag_p99, NULL);
	threshold_judge_second(&f->judge, &f->summary, f->now);
}

static void *say(void *owner)
{
	const struct speaker *s = owner;

	log_info("a message at %lld s, from another thread", s->second);
	for (long i = 0; i < s->flood; i++)
		log_info("message %ld of many at %lld s", i, s->second);
	return NULL;
}

static void join_speaker(struct speaker *s)
{
	if (s->speaks)
		pthread_join(s->thread, NULL);
	s->speaks = false;
}

/* Writes messages while the frame is drawn. */
static void say_something(struct fake *f)
{
	struct speaker *s = &f->speaker;

	if (!number(f, "say") || f->now / NS_PER_S % number(f, "say"))
		return;
	join_speaker(s);
	s->second = (long long)(f->now / NS_PER_S);
	s->flood = number(f, "flood");
	s->speaks = pthread_create(&s->thread, NULL, say, s) == 0;
}

static void end_early(struct fake *f)
{
	const char *how = argument(f, "end");

	join_speaker(&f->speaker);
	if (strcmp(how, "crash") == 0)
		raise(SIGSEGV);
	else if (strcmp(how, "memory") == 0)
		die_out_of_memory();
	else if (strcmp(how, "bug") == 0)
		BUG("requested by the test");
	else if (strcmp(how, "stop") == 0)
		f->signal = SIGINT;
}

static void perform(struct fake *f, void *progress)
{
	ns_t length = number(f, "seconds") * NS_PER_S;
	ns_t pause = TICK / number(f, "speed");
	struct timespec sleep = {.tv_sec = pause / NS_PER_S, .tv_nsec = pause % NS_PER_S};

	while (f->now < length) {
		f->now += TICK;
		if (f->now % NS_PER_S == 0) {
			second(f);
			say_something(f);
		}
		if (progress)
			output_progress.tick(progress, &f->summary, f->now);
		if (f->now == length / 2 / NS_PER_S * NS_PER_S)
			end_early(f);
		nanosleep(&sleep, NULL);
	}
}

int main(int argc, char **argv)
{
	static struct fake f;
	void *progress = NULL, *text;
	struct buf error;

	if (!parse_arguments(&f, argc, argv))
		return 2;
	set_up(&f);
	buf_init(&error, 0);
	if (!f.facts.quiet)
		progress = output_progress.open(STR(""), &f.facts, &error);
	text = output_text.open(STR(""), &f.facts, &error);
	perform(&f, progress);
	join_speaker(&f.speaker);
	f.verdict.outcome = threshold_judge_end(&f.judge, &f.summary) ? VERDICT_PASS : VERDICT_FAIL;
	verdict_judge(&f.validity, &f.summary, &f.health);
	if (progress)
		output_progress.close(progress, &f.summary, &f.verdict, &error);
	output_text.close(text, &f.summary, &f.verdict, &error);
	tear_down(&f);
	return f.verdict.outcome == VERDICT_PASS ? 0 : 1;
}
