#include "cmd/run_steps.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/out_file.h"
#include "cmd/step_labels.h"
#include "result/exchange_json.h"
#include "stats/failure.h"

#define BODY_MAX      ((size_t)4 << 20)	  /* bytes of each body */
#define EXCHANGES_MAX 1000u		  /* files */
#define BYTES_MAX     ((size_t)256 << 20) /* of all files */

/* A line or an exchange that the worker has reported. */
struct report {
	struct report *next;
	unsigned exchange; /* its number; 0: a line */
	struct buf text;
};

struct run_steps {
	struct arena arena;
	const struct loaded_file *l;
	const struct step_label *labels;
	struct str until;  /* path or name of the step, as given; ptr NULL: none */
	struct str folder; /* of the exchanges; ptr NULL: none */
	struct run_step_sink sink;
	pthread_mutex_t lock; /* of the list */
	struct report *first, **end;
	/* Worker's thread, until the run has ended. */
	unsigned step_count, failed, exchanges, written;
	size_t bytes;
	/* Main thread. */
	struct buf error; /* the first error of a file */
};

bool run_steps_wanted(const struct run_options *options)
{
	const char *const names[] = {"until", "exchanges", "ndjson"};
	bool any = false;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		any |= options_value(options->options, names[i]) != NULL;
	return options->once && any;
}

/* ---- the worker's thread */

static struct report *report_new(unsigned exchange)
{
	struct report *report = alloc_zeroed(1, sizeof *report);

	report->exchange = exchange;
	buf_init(&report->text, 0);
	return report;
}

static void add_report(struct run_steps *s, struct report *report)
{
	pthread_mutex_lock(&s->lock);
	*s->end = report;
	s->end = &report->next;
	pthread_mutex_unlock(&s->lock);
}

static void put_path(const struct run_steps *s, struct json_writer *j, uint32_t step)
{
	if (step == PC_NONE || !s->labels[step].path.ptr)
		json_writer_null(j, "path");
	else
		json_writer_text(j, "path", s->labels[step].path);
}

static void put_exchange(const struct run_steps *s, struct buf *out, uint32_t step,
			 struct str request_name, const struct failure_sample *sample,
			 struct str error)
{
	struct json_writer j = json_writer_spaced(out);
	struct str type = exchange_json_header(sample->headers, STR("Content-Type"));

	json_writer_open(&j, NULL);
	json_writer_uint(&j, "n", s->exchanges);
	put_path(s, &j, step);
	json_writer_text(&j, "name", request_name);
	json_writer_text(&j, "method", sample->method);
	json_writer_text(&j, "url", sample->url);
	if (sample->status)
		json_writer_int(&j, "status", sample->status);
	else
		json_writer_null(&j, "status");
	json_writer_fixed(&j, "ms",
			  sample->whole > 0 ? (double)sample->whole / (double)NS_PER_MS : 0, 3);
	json_writer_uint(&j, "size", sample->bytes_received);
	json_writer_text(&j, "type", str_trim(str_slice(type, 0, str_find_char(type, ';', 0))));
	if (error.len)
		json_writer_text(&j, "error", error);
	else
		json_writer_null(&j, "error");
	exchange_json_put(&j, sample);
	json_writer_line(&j, "\n");
	json_writer_close(&j);
	buf_add_char(out, '\n');
}

static unsigned on_exchange(void *owner, uint32_t step, struct str request_name,
			    const struct failure_sample *sample, struct str error)
{
	struct run_steps *s = owner;
	struct report *report;

	s->exchanges++;
	if (!s->folder.ptr || s->written == EXCHANGES_MAX || s->bytes >= BYTES_MAX)
		return s->exchanges;
	report = report_new(s->exchanges);
	put_exchange(s, &report->text, step, request_name, sample, error);
	s->written++;
	s->bytes += report->text.len;
	add_report(s, report);
	return s->exchanges;
}

