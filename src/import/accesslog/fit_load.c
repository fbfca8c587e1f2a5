/* The arrivals as `load:`. */
#include <math.h>

#include "base/units.h"
#include "import/accesslog/fit.h"

#define GRACE_S	    30.0 /* the language's default */
#define RATE_DIGITS 4
#define RATE_MIN    1e-4 /* of the highest rate: lower rates count as zero */

struct str fit_count(struct arena *a, size_t count)
{
	struct str result;
	struct buf text;

	buf_init(&text, 0);
	units_put_count(&text, count);
	result = arena_str(a, buf_str(&text));
	buf_release(&text);
	return result;
}

struct str fit_duration(struct arena *a, double seconds)
{
	struct str result;
	struct buf text;

	if (seconds < 60 && seconds != floor(seconds))
		return arena_printf(a, seconds < 1 ? "%.4gms" : "%.4gs",
				    seconds < 1 ? seconds * 1000 : seconds);
	buf_init(&text, 0);
	units_put_duration(&text, llround(seconds) * NS_PER_S);
	result = arena_str(a, buf_str(&text));
	buf_release(&text);
	return result;
}

struct str fit_rate(struct arena *a, double per_second, double peak)
{
	double unit = peak >= 1 ? 1 : peak * 60 >= 1 ? 60 : 3600;
	double rate = per_second < peak * RATE_MIN ? 0 : per_second * unit;
	int digits = rate > 0 ? RATE_DIGITS - 1 - (int)floor(log10(rate)) : 0;
	struct str text = arena_printf(a, "%.*f", digits > 0 ? digits : 0, rate);

	while (digits > 0 && str_ends(text, STR("0")) && digits--)
		text.len--;
	if (str_ends(text, STR(".")))
		text.len--;
	return arena_printf(a, "%.*s/%s", STR_ARG(text), unit < 2 ? "s" : unit < 61 ? "m" : "h");
}

double fit_peak(const struct fit_curve *curve)
{
	double peak = 0;

	for (size_t i = 0; i < curve->count; i++)
		peak = fmax(peak, fmax(curve->stages[i].from, curve->stages[i].to));
	return peak;
}

static struct yaml_writer_node *put_stage(struct arena *a, struct yaml_writer_node *stages,
					  struct str rate, struct str length)
{
	struct yaml_writer_node *stage = yaml_writer_add(a, stages, yaml_writer_map(a));

	stage->flow = true;
	if (rate.ptr)
		yaml_writer_put_text(a, stage, STR("ramp_to"), rate);
	yaml_writer_put_text(a, stage, rate.ptr ? STR("over") : STR("hold"), length);
	return stage;
}

static void put_stages(struct fit *fit, struct yaml_writer_node *stages)
{
	struct arena *a = &fit->job->arena;
	double peak = fit_peak(&fit->curve);
	struct str nothing = fit_rate(a, 0, peak), level = STR_NULL;

	for (size_t i = 0; i < fit->curve.count; i++) {
		const struct fit_stage *s = &fit->curve.stages[i];
		struct str from = fit_rate(a, s->from, peak), to = fit_rate(a, s->to, peak);
		struct str length = fit_duration(a, s->seconds);
		bool ramp = !str_eq(from, to);

		/* The load starts at 0: it can ramp up from there, but not stay at a rate. */
		if (level.ptr ? !str_eq(from, level) : !ramp || !str_eq(from, nothing))
			put_stage(a, stages, from, STR("0s"));
		put_stage(a, stages, ramp ? to : STR_NULL, length);
		level = to;
	}
}

struct yaml_writer_node *fit_load(struct fit *fit)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *load = yaml_writer_map(a);
	const struct fit_curve *c = &fit->curve;
	double peak = fit_peak(c);

	if (c->count == 1 &&
	    str_eq(fit_rate(a, c->stages[0].from, peak), fit_rate(a, c->stages[0].to, peak))) {
		yaml_writer_put_text(a, load, STR("arrivals"),
				     fit_rate(a, c->stages[0].from, peak));
		yaml_writer_put_text(a, load, STR("duration"), fit_duration(a, c->seconds));
	} else {
		put_stages(fit, yaml_writer_put(a, load, STR("stages"), yaml_writer_list(a)));
	}
	if (fit->by_visits && fit->visits.longest > GRACE_S)
		yaml_writer_put_text(a, load, STR("grace"),
				     fit_duration(a, ceil(fit->visits.longest / 60) * 120))
		    ->beside = STR("for the visits that started before");
	return load;
}
