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
		/* Whether the value is a parameter without a value, in `reprise check`; a parameter
		 * for a rate is written with its unit after it. */
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
    .widget = "level",
};

/* ---- the models of a load */

#define SEARCH	  ": the search sets the load and its duration"
#define RECORDING ": the recording sets the requests and their times"
#define WHICH                                                                                      \
	": keep users if each user starts again when it is finished, or arrivals if new users "    \
	"start at this rate, however slow the server is"
#define ONE_EACH ": each arrival runs one iteration; use duration to limit the load"

static const struct field_clash model_clashes[] = {
    {"arrivals", "users", WHICH},
    {"stages", "users", ": the stages set the number of users"},
    {"stages", "arrivals", ": the stages set the arrivals"},
    {"users", "capacity", SEARCH},
    {"arrivals", "capacity", SEARCH},
    {"stages", "capacity", SEARCH},
    {"users", "replay", RECORDING},
    {"arrivals", "replay", RECORDING},
    {"stages", "replay", RECORDING},
    {"replay", "capacity", ": each of them is a complete load"},
    {"duration", "stages", ": the stages set the duration"},
    {"duration", "capacity", SEARCH},
    {"duration", "replay", RECORDING},
    {"ramp_up", "stages", ": the stages set the ramp-up: {ramp_to: 50, over: 30s}"},
    {"ramp_up", "capacity", SEARCH},
    {"ramp_up", "replay", RECORDING},
    {"warm_up", "capacity", SEARCH},
    {"warm_up", "replay", RECORDING},
    {"iterations", "arrivals", ONE_EACH},
    {"iterations", "stages", ": the stages start and stop the users"},
    {"iterations", "capacity", SEARCH},
    {"iterations", "replay", RECORDING},
    {"total_iterations", "arrivals", ONE_EACH},
    {"total_iterations", "stages", ": the stages start and stop the users"},
    {"total_iterations", "capacity", SEARCH},
    {"total_iterations", "replay", RECORDING},
    {"spacing", "users", ": it sets the spacing of arrivals"},
    {"max_users", "users", ": it limits the concurrent users of arrivals"},
    {NULL, NULL, NULL},
};

static const struct field_choice load_model_choice = {
    .name = "model",
    .label = "Kind of load",
    .code = DIAG_E306,
    .clashes = model_clashes,
};

/* ---- stages */

static void check_stage(struct reader *r, const struct node *node, void *value);

static const struct field stage_fields[] = {
    FIELD(struct load_stage, ramp_to, "ramp_to", FIELD_SPECIAL, .special = &level_special,
	  .example = "200/s",
	  .prose = "Level at the end of this stage: a number of users, or arrivals per second."),
    FIELD(struct load_stage, over, "over", FIELD_DURATION, .flags = FIELD_PARAMETER, .high = 1e8,
	  .example = "1m", .prose = "Time to reach the level; 0s jumps to it."),
    FIELD(struct load_stage, hold, "hold", FIELD_DURATION, .flags = FIELD_PARAMETER, .low = 1e-3,
	  .high = 1e8, .example = "5m", .prose = "How long to keep the current level."),
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
			     "'hold' cannot be used with 'ramp_to'; write two stages: {ramp_to: "
			     "50, over: 1m} and {hold: 5m}");
	else if (stage->ramps && !over)
		reader_error(r, keys_span(&stage->keys, "ramp_to"), DIAG_E306,
			     "'ramp_to' needs 'over', the time to reach the level; 0s jumps to it");
	else if (over && !stage->ramps)
		reader_error(r, keys_span(&stage->keys, "over"), DIAG_E306,
			     "'over' needs 'ramp_to', the level at the end of the stage");
	else if (!stage->ramps && !hold)
		reader_error(r, node->span, DIAG_E306,
			     "a stage must be {ramp_to: 50, over: 1m} or {hold: 5m}");
}

/* ---- capacity */

static const char *const find_words[] = {"arrivals", "users", NULL};
static const char *const find_meanings[] = {"the maximum rate of new users",
					    "the maximum number of concurrent users", NULL};

static const struct field capacity_fields[] = {
    FIELD(struct capacity_search, find, "find", FIELD_ENUM, .meanings = find_meanings,
	  .flags = FIELD_REQUIRED | FIELD_PARAMETER, .choices = find_words, .example = "arrivals",
	  .prose =
	      "Whether to find the maximum arrivals per second, or the maximum number of users."),
    FIELD(struct capacity_search, from, "from", FIELD_SPECIAL, .flags = FIELD_REQUIRED,
	  .special = &level_special, .example = "10/s",
	  .prose = "First load to try; it is doubled until thresholds fail."),
    FIELD(struct capacity_search, to, "to", FIELD_SPECIAL, .flags = FIELD_REQUIRED,
	  .special = &level_special, .example = "1000/s", .prose = "Maximum load to try."),
    FIELD(struct capacity_search, hold, "hold", FIELD_DURATION, .flags = FIELD_PARAMETER,
	  .fallback = "30s", .low = 0.1, .high = 1e6, .example = "30s",
	  .prose = "How long to keep each load before its thresholds are evaluated."),
    FIELD_END,
};

/* ---- replay */

