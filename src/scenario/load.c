#include "scenario/load.h"

#include "doc/yaml_offer.h"
#include "scenario/scenario_file.h"
#include "scenario/scenario_reader.h"

/* Keys that need another key. */
static const struct {
	const char *key, *needs, *value, *why;
} needs[] = {
    {"arrivals", "duration", "1m", "without it the load would never end; add 'duration: 1m'"},
};

static bool has(const struct load *load, const char *key)
{
	return keys_has(&load->keys, load_fields, key);
}

/* The sum of all stages; NS_LONGEST if that is too long. */
static ns_t stages_length(const struct load *load)
{
	const struct load_stage *stages = load->stages.items;
	ns_t length = 0;

	for (size_t i = 0; i < load->stages.count; i++) {
		ns_t one = stages[i].ramps ? stages[i].over : stages[i].hold;

		if (one >= NS_LONGEST - length)
			return NS_LONGEST;
		length += one;
	}
	return length;
}

static void check_stages(struct reader *r, const struct load *load)
{
	const struct load_stage *stages = load->stages.items;
	const struct load_stage *first = NULL;
	double max = 0;

	if (!load->stages.count) {
		reader_error(r, keys_span(&load->keys, "stages"), DIAG_E149,
			     "this list of stages is empty");
		return;
	}
	if (!stages[0].ramps && stages[0].hold)
		reader_error(r, stages[0].keys.span, DIAG_E306,
			     "the first stage cannot use 'hold', because the load starts at 0; to "
			     "start at a level, write {ramp_to: 50, over: 0s}");
	for (size_t i = 0; i < load->stages.count; i++) {
		if (!stages[i].ramps)
			continue;
		if (first && stages[i].ramp_to.rate != first->ramp_to.rate)
			reader_error(
			    r, keys_span(&stages[i].keys, "ramp_to"), DIAG_E306,
			    "this stage sets %s, but an earlier one sets %s; use only one of them",
			    stages[i].ramp_to.rate ? "arrivals" : "users",
			    first->ramp_to.rate ? "arrivals" : "users");
		first = first ? first : &stages[i];
		max = stages[i].ramp_to.value > max ? stages[i].ramp_to.value : max;
	}
	if (stages_length(load) >= NS_LONGEST)
		reader_error(r, keys_span(&load->keys, "stages"), DIAG_E302,
			     "the stages last longer than ten years in total");
	if (first && !(max > 0) && !r->diags->errors)
		reader_error(r, keys_span(&load->keys, "stages"), DIAG_E306,
			     "all stages ramp to 0, so no user would start");
}

/* Whether the load has arrivals, set by `arrivals` or by the stages. */
static bool is_open(const struct load *load)
{
	const struct load_stage *stages = load->stages.items;

	for (size_t i = 0; i < load->stages.count; i++)
		if (stages[i].ramps)
			return stages[i].ramp_to.rate;
	return load->arrivals > 0;
}

/* Keys that cannot be used with users. */
static void check_arrivals_only(struct reader *r, const struct load *load)
{
	static const char *const key_names[] = {"spacing", "max_users"};
	static const char *const whys[] = {"it sets the spacing of arrivals",
					   "it limits the concurrent users of arrivals"};
	bool search = has(load, "capacity");

	/* With users, it is a contradiction that is reported already. */
	if (has(load, "users") || is_open(load) || has(load, "replay") ||
	    (search && load->capacity.find == CAPACITY_ARRIVALS))
		return;
	for (size_t i = 0; i < 2; i++)
		if (has(load, key_names[i]))
			reader_error(r, keys_span(&load->keys, key_names[i]), DIAG_E306,
				     "'%s' needs 'arrivals': %s", key_names[i], whys[i]);
}

static void check_capacity(struct reader *r, const struct capacity_search *c)
{
	bool rate = c->find == CAPACITY_ARRIVALS;

	if (c->from.rate != rate || c->to.rate != rate)
		reader_error(r, keys_span(&c->keys, c->from.rate != rate ? "from" : "to"),
			     DIAG_E306,
			     rate ? "this searches for arrivals; write a rate such as 10/s"
				  : "this searches for users; write a number of users such as 10");
	else if (!(c->from.value > 0) || c->to.value < c->from.value)
		reader_error(
		    r, keys_span(&c->keys, "to"), DIAG_E306,
		    "'from' must be greater than 0, and 'to' must not be less than 'from'");
}

/* Offers the key with VALUE, an example, as one more key of NODE. */
static void offer_key(struct reader *r, struct diag *diag, const struct node *node, const char *key,
		      const char *value)
{
	diag->is_guess = true;
	yaml_offer_pair(r->diags, diag, node, arena_printf(r->arena, "%s: %s", key, value));
}

static void check_pairs(struct reader *r, const struct load *load, const struct node *node)
{
	if (has(load, "iterations") && has(load, "total_iterations")) {
		reader_error(r, keys_span(&load->keys, "total_iterations"), DIAG_E306,
			     "'total_iterations' cannot be used with 'iterations': iterations is "
			     "per user, total_iterations for all users together; remove one of "
			     "them");
		return;
	}
	for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
		if (has(load, needs[i].key) && !has(load, needs[i].needs))
			offer_key(r,
				  reader_error(r, keys_span(&load->keys, needs[i].key), DIAG_E306,
					       "'%s' needs '%s': %s", needs[i].key, needs[i].needs,
					       needs[i].why),
				  node, needs[i].needs, needs[i].value);
	}
}

