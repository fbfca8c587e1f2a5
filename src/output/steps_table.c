#include "output/steps_table.h"

#include "base/units.h"
#include "output/words.h"

#define FIGURE_COLUMNS 58 /* all but the name */
#define NAME_LEAST     22
#define THRESHOLD_MOST 48

/* The scenarios that have steps; a lone one gets no heading. */
static bool several_scenarios(const struct series_table *table)
{
	struct str first = STR_NULL;

	for (size_t i = 0; i < table->defs.count; i++) {
		const struct series_def *def = &table->defs.items[i];

		if (def->kind != SERIES_STEP)
			continue;
		if (first.ptr && !str_eq(first, def->scenario))
			return true;
		first = def->scenario;
	}
	return false;
}

/* The most frequent failure of a step: its example, else its class. */
static void put_reason(struct buf *out, const struct summary *s, unsigned series)
{
	const struct failure_note *top = NULL;

	for (unsigned i = 0; i < s->failure_count; i++) {
		const struct failure_note *note = &s->failures[i];

		if (note->series == series && (!top || note->count > top->count))
			top = note;
	}
	if (!top)
		return;
	buf_add(out, STR("  "));
	if (top->class == FAILURE_status)
		buf_printf(out, "HTTP %u", top->detail);
	else
		buf_add(out, str_of(failure_name(top->class)));
}

static void put_count(struct buf *out, uint64_t count, size_t columns)
{
	struct buf text;

	buf_init(&text, 0);
	units_put_count(&text, count);
	words_right(out, buf_str(&text), columns);
	buf_release(&text);
}

/* INDENT and name take NAME_COLUMNS together. */
static void put_step(struct buf *out, const struct summary *s, unsigned series, size_t indent,
		     size_t name_columns, bool color)
{
	static const double percentiles[] = {50, 95, 99};
	const struct series_total *total = &s->series[series];
	uint64_t failed = series_counts_failed(&total->counts);
	ns_t values[3];

	histogram_percentiles(&total->times[TIME_response], percentiles, 3, values);
	buf_printf(out, "%*s", (int)indent, "");
	words_name(out, s->table->defs.items[series].name, name_columns - indent, true);
	put_count(out, total->counts.started, 9);
	buf_printf(out, "%8.1f", words_rate(total->counts.started, s->duration));
	for (size_t i = 0; i < 3; i++)
		words_time(out, values[i], 8);
	if (failed && color)
		buf_add(out, STR("\x1b[31m"));
	put_count(out, failed, 8);
	put_reason(out, s, series);
	if (failed && color)
		buf_add(out, STR("\x1b[0m"));
	buf_add_char(out, '\n');
}

static void put_heading(struct buf *out, size_t name_columns, bool color)
{
	struct buf line;

	buf_init(&line, 0);
	buf_printf(&line, "  %-*s%9s%8s%8s%8s%8s%8s", (int)name_columns - 2, "step", "requests",
		   "/s", "p50", "p95", "p99", "failed");
	words_paint(out, color, PAINT_FAINT, line.data);
	buf_add_char(out, '\n');
	buf_release(&line);
}

/* What the longest name needs with its indent, within the room there is. */
static size_t name_room(const struct summary *s, size_t indent, size_t columns)
{
	size_t most = columns > FIGURE_COLUMNS + NAME_LEAST ? columns - FIGURE_COLUMNS : NAME_LEAST;
	size_t need = NAME_LEAST;

	for (size_t i = 0; i < s->table->defs.count; i++) {
		const struct series_def *def = &s->table->defs.items[i];
		size_t wide = def->kind == SERIES_STEP ? str_columns(def->name) + indent : 0;

		need = wide > need ? wide : need;
	}
	return need < most ? need : most;
}

void steps_table_put(struct buf *out, const struct summary *s, bool color, size_t max_lines,
		     size_t columns)
{
	bool headings = several_scenarios(s->table);
	size_t indent = headings ? 4 : 2, name_columns = name_room(s, indent, columns);
	struct str scenario = STR_NULL;
	size_t lines = 1, left_out = 0;

	put_heading(out, name_columns, color);
	for (unsigned i = 0; i < s->table->defs.count; i++) {
		const struct series_def *def = &s->table->defs.items[i];
		bool heads = headings && !(scenario.ptr && str_eq(scenario, def->scenario));

		if (def->kind != SERIES_STEP)
			continue;
		if (lines + 1 + heads >= max_lines) {
			left_out++;
			continue;
		}
		if (heads) {
			buf_add(out, STR("  "));
			words_name(out, def->scenario, 70, false);
			buf_add_char(out, '\n');
			scenario = def->scenario;
			lines++;
		}
		put_step(out, s, i, indent, name_columns, color);
		lines++;
	}
	if (left_out) {
		buf_add(out, STR("  \xe2\x80\xa6 and "));
		words_count(out, left_out, "more step\n", "more steps\n");
	}
}

void thresholds_table_put(struct buf *out, const struct threshold_judge *judge, bool color)
{
	size_t room = NAME_LEAST;

	for (size_t i = 0; i < judge->count; i++) {
		size_t wide = str_columns(judge->thresholds[i].text);

		room = wide > room ? wide : room;
	}
	room = room < THRESHOLD_MOST ? room : THRESHOLD_MOST;
	for (size_t i = 0; i < judge->count; i++) {
		const struct threshold *t = &judge->thresholds[i];
		const struct threshold_result *r = &judge->results[i];
		struct buf value;

		buf_init(&value, 0);
		if (r->has_value)
			threshold_put_value(&value, t, r->value);
		else
			buf_add_char(&value, '-');
		buf_add(out, STR("  "));
		words_name(out, t->text, room, true);
		buf_add_char(out, ' ');
		words_right(out, buf_str(&value), 10);
		buf_add(out, STR("   "));
		if (r->pass)
			words_paint(out, color, PAINT_GOOD, "holds");
		else
			words_paint(out, color, r->has_value ? PAINT_BAD : PAINT_WARN,
				    r->has_value ? "does not hold" : "no samples");
		buf_add_char(out, '\n');
		buf_release(&value);
	}
}
