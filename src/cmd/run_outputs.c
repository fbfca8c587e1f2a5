#include "cmd/run_outputs.h"

#include <string.h>
#include <sys/stat.h>

#include "cmd/result_folder.h"
#include "output/output.h"

static bool open_one(struct run_outputs *outputs, const struct output_kind *kind, struct str where,
		     const struct run_facts *facts, bool told)
{
	struct output *output;
	struct buf error;

	if (outputs->count == RUN_OUTPUTS_MAX)
		BUG("more than %u outputs", RUN_OUTPUTS_MAX);
	buf_init(&error, 0);
	output = kind->open(where, facts, &error);
	if (output) {
		outputs->items[outputs->count].kind = kind;
		outputs->items[outputs->count].output = output;
		outputs->items[outputs->count].where = where;
		outputs->items[outputs->count++].told = told;
	} else {
		log_error("%.*s", STR_ARG(buf_str(&error)));
	}
	buf_release(&error);
	return output != NULL;
}

/* Of the folder people look at two; the rest stands beside them. */
static bool is_told(const char *file)
{
	return strcmp(file, "report.html") == 0 || strcmp(file, "summary.json") == 0;
}

static bool open_kind(struct run_outputs *outputs, const struct run_options *o, struct str folder,
		      const struct output_kind *kind, const struct run_facts *facts)
{
	const char *value = kind->option ? options_value(o->options, kind->option) : NULL;
	bool fine = true;

	if (!kind->option && !kind->file) {
		struct str where = STR_NULL;

		if (strcmp(kind->name, "progress") == 0 && o->level == LOG_QUIET)
			return true;
		if (strcmp(kind->name, "text") == 0 && facts->document_on_output)
			where = STR("stderr");
		return open_one(outputs, kind, where, facts, false);
	}
	if (folder.len && kind->file) {
		struct str where = result_folder_file(&outputs->arena, folder, kind->file);

		fine = open_one(outputs, kind, where, facts, is_told(kind->file));
	}
	if (!value && kind->implied)
		value = kind->implied(&outputs->arena);
	if (fine && value)
		fine = open_one(outputs, kind, str_of(value), facts,
				!kind->sends && strcmp(value, "-") != 0);
	return fine;
}

/* There is no run after all. */
static void forget(struct run_outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		outputs->items[i].kind->close(outputs->items[i].output, NULL, NULL, NULL);
	arena_release(&outputs->arena);
}

bool run_outputs_open(struct run_outputs *outputs, const struct run_options *o, struct str folder,
		      const struct run_facts *facts)
{
	outputs->count = 0;
	outputs->send_wait = facts->wishes.send_wait;
	arena_init(&outputs->arena, 0);
	if (folder.len && !result_folder_make(folder)) {
		arena_release(&outputs->arena);
		return false;
	}
	for (size_t i = 0; outputs_all()[i]; i++) {
		if (!open_kind(outputs, o, folder, outputs_all()[i], facts)) {
			forget(outputs);
			return false;
		}
	}
	return true;
}

static bool is_made(struct arena *a, struct str folder, const char *file)
{
	struct stat status;

	return stat(result_folder_file(a, folder, file).ptr, &status) == 0 && status.st_size > 0;
}

static bool remake_kind(struct run_outputs *outputs, const struct output_kind *kind,
			struct str folder, const struct run_facts *facts)
{
	if (strcmp(kind->name, "text") == 0)
		return open_one(outputs, kind, STR_NULL, facts, false);
	if (!kind->file || !kind->rebuilt)
		return true;
	if (str_ends(str_of(kind->file), STR("/")))
		(void)mkdir(result_folder_file(&outputs->arena, folder, kind->file).ptr, 0777);
	else if (strcmp(kind->file, "report.html") != 0 &&
		 is_made(&outputs->arena, folder, kind->file))
		return true;
	return open_one(outputs, kind, result_folder_file(&outputs->arena, folder, kind->file),
			facts, is_told(kind->file));
}

static bool gather_kind(struct run_outputs *outputs, const struct options *options,
			const struct output_kind *kind, struct str folder,
			const struct run_facts *facts)
{
	bool asked = kind->option &&
		     (strcmp(kind->option, "json") == 0 || strcmp(kind->option, "junit") == 0);
	const char *value = asked ? options_value(options, kind->option) : NULL;
	bool fine = true;

	if (strcmp(kind->name, "text") == 0)
		return open_one(outputs, kind, STR_NULL, facts, false);
	if (folder.len && kind->file && kind->file[strlen(kind->file) - 1] != '/')
		fine =
		    open_one(outputs, kind, result_folder_file(&outputs->arena, folder, kind->file),
			     facts, is_told(kind->file));
	if (fine && value)
		fine = open_one(outputs, kind, str_of(value), facts, strcmp(value, "-") != 0);
	return fine;
}

bool run_outputs_remake(struct run_outputs *outputs, struct str folder,
			const struct run_facts *facts)
{
	outputs->count = 0;
	arena_init(&outputs->arena, 0);
	for (size_t i = 0; outputs_all()[i]; i++) {
		if (!remake_kind(outputs, outputs_all()[i], folder, facts)) {
			forget(outputs);
			return false;
		}
	}
	return true;
}

bool run_outputs_gather(struct run_outputs *outputs, const struct options *options,
			struct str folder, const struct run_facts *facts)
{
	outputs->count = 0;
	arena_init(&outputs->arena, 0);
	if (folder.len && !result_folder_make(folder)) {
		arena_release(&outputs->arena);
		return false;
	}
	for (size_t i = 0; outputs_all()[i]; i++) {
		if (!gather_kind(outputs, options, outputs_all()[i], folder, facts)) {
			forget(outputs);
			return false;
		}
	}
	return true;
}

bool run_outputs_close(struct run_outputs *outputs, const struct summary *total,
		       struct verdict *verdict)
{
	bool good = true;
	struct buf error;

	buf_init(&error, 0);
	verdict->written = outputs->written;
	verdict->written_count = 0;
	outputs->deliveries = (struct output_deliveries){.arena = &outputs->arena};
	verdict->deliveries = &outputs->deliveries;
	verdict->patience = clock_monotonic_ns() + outputs->send_wait;
	for (size_t i = 0; i < outputs->count; i++) {
		buf_clear(&error);
		if (!outputs->items[i].kind->close(outputs->items[i].output, total, verdict,
						   &error)) {
			log_error("%.*s", STR_ARG(buf_str(&error)));
			good = false;
		} else if (outputs->items[i].told) {
			outputs->written[verdict->written_count++] = outputs->items[i].where;
		}
	}
	buf_release(&error);
	arena_release(&outputs->arena);
	return good;
}

void run_outputs_tick(void *owner, const struct summary *sofar, ns_t now)
{
	struct run_outputs *outputs = owner;

	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->items[i].kind->tick)
			outputs->items[i].kind->tick(outputs->items[i].output, sofar, now);
}

void run_outputs_second(void *owner, const struct summary *second, const struct summary *sofar,
			const struct moment *m)
{
	struct run_outputs *outputs = owner;

	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->items[i].kind->second)
			outputs->items[i].kind->second(outputs->items[i].output, second, sofar, m);
}

void run_outputs_event(void *owner, const struct run_event *event)
{
	struct run_outputs *outputs = owner;

	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->items[i].kind->event)
			outputs->items[i].kind->event(outputs->items[i].output, event);
}
