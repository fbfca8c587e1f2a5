/*
 * The schedule of an Open Model Thread Group: rate(10/min) random_arrivals(2 min) rate(20/min)
 * pause(30 s) even_arrivals(1 h). Two rates around arrivals are a ramp between them.
 */
#include "base/ascii.h"
#include "import/jmeter/jmeter.h"

struct schedule {
	struct jmeter *j;
	struct str text;
	size_t pos;
	struct yaml_writer_node *stages;
	double rate, level; /* per second; the level is that of the last stage */
	bool random, even, failed;
};

static void skip_space(struct schedule *s)
{
	while (s->pos < s->text.len) {
		struct str rest = str_slice(s->text, s->pos, s->text.len);
		size_t end = 0;

		if (str_starts(rest, STR("/*")))
			end = str_find(rest, STR("*/"), 2) == NOT_FOUND
				  ? rest.len
				  : str_find(rest, STR("*/"), 2) + 2;
		else if (str_starts(rest, STR("//")))
			end = str_find_char(rest, '\n', 0) == NOT_FOUND
				  ? rest.len
				  : str_find_char(rest, '\n', 0);
		else if (strchr(" \t\r\n", rest.ptr[0]))
			end = 1;
		if (!end)
			return;
		s->pos += end;
	}
}

static bool accept(struct schedule *s, const char *word)
{
	skip_space(s);
	if (!str_starts(str_slice(s->text, s->pos, s->text.len), str_of(word)))
		return false;
	s->pos += strlen(word);
	return true;
}

/* NAME and its `(`. */
static bool accept_call(struct schedule *s, const char *name)
{
	return accept(s, name) && accept(s, "(");
}

/* A word of letters, as the unit of a time. */
static double unit_of(struct schedule *s)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {{"ms", 0.001},   {"s", 1},	      {"sec", 1},     {"second", 1},
		     {"seconds", 1},  {"m", 60},      {"min", 60},    {"minute", 60},
		     {"minutes", 60}, {"h", 3600},    {"hour", 3600}, {"hours", 3600},
		     {"d", 86400},    {"day", 86400}, {"days", 86400}};
	size_t end;
	struct str word;

	skip_space(s);
	for (end = s->pos; end < s->text.len && ascii_is_letter(s->text.ptr[end]); end++)
		;
	word = str_slice(s->text, s->pos, end);
	s->pos = end;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (str_ieq(word, str_of(units[i].name)))
			return units[i].seconds;
	s->failed = true;
	return 1;
}

static bool number(struct schedule *s, double *value)
{
	size_t end;

	skip_space(s);
	for (end = s->pos;
	     end < s->text.len && (ascii_is_digit(s->text.ptr[end]) || s->text.ptr[end] == '.');
	     end++)
		;
	if (!str_to_double(str_slice(s->text, s->pos, end), value))
		return false;
	s->pos = end;
	return true;
}

/* 1h 30 min, in seconds, up to and with `)`. */
static double length_of(struct schedule *s)
{
	double sum = 0, value;

	while (number(s, &value))
		sum += value * unit_of(s);
	s->failed = s->failed || !accept(s, ")");
	return sum;
}

/* 10 / min, per second, up to and with `)`. */
static double rate_of(struct schedule *s)
{
	double value = 0;

	s->failed = s->failed || !number(s, &value);
	if (accept(s, "/") || accept(s, "per"))
		value /= unit_of(s);
	s->failed = s->failed || !accept(s, ")");
	return value;
}

static struct str rate_text(struct schedule *s, double rate)
{
	double minute = rate * 60;

	if (rate != (double)(int64_t)rate && minute == (double)(int64_t)minute)
		return arena_printf(s->j->arena, "%.10g/m", minute);
	return arena_printf(s->j->arena, "%.10g/s", rate);
}

static void level(struct schedule *s, double rate)
{
	if (s->level != rate || !s->stages->members.count)
		jmeter_ramp(s->j, s->stages, rate_text(s, rate), STR("0s"));
	s->level = rate;
}

static void arrivals(struct schedule *s, double length)
{
	struct str over = arena_printf(s->j->arena, "%.10gs", length);

	level(s, s->rate);
	if (accept_call(s, "rate"))
		s->rate = rate_of(s);
	if (s->rate == s->level)
		jmeter_hold(s->j, s->stages, over);
	else
		jmeter_ramp(s->j, s->stages, rate_text(s, s->rate), over);
	s->level = s->rate;
}

static void statement(struct schedule *s)
{
	if (accept_call(s, "rate")) {
		s->rate = rate_of(s);
	} else if (accept_call(s, "random_arrivals")) {
		s->random = true;
		arrivals(s, length_of(s));
	} else if (accept_call(s, "even_arrivals")) {
		s->even = true;
		arrivals(s, length_of(s));
	} else if (accept_call(s, "pause")) {
		double length = length_of(s);

		level(s, 0);
		jmeter_hold(s->j, s->stages, arena_printf(s->j->arena, "%.10gs", length));
	} else {
		s->failed = true;
	}
}

struct yaml_writer_node *jmeter_open_model(struct jmeter *j, const struct jmx *group)
{
	struct str text = jmx_text(group, "OpenModelThreadGroup.schedule");
	struct schedule s = {.j = j, .stages = yaml_writer_list(j->arena)};
	struct yaml_writer_node *load = yaml_writer_map(j->arena);

	s.text = jmeter_constant(j, text);
	for (skip_space(&s); !s.failed && s.pos < s.text.len; skip_space(&s))
		statement(&s);
	if (s.failed || !s.stages->members.count) {
		jmeter_note(j, group,
			    arena_printf(j->arena, "its schedule is not valid: '%.*s'",
					 STR_ARG(str_cut(text, 100)))
				.ptr);
		return NULL;
	}
	yaml_writer_put(j->arena, load, STR("stages"), s.stages);
	if (s.random)
		yaml_writer_put_text(j->arena, load, STR("spacing"), STR("random"));
	if (s.random && s.even)
		jmeter_note(j, group, "all arrivals are random: a load has one spacing");
	return load;
}
