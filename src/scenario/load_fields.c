/* The table of `load:`, its stages, its capacity search and its replay. */
#include "scenario/scenario_file.h"
#include "scenario/load.h"
#include "scenario/field_value.h"
#include "scenario/scenario_reader.h"

#define LEVEL "a number of users such as 50, or a rate such as 200/s"

static const struct field users_field = {.type = FIELD_INT, .low = 0, .high = 1e7, .example = "50"};
static const struct field rate_field = {
    .type = FIELD_RATE, .low = 0, .high = 1e6, .example = "200/s"};

bool load_level_parse(struct arena *a, struct str text, struct load_level *out,
		      struct parse_error *error)
{
	int64_t users = 0;

	text = str_trim(text);
	*out = (struct load_level){.rate = str_find_char(text, '/', 0) != NOT_FOUND};
	if (out->rate)
		return field_value_parse(a, text, &rate_field, &out->value, error);
	if (!field_value_parse(a, text, &users_field, &users, error))
		return false;
	out->value = (double)users;
	return true;
}

static void read_level(struct reader *r, const struct node *node, void *out)
{
	struct parse_error error;
	struct str text;

	if (!reader_replaced(r, node, LEVEL, &text)) {
		/* A parameter without its value, under `check`: what stands behind it tells. */
		*(struct load_level *)out =
		    (struct load_level){.rate = node->kind == NODE_SCALAR &&
						str_find(node->text, STR("}/"), 0) != NOT_FOUND};
		return;
	}
	if (!load_level_parse(r->arena, text, out, &error))
		reader_error(r, node->span, error.code, "%.*s", STR_ARG(error.text));
}

static const struct field_special level_special = {
    .name = LEVEL,
    .read = read_level,
};

/* ---- stages */

static void check_stage(struct reader *r, const struct node *node, void *value);

static const struct field stage_fields[] = {
    FIELD(struct load_stage, ramp_to, "ramp_to", FIELD_SPECIAL, .special = &level_special,
	  .example = "200/s",
	  .prose = "Where this stage leads to: a number of users, or arrivals per second."),
    FIELD(struct load_stage, over, "over", FIELD_DURATION, .flags = FIELD_PARAMETER, .high = 1e8,
	  .example = "1m", .prose = "How long the way there takes; 0s is a jump."),
    FIELD(struct load_stage, hold, "hold", FIELD_DURATION, .flags = FIELD_PARAMETER, .low = 1e-3,
	  .high = 1e8, .example = "5m", .prose = "How long the level that was reached is kept."),
    FIELD_END,
};

static const struct field stage_element = {.type = FIELD_OBJECT,
					   .bytes = sizeof(struct load_stage),
					   .fields = stage_fields,
					   .check = check_stage};

static void check_stage(struct reader *r, const struct node *node, void *value)
{
	struct load_stage *stage = value;
	bool over = keys_has(&stage->keys, stage_fields, "over");
	bool hold = keys_has(&stage->keys, stage_fields, "hold");

	stage->ramps = keys_has(&stage->keys, stage_fields, "ramp_to");
	if (stage->ramps && hold)
		reader_error(r, keys_span(&stage->keys, "hold"), DIAG_E306,
			     "'hold' contradicts 'ramp_to': a stage is one or the other; "
			     "write two: {ramp_to: 50, over: 1m} and {hold: 5m}");
	else if (stage->ramps && !over)
		reader_error(r, keys_span(&stage->keys, "ramp_to"), DIAG_E306,
			     "'ramp_to' needs 'over': how long the way there takes; 0s is a jump");
	else if (over && !stage->ramps)
		reader_error(r, keys_span(&stage->keys, "over"), DIAG_E306,
			     "'over' needs 'ramp_to': where the stage leads to");
	else if (!stage->ramps && !hold)
		reader_error(r, node->span, DIAG_E306,
			     "a stage is {ramp_to: 50, over: 1m} or {hold: 5m}");
}

/* ---- capacity */

static const char *const find_words[] = {"arrivals", "users", NULL};

static const struct field capacity_fields[] = {
    FIELD(struct capacity_search, find, "find", FIELD_ENUM,
	  .flags = FIELD_REQUIRED | FIELD_PARAMETER, .choices = find_words, .example = "arrivals",
	  .prose = "Whether the most arrivals per second is searched, or the most users."),
    FIELD(struct capacity_search, from, "from", FIELD_SPECIAL, .flags = FIELD_REQUIRED,
	  .special = &level_special, .example = "10/s",
	  .prose = "The first load that is tried; it doubles from there until thresholds fail."),
    FIELD(struct capacity_search, to, "to", FIELD_SPECIAL, .flags = FIELD_REQUIRED,
	  .special = &level_special, .example = "1000/s", .prose = "The most that is tried."),
    FIELD(struct capacity_search, hold, "hold", FIELD_DURATION, .flags = FIELD_PARAMETER,
	  .fallback = "30s", .low = 0.1, .high = 1e6, .example = "30s",
	  .prose = "How long each load is kept before its thresholds are judged."),
    FIELD_END,
};

