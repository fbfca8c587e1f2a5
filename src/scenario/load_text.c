/* Describes loads as text, such as in the first line of a run. */
#include "base/units.h"
#include "scenario/load.h"

static void put_users(struct buf *out, const struct load *load)
{
	units_put_count(out, (uint64_t)load->users);
	buf_add(out, load->users == 1 ? STR(" user") : STR(" users"));
	if (load->total_iterations) {
		buf_add(out, STR(", "));
		units_put_count(out, (uint64_t)load->total_iterations);
		buf_add(out, STR(" iterations in total"));
	} else if (load->iterations == 1) {
		buf_add(out, STR(" once"));
	} else if (load->iterations) {
		buf_add(out, STR(", "));
		units_put_count(out, (uint64_t)load->iterations);
		buf_add(out, STR(" iterations each"));
	}
}

/* 20/s, 0.5/s: without trailing zeros. */
static void put_rate(struct buf *out, double rate)
{
	buf_printf(out, "%.10g/s", rate);
}

static void put_level(struct buf *out, bool rate, double level)
{
	if (rate) {
		put_rate(out, level);
		return;
	}
	units_put_count(out, (uint64_t)level);
	buf_add(out, level == 1 ? STR(" user") : STR(" users"));
}

static void put_stages(struct buf *out, const struct load *load)
{
	buf_printf(out, "%zu stage%s of up to ", load->stages.count,
		   load->stages.count == 1 ? "" : "s");
	put_level(out, load->open, load_peak(load));
	buf_add(out, STR(" for "));
	units_put_duration(out, load_length(load));
	if (load->warm_up) {
		buf_add(out, STR(", the first "));
		units_put_duration(out, load->warm_up);
		buf_add(out, STR(" not measured"));
	}
}

static void put_capacity(struct buf *out, const struct capacity_search *c)
{
	bool rate = c->find == CAPACITY_ARRIVALS;

	buf_add(out, rate ? STR("maximum arrivals from ") : STR("maximum users from "));
	put_level(out, rate, c->from.value);
	buf_add(out, STR(" to "));
	put_level(out, rate, c->to.value);
	buf_add(out, STR(", each held for "));
	units_put_duration(out, c->hold);
}

static void put_replay(struct buf *out, const struct replay_load *replay)
{
	buf_printf(out, "replay of %.*s", STR_ARG(replay->file));
	if (replay->speed > 0 && replay->speed != 1.0)
		buf_printf(out, " at %.10g times its speed", replay->speed);
}

static void put_plain(struct buf *out, const struct load *load)
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
	if (load->warm_up) {
		buf_add(out, STR(", after a warm-up of "));
		units_put_duration(out, load->warm_up);
	}
}

void load_put(struct buf *out, const struct load *load)
{
	if (load->capacity.wanted)
		put_capacity(out, &load->capacity);
	else if (load->replay.file.len)
		put_replay(out, &load->replay);
	else if (load->stages.count)
		put_stages(out, load);
	else
		put_plain(out, load);
	if (load->open && load->spacing == SPACING_RANDOM)
		buf_add(out, STR(", random spacing"));
	if ((load->open || load->replay.file.len) && load->max_users) {
		buf_add(out, STR(", at most "));
		units_put_count(out, (uint64_t)load->max_users);
		buf_add(out, STR(" users"));
	}
}

void load_put_all(struct buf *out, const struct model *model)
{
	bool several = false;

	if (load_common_used(model)) {
		load_put(out, &model->load);
		several = true;
	}
	for (size_t i = 0; i < model->scenario_count; i++) {
		const struct scenario *s = &model->scenarios[i];

		if (!s->has_load)
			continue;
		buf_printf(out, "%s%.*s: ", several ? "; " : "", STR_ARG(s->name));
		load_put(out, &s->load);
		if (s->start_after) {
			buf_add(out, STR(", starting after "));
			units_put_duration(out, s->start_after);
			buf_add(out, STR(" on"));
		}
		several = true;
	}
}

bool load_common_used(const struct model *model)
{
	for (size_t i = 0; i < model->scenario_count; i++)
		if (!model->scenarios[i].has_load)
			return true;
	return false;
}

uint64_t load_peak_users_all(const struct model *model)
{
	uint64_t sum = load_common_used(model) ? load_peak_users(&model->load) : 0;

	if (load_common_used(model) && !sum)
		return 0;
	for (size_t i = 0; i < model->scenario_count; i++) {
		const struct scenario *s = &model->scenarios[i];
		uint64_t max = s->has_load ? load_peak_users(&s->load) : 0;

		if (s->has_load && !max)
			return 0;
		sum += max;
	}
	return sum;
}