static const struct field replay_fields[] = {
    FIELD(struct replay_load, file, "file", FIELD_TEXT,
	  .flags = FIELD_REQUIRED | FIELD_PARAMETER | FIELD_FILE, .example = "requests.ndjson",
	  .prose = "Recorded requests, one JSON object per line, in the order of their times."),
    FIELD(struct replay_load, speed, "speed", FIELD_NUMBER, .flags = FIELD_PARAMETER,
	  .fallback = "1", .low = 1e-3, .high = 1e4, .example = "2",
	  .prose = "Speed of the replay; 2 is twice as fast as recorded."),
    FIELD_END,
};

/* ---- load */

static const char *const spacing_words[] = {"even", "random", NULL};
static const char *const spacing_meanings[] = {"at regular intervals",
					       "at random times, as a Poisson process", NULL};

const struct field load_fields[] = {
    FIELD(struct load, users, "users", FIELD_INT, .label = "Concurrent users",
	  .choice = &load_model_choice, .flags = FIELD_PARAMETER, .low = 1, .high = 1e7,
	  .example = "50",
	  .prose = "Number of virtual users; each starts its next iteration when the last one has "
		   "ended (closed model)."),
    FIELD(struct load, arrivals, "arrivals", FIELD_RATE, .label = "New users",
	  .choice = &load_model_choice, .flags = FIELD_PARAMETER, .low = 1e-6, .high = 1e6,
	  .example = "20/s",
	  .prose = "Rate of new users, independent of the response times (open model); each runs "
		   "one iteration of a scenario."),
    FIELD(struct load, stages, "stages", FIELD_LIST, .choice = &load_model_choice,
	  .element = &stage_element, .example = "[{ramp_to: 50, over: 1m}, {hold: 5m}]",
	  .prose = "A load that changes over time: ramps to a number of users or a rate of "
		   "arrivals, and periods at a constant level. When a stage ramps down, the "
		   "surplus users finish their iteration."),
    FIELD(struct load, duration, "duration", FIELD_DURATION, .choice = &load_model_choice,
	  .with = "users arrivals", .flags = FIELD_PARAMETER, .low = 1e-3, .high = 1e8,
	  .example = "5m", .prose = "Duration of the load, including ramp_up."),
    FIELD(struct load, ramp_up, "ramp_up", FIELD_DURATION, .label = "Ramp-up",
	  .choice = &load_model_choice, .with = "users arrivals", .flags = FIELD_PARAMETER,
	  .example = "30s",
	  .prose = "Time at the start of the load in which it grows evenly from 0; it is part of "
		   "duration, or of warm_up if there is one."),
    FIELD(struct load, warm_up, "warm_up", FIELD_DURATION, .label = "Warm-up",
	  .group = FIELD_GROUP_END, .choice = &load_model_choice, .with = "users arrivals stages",
	  .flags = FIELD_PARAMETER, .high = 1e8, .example = "30s",
	  .prose = "Time before duration in which the load runs but is not measured. With stages, "
		   "it is the first part of them."),
    FIELD(struct load, iterations, "iterations", FIELD_INT, .label = "Iterations per user",
	  .group = FIELD_GROUP_END, .choice = &load_model_choice, .with = "users",
	  .flags = FIELD_PARAMETER, .low = 1, .high = 1e15, .example = "10",
	  .prose = "Number of iterations per user."),
    FIELD(struct load, total_iterations, "total_iterations", FIELD_INT,
	  .label = "Iterations in total", .group = FIELD_GROUP_END, .choice = &load_model_choice,
	  .with = "users", .flags = FIELD_PARAMETER, .low = 1, .high = 1e15, .example = "1000",
	  .prose = "Number of iterations of all users together."),
    FIELD(struct load, grace, "grace", FIELD_DURATION, .label = "Grace period",
	  .group = FIELD_GROUP_END, .flags = FIELD_PARAMETER, .fallback = "30s", .example = "10s",
	  .prose = "Maximum time after the end in which users can finish their current iteration."),
    FIELD(struct load, spacing, "spacing", FIELD_ENUM, .label = "Spacing of new users",
	  .group = FIELD_GROUP_DETAILS, .meanings = spacing_meanings, .choice = &load_model_choice,
	  .with = "arrivals stages capacity replay", .flags = FIELD_PARAMETER, .fallback = "even",
	  .choices = spacing_words, .example = "random",
	  .prose = "Spacing of arrivals: at regular intervals (even) or at random times (random, a "
		   "Poisson process)."),
    FIELD(struct load, max_users, "max_users", FIELD_INT, .label = "Maximum users",
	  .group = FIELD_GROUP_DETAILS, .choice = &load_model_choice,
	  .with = "arrivals stages capacity replay", .flags = FIELD_PARAMETER, .low = 1,
	  .high = 1e7, .example = "2000",
	  .prose = "Maximum number of concurrent users of arrivals; further arrivals are dropped "
		   "and counted."),
    FIELD(struct load, capacity, "capacity", FIELD_OBJECT, .label = "Search for the maximum",
	  .choice = &load_model_choice, .fields = capacity_fields,
	  .example = "{find: arrivals, from: 10/s, to: 1000/s, hold: 30s}",
	  .prose = "Searches for the maximum load that passes the thresholds."),
    FIELD(struct load, replay, "replay", FIELD_OBJECT, .label = "Replay of a recording",
	  .choice = &load_model_choice, .fields = replay_fields,
	  .example = "{file: requests.ndjson, speed: 2}",
	  .prose = "Sends recorded requests at the times of the recording."),
    FIELD_END,
};