/* ---- replay */

static const struct field replay_fields[] = {
    FIELD(struct replay_load, file, "file", FIELD_TEXT,
	  .flags = FIELD_REQUIRED | FIELD_PARAMETER | FIELD_FILE, .example = "requests.ndjson",
	  .prose = "Recorded requests, one JSON object a line, in the order of their times."),
    FIELD(struct replay_load, speed, "speed", FIELD_NUMBER, .flags = FIELD_PARAMETER,
	  .fallback = "1", .low = 1e-3, .high = 1e4, .example = "2",
	  .prose = "How many times as fast as recorded."),
    FIELD_END,
};

/* ---- load */

static const char *const spacing_words[] = {"even", "random", NULL};

const struct field load_fields[] = {
    FIELD(struct load, users, "users", FIELD_INT, .flags = FIELD_PARAMETER, .low = 1, .high = 1e7,
	  .example = "50",
	  .prose = "How many virtual users there are; each begins again when it has ended."),
    FIELD(struct load, arrivals, "arrivals", FIELD_RATE, .flags = FIELD_PARAMETER, .low = 1e-6,
	  .high = 1e6, .example = "20/s",
	  .prose =
	      "New users that come, whatever the target does; each performs one scenario once."),
    FIELD(struct load, stages, "stages", FIELD_LIST, .element = &stage_element,
	  .example = "[{ramp_to: 50, over: 1m}, {hold: 5m}]",
	  .prose = "A load that changes: ways to a number of users or a rate of arrivals, and "
		   "whiles in which it is held. Users above a falling stage finish their "
		   "iteration."),
    FIELD(struct load, duration, "duration", FIELD_DURATION, .flags = FIELD_PARAMETER, .low = 1e-3,
	  .high = 1e8, .example = "5m", .prose = "How long the load lasts, ramp_up included."),
    FIELD(struct load, ramp_up, "ramp_up", FIELD_DURATION, .flags = FIELD_PARAMETER,
	  .example = "30s",
	  .prose = "The first part of the duration, in which the load grows evenly; with warm_up "
		   "it begins with that."),
    FIELD(struct load, warm_up, "warm_up", FIELD_DURATION, .flags = FIELD_PARAMETER, .high = 1e8,
	  .example = "30s",
	  .prose = "How long the load is on before the duration begins: what is sent then is not "
		   "measured. Of stages it is the first part."),
    FIELD(struct load, iterations, "iterations", FIELD_INT, .flags = FIELD_PARAMETER, .low = 1,
	  .high = 1e15, .example = "10", .prose = "How often each user performs a scenario."),
    FIELD(struct load, total_iterations, "total_iterations", FIELD_INT, .flags = FIELD_PARAMETER,
	  .low = 1, .high = 1e15, .example = "1000",
	  .prose = "How often a scenario is performed by all users together."),
    FIELD(struct load, grace, "grace", FIELD_DURATION, .flags = FIELD_PARAMETER, .fallback = "30s",
	  .example = "10s",
	  .prose = "How long after the end users may finish what they have begun."),
    FIELD(struct load, spacing, "spacing", FIELD_ENUM, .flags = FIELD_PARAMETER, .fallback = "even",
	  .choices = spacing_words, .example = "random",
	  .prose = "Whether arrivals come at even distances or at random ones (Poisson)."),
    FIELD(struct load, max_users, "max_users", FIELD_INT, .flags = FIELD_PARAMETER, .low = 1,
	  .high = 1e7, .example = "2000",
	  .prose = "The most users that arrivals may have there at once; further ones are dropped "
		   "and counted."),
    FIELD(struct load, capacity, "capacity", FIELD_OBJECT, .fields = capacity_fields,
	  .example = "{find: arrivals, from: 10/s, to: 1000/s, hold: 30s}",
	  .prose = "Searches the largest load that keeps the thresholds."),
    FIELD(struct load, replay, "replay", FIELD_OBJECT, .fields = replay_fields,
	  .example = "{file: requests.ndjson, speed: 2}",
	  .prose = "Sends recorded requests at the times at which they were recorded."),
    FIELD_END,
};