static void put_failures(struct json_writer *j, const struct run_step *step)
{
	json_writer_open_array(j, "failures");
	for (size_t i = 0; i < step->failure_count; i++) {
		json_writer_open(j, NULL);
		json_writer_text(j, "class", str_of(failure_name(step->failures[i].class)));
		json_writer_text(j, "message", step->failures[i].message);
		json_writer_text(j, "at", step->failures[i].at);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

static void on_step(void *owner, const struct run_step *step)
{
	struct run_steps *s = owner;
	const struct step_label *label = step->step == PC_NONE ? NULL : &s->labels[step->step];
	struct report *report = report_new(0);
	struct json_writer j = json_writer_spaced(&report->text);

	s->step_count++;
	s->failed += step->failure_count > 0;
	json_writer_open(&j, NULL);
	json_writer_text(&j, "event", STR("step"));
	put_path(s, &j, step->step);
	json_writer_text(&j, "name", label ? label->name : STR(""));
	json_writer_text(&j, "kind",
			 label ? str_of(s->l->program->steps[step->step].step->kind->name)
			       : STR(""));
	json_writer_text(&j, "at", label ? label->at : STR(""));
	json_writer_text(&j, "scenario", step->scenario);
	json_writer_uint(&j, "user", step->user);
	json_writer_uint(&j, "iteration", step->iteration);
	json_writer_bool(&j, "ok", !step->failure_count);
	put_failures(&j, step);
	buf_add(json_writer_value(&j, "extracted"), step->extracted);
	buf_add(json_writer_value(&j, "variables"), step->variables);
	json_writer_open_array(&j, "exchanges");
	for (size_t i = 0; i < step->exchange_count; i++)
		json_writer_uint(&j, NULL, step->exchanges[i]);
	json_writer_close_array(&j);
	json_writer_close(&j);
	buf_add_char(&report->text, '\n');
	add_report(s, report);
}

/* ---- the step of --until */

static bool contains(const struct step_code *outer, const struct step_code *inner)
{
	return outer != inner && outer->begin <= inner->begin && inner->end <= outer->end;
}

/* Whether row INDEX is the outermost one around a row that is FOUND. */
static bool is_around(const struct program *p, const bool *found, uint32_t index)
{
	bool around = false;

	for (uint32_t i = 0; i < p->step_count; i++) {
		around |= found[i] && contains(&p->steps[index], &p->steps[i]);
		if (contains(&p->steps[i], &p->steps[index]))
			return false;
	}
	return around;
}

/* The scenario whose steps include the first row that is FOUND; PC_NONE: a fixture has it. */
static uint32_t scenario_of(const struct program *p, const bool *found)
{
	uint32_t first = PC_NONE;

	for (uint32_t i = 0; i < p->step_count; i++) {
		uint32_t at = PC_NONE;

		for (uint32_t k = 0; found[i] && k < p->scenario_count; k++)
			if (p->scenarios[k].entry <= p->steps[i].begin &&
			    p->steps[i].begin < p->scenarios[k].end)
				at = k;
		if (found[i] && at == PC_NONE)
			return PC_NONE;
		first = at < first ? at : first;
	}
	return first;
}

static bool find_until(struct run_steps *s, struct str until)
{
	const struct program *p = s->l->program;
	bool *found = ARENA_ARRAY(&s->arena, p->step_count + 1, bool);
	uint8_t *stops = ARENA_ARRAY(&s->arena, p->step_count + 1, uint8_t);

	s->sink.stops = stops;
	s->sink.scenario = PC_NONE;
	if (!until.ptr)
		return true;
	s->until = until;
	if (!step_labels_find(s->labels, s->l, until, found))
		return false;
	for (uint32_t i = 0; i < p->step_count; i++)
		stops[i] = found[i]		    ? RUN_STEP_REACHED
			   : is_around(p, found, i) ? RUN_STEP_PASSED
						    : RUN_STEP_CONTINUES;
	s->sink.scenario = scenario_of(p, found);
	return true;
}

/* ---- the folder */

static bool is_empty(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool empty = folder;

	while (folder && (entry = readdir(folder)))
		empty &= strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (folder)
		closedir(folder);
	return empty;
}

static bool open_folder(struct run_steps *s, const char *path)
{
	if (!path)
		return true;
	s->folder = str_of(path);
	if (mkdir(path, 0700) == 0)
		return true;
	if (errno == EEXIST && is_empty(path))
		return true;
	log_error("--exchanges: cannot use the folder '%s': %s", path,
		  errno == EEXIST || !errno ? "it must be new or empty" : strerror(errno));
	return false;
}

/* ---- life */

struct run_steps *run_steps_new(const struct run_options *options, const struct loaded_file *l)
{
	const char *until = options_value(options->options, "until");
	struct run_steps *s = alloc_zeroed(1, sizeof *s);

	arena_init(&s->arena, 0);
	buf_init(&s->error, 0);
	pthread_mutex_init(&s->lock, NULL);
	s->end = &s->first;
	s->l = l;
	s->labels = step_labels_new(&s->arena, l);
	s->sink = (struct run_step_sink){
	    .owner = s, .body_max = BODY_MAX, .exchange = on_exchange, .step = on_step};
	if (find_until(s, until ? str_of(until) : STR_NULL) &&
	    open_folder(s, options_value(options->options, "exchanges")))
		return s;
	run_steps_free(s);
	return NULL;
}

static void report_free(struct report *report)
{
	buf_release(&report->text);
	free(report);
}

void run_steps_free(struct run_steps *s)
{
	if (!s)
		return;
	while (s->first) {
		struct report *next = s->first->next;

		report_free(s->first);
		s->first = next;
	}
	pthread_mutex_destroy(&s->lock);
	buf_release(&s->error);
	arena_release(&s->arena);
	free(s);
}

const struct run_step_sink *run_steps_sink(const struct run_steps *s)
{
	return s ? &s->sink : NULL;
}

/* ---- the main thread */

static void write_exchange(struct run_steps *s, const struct report *report)
{
	struct out_file file;
	struct buf path;

	buf_init(&path, 0);
	buf_printf(&path, "%.*s/%u.json", STR_ARG(s->folder), report->exchange);
	if (!s->error.len && out_file_open(&file, buf_str(&path), OUT_FILE_WHOLE, &s->error))
		out_file_finish(&file, buf_str(&report->text), &s->error);
	buf_release(&path);
}

void run_steps_write(struct run_steps *s, struct output_set *outputs)
{
	struct report *next;

	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	next = s->first;
	s->first = NULL;
	s->end = &s->first;
	pthread_mutex_unlock(&s->lock);
	while (next) {
		struct report *report = next;

		next = report->next;
		if (report->exchange)
			write_exchange(s, report);
		else
			output_set_line(outputs, buf_str(&report->text));
		report_free(report);
	}
}

static void put_end(struct run_steps *s, struct output_set *outputs, bool reached)
{
	struct json_writer j;
	struct buf line;

	buf_init(&line, 0);
	j = json_writer_spaced(&line);
	json_writer_open(&j, NULL);
	json_writer_text(&j, "event", STR("once"));
	if (s->until.ptr)
		json_writer_text(&j, "until", s->until);
	else
		json_writer_null(&j, "until");
	json_writer_bool(&j, "reached", reached);
	json_writer_uint(&j, "steps", s->step_count);
	json_writer_uint(&j, "failed", s->failed);
	json_writer_uint(&j, "exchanges", s->exchanges);
	json_writer_uint(&j, "omitted", s->folder.ptr ? s->exchanges - s->written : 0);
	json_writer_close(&j);
	buf_add_char(&line, '\n');
	output_set_line(outputs, buf_str(&line));
	buf_release(&line);
}

bool run_steps_finish(struct run_steps *s, struct output_set *outputs, bool reached)
{
	if (!s)
		return true;
	run_steps_write(s, outputs);
	put_end(s, outputs, reached);
	if (s->until.ptr && !reached)
		log_warning("--until: the step '%.*s' was not reached", STR_ARG(s->until));
	if (s->folder.ptr && s->written < s->exchanges)
		log_warning("--exchanges: %u of %u exchanges were not written: the limit is %u "
			    "files and %u MiB",
			    s->exchanges - s->written, s->exchanges, EXCHANGES_MAX,
			    (unsigned)(BYTES_MAX >> 20));
	if (s->error.len)
		log_error("%.*s", STR_ARG(buf_str(&s->error)));
	return !s->error.len;
}
