#include "scenario/load.h"

#include "base/units.h"
#include "scenario/file.h"
#include "scenario/reader.h"

/* Pairs of keys that cannot stand together, and why. */
static const struct {
	const char *key, *other, *why;
} contradictions[] = {
    {"users", "arrivals", "users keep coming back, arrivals come once: a load is one or the other"},
    {"iterations", "arrivals",
     "each arrival is one iteration; say how long they come with duration"},
    {"total_iterations", "arrivals",
     "each arrival is one iteration; say how long they come with duration"},
    {"iterations", "total_iterations", "one counts for each user, the other for all together"},
};

/* Keys that mean nothing without another. */
static const struct {
	const char *key, *needs, *why;
} needs[] = {
    {"spacing", "arrivals", "it says how arrivals are spread"},
    {"max_users", "arrivals", "it bounds how many arrivals are there at once"},
    {"arrivals", "duration", "without it the arrivals would never end"},
};

static bool has(const struct load *load, const char *key)
{
	return given_has(&load->given, load_fields, key);
}

static void check_pairs(struct reader *r, const struct load *load)
{
	for (size_t i = 0; i < sizeof contradictions / sizeof *contradictions; i++) {
		const char *key = contradictions[i].key, *other = contradictions[i].other;

		if (has(load, key) && has(load, other)) {
			reader_error(r, given_key(&load->given, other), DIAG_E306,
				     "'%s' contradicts '%s': %s", other, key,
				     contradictions[i].why);
			return;
		}
	}
	for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
		if (has(load, needs[i].key) && !has(load, needs[i].needs))
			reader_error(r, given_key(&load->given, needs[i].key), DIAG_E306,
				     "'%s' needs '%s': %s", needs[i].key, needs[i].needs,
				     needs[i].why);
	}
}

void load_complete(struct load *load)
{
	load->open = load->arrivals > 0;
	if (load->open)
		return;
	if (!load->users)
		load->users = 1;
	if (!load->duration && !load->iterations && !load->total_iterations)
		load->iterations = 1;
}

void load_check(struct reader *r, const struct node *node, void *place)
{
	struct load *load = place;

	(void)node;
	check_pairs(r, load);
	if (load->duration && load->ramp_up > load->duration)
		reader_error(r, given_key(&load->given, "ramp_up"), DIAG_E306,
			     "'ramp_up' is longer than 'duration', of which it is a part");
}

struct str load_contradiction(const struct load *load)
{
	if (load->users && load->arrivals > 0)
		return STR("--users contradicts --arrivals: a load is one or the other");
	if (load->iterations && load->arrivals > 0)
		return STR("--iterations contradicts --arrivals: each arrival is one iteration");
	if (load->arrivals > 0 && !load->duration)
		return STR("--arrivals needs --duration: without it the arrivals would never end");
	if (load->duration && load->ramp_up > load->duration)
		return STR("--ramp-up is longer than --duration, of which it is a part");
	return STR("");
}

static void put_users(struct buf *out, const struct load *load)
{
	units_put_count(out, (uint64_t)load->users);
	buf_add(out, load->users == 1 ? STR(" user") : STR(" users"));
	if (load->total_iterations) {
		buf_add(out, STR(", "));
		units_put_count(out, (uint64_t)load->total_iterations);
		buf_add(out, STR(" iterations in all"));
	} else if (load->iterations == 1) {
		buf_add(out, STR(" once"));
	} else if (load->iterations) {
		buf_add(out, STR(", "));
		units_put_count(out, (uint64_t)load->iterations);
		buf_add(out, STR(" iterations each"));
	}
}

/* 20/s, 0.5/s: without noughts at the end. */
static void put_rate(struct buf *out, double rate)
{
	buf_printf(out, "%.10g/s", rate);
}

void load_put(struct buf *out, const struct load *load)
{
	if (load->open)
		put_rate(out, load->arrivals);
	else
		put_users(out, load);
	if (load->duration) {
		buf_add(out, load->iterations || load->total_iterations ? STR(", at most ")
									: STR(" for "));
		units_put_duration(out, load->duration);
	}
	if (load->ramp_up) {
		buf_add(out, STR(", ramp "));
		units_put_duration(out, load->ramp_up);
	}
	if (load->open && load->spacing == SPACING_RANDOM)
		buf_add(out, STR(", at random"));
	if (load->open && load->max_users) {
		buf_add(out, STR(", at most "));
		units_put_count(out, (uint64_t)load->max_users);
		buf_add(out, STR(" users"));
	}
}