double load_peak(const struct load *load)
{
	const struct load_stage *stages = load->stages.items;
	double max = is_open(load) ? load->arrivals : (double)load->users;

	for (size_t i = 0; i < load->stages.count; i++)
		if (stages[i].ramps && stages[i].ramp_to.value > max)
			max = stages[i].ramp_to.value;
	return max;
}

uint64_t load_peak_users(const struct load *load)
{
	bool bounded = load->open || load->replay.file.len;

	if (load->capacity.wanted && load->capacity.find == CAPACITY_USERS)
		return (uint64_t)load->capacity.to.value;
	return bounded ? (uint64_t)load->max_users : (uint64_t)load_peak(load);
}

ns_t load_length(const struct load *load)
{
	return (load->duration ? load->warm_up + load->duration : 0) + stages_length(load);
}

void load_apply_defaults(struct load *load)
{
	load->open = is_open(load);
	if (load->open || load->stages.count || load->capacity.wanted || load->replay.file.len) {
		if (load->capacity.wanted)
			load->open = load->capacity.find == CAPACITY_ARRIVALS;
		return;
	}
	if (!load->users)
		load->users = 1;
	if (!load->duration && !load->iterations && !load->total_iterations)
		load->iterations = 1;
}

void load_check(struct reader *r, const struct node *node, void *place)
{
	struct load *load = place;

	load->capacity.wanted = has(load, "capacity");
	if (reader_check_choices(r, &load->keys, load_fields))
		check_pairs(r, load, node);
	if (has(load, "stages"))
		check_stages(r, load);
	if (load->capacity.wanted)
		check_capacity(r, &load->capacity);
	check_arrivals_only(r, load);
	if (load->duration && load->ramp_up > load->warm_up + load->duration)
		reader_error(r, keys_span(&load->keys, "ramp_up"), DIAG_E306,
			     "'ramp_up' is longer than 'duration', which includes it; shorten "
			     "'ramp_up', or write a longer 'duration'");
	if (load->warm_up && !load_length(load) && !has(load, "stages"))
		reader_error(r, keys_span(&load->keys, "warm_up"), DIAG_E306,
			     "'warm_up' needs 'duration': it is the time before it");
	if (load->warm_up && load->stages.count && load->warm_up >= load_length(load))
		reader_error(
		    r, keys_span(&load->keys, "warm_up"), DIAG_E306,
		    "'warm_up' is as long as all stages together, so nothing would be measured");
}

void load_warn(struct reader *r, const struct load *load)
{
	static const char *const ends[] = {"duration", "iterations", "total_iterations",
					   "stages",   "capacity",   "replay"};
	static const char *const sizes[] = {"users", "arrivals", "stages", "capacity", "replay"};
	bool has_end = false, has_size = false;

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		has_end = has_end || has(load, ends[i]);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		has_size = has_size || has(load, sizes[i]);
	if (has(load, "users") && !has_end)
		reader_warning(r, keys_span(&load->keys, "users"), DIAG_W306,
			       "without a duration, each user runs the steps once; add 'duration: "
			       "1m', or 'iterations: 1' if this is intended");
	if (has(load, "duration") && !has_size)
		reader_warning(r, keys_span(&load->keys, "duration"), DIAG_W306,
			       "without users or arrivals, the load is 1 user; add 'users: 10', or "
			       "'users: 1' if this is intended");
}

struct str load_contradiction(const struct load *load)
{
	if (load->users && load->arrivals > 0)
		return STR("--users cannot be used with --arrivals: keep --users if each user "
			   "starts again when it is finished, or --arrivals if new users start at "
			   "this rate, however slow the server is");
	if (load->iterations && load->arrivals > 0)
		return STR(
		    "--iterations cannot be used with --arrivals: each arrival runs one iteration");
	if (load->arrivals > 0 && !load->duration)
		return STR("--arrivals needs --duration: without it the load would never end; add "
			   "--duration 1m");
	if (load->capacity.wanted && (load->users || load->arrivals > 0 || load->iterations))
		return STR("--capacity cannot be used with --users, --arrivals or --iterations: "
			   "the search sets the load");
	if ((load->capacity.wanted || load->replay.file.len) && load->ramp_up)
		return STR("--ramp-up cannot be used with a capacity search or a replay");
	if (load->stages.count && load->ramp_up)
		return STR(
		    "--ramp-up cannot be used with the stages of the file: they set the ramp-up");
	if (load->duration && load->ramp_up > load->warm_up + load->duration)
		return STR("--ramp-up is longer than --duration, which includes it; shorten the "
			   "ramp-up, or use a longer duration");
	return STR("");
}

void load_check_scenario(struct reader *r, const struct scenario *s)
{
	if (keys_value(&s->keys, "start_after") && !s->has_load)
		reader_error(
		    r, keys_span(&s->keys, "start_after"), DIAG_E306,
		    "'start_after' needs 'load': it is the start of the scenario's own load");
	if (keys_value(&s->keys, "weight") && s->has_load)
		reader_error(r, keys_span(&s->keys, "weight"), DIAG_E306,
			     "'weight' cannot be used with 'load': a scenario with its own load is "
			     "not selected by weight");
	if (s->has_load && s->load.capacity.wanted)
		reader_error(r, keys_span(&s->load.keys, "capacity"), DIAG_E306,
			     "a capacity search runs the whole file; move 'capacity' to the 'load' "
			     "of the file");
	if (s->has_load && s->load.replay.file.len)
		reader_error(r, keys_span(&s->load.keys, "replay"), DIAG_E306,
			     "a replay sends recorded requests and runs no scenario; move 'replay' "
			     "to the 'load' of the file");
}
