#include "terminal/thresholds_table.h"

#include "result/text_format.h"

#define NAME_MIN     12
#define NAME_MAX     48
#define VALUE_WIDTH  11
#define STATUS_WIDTH 9	/* "   passed" */
#define STATUS_LONG  21 /* "   failed: no samples" */

enum threshold_state { STATE_PASSED, STATE_FAILED, STATE_UNKNOWN };

/* The table while it is built. */
struct thresholds_view {
	const struct threshold_judge *judge;
	const struct terminal *term;
	size_t name, columns;
	bool last;
};

static enum threshold_state state_of(const struct threshold_result *r)
{
	if (!r->has_value)
		return STATE_UNKNOWN;
	return r->pass ? STATE_PASSED : STATE_FAILED;
}

static size_t count_state(const struct threshold_judge *judge, enum threshold_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < judge->count; i++)
		count += state_of(&judge->results[i]) == state;
	return count;
}

static size_t name_width(const struct threshold_judge *judge, const struct terminal *term,
			 size_t columns)
{
	size_t taken =
	    2 + VALUE_WIDTH + (count_state(judge, STATE_UNKNOWN) ? STATUS_LONG : STATUS_WIDTH);
	size_t max = columns > NAME_MIN + taken ? columns - taken : NAME_MIN;
	size_t need = NAME_MIN;

	max = max < NAME_MAX ? max : NAME_MAX;
	for (size_t i = 0; i < judge->count; i++) {
		size_t wide = text_format_name_width(term, judge->thresholds[i].text);

		need = wide > need ? wide : need;
	}
	return need < max ? need : max;
}

static void put_value(struct buf *out, const struct terminal *term, const struct threshold *t,
		      const struct threshold_result *r)
{
	struct buf value, even;

	buf_init(&value, 0);
	buf_init(&even, 0);
	if (r->has_value)
		threshold_put_measured(&value, t, r);
	else
		buf_add_char(&value, '-');
	text_format_text(&even, term, buf_str(&value));
	text_format_align_right(out, buf_str(&even), VALUE_WIDTH);
	buf_release(&value);
	buf_release(&even);
}

static void put_state(struct buf *out, const struct terminal *term,
		      const struct threshold_result *r, bool last)
{
	buf_add(out, STR("   "));
	switch (state_of(r)) {
	case STATE_PASSED:
		text_format_style(out, term, TEXT_STYLE_GOOD, "passed");
		break;
	case STATE_FAILED:
		text_format_style(out, term, TEXT_STYLE_BAD, "failed");
		break;
	case STATE_UNKNOWN:
		text_format_style(out, term, last ? TEXT_STYLE_BAD : TEXT_STYLE_FAINT,
				  last ? "failed: no samples" : "no samples yet");
		break;
	}
}

static void put_threshold(struct buf *out, const struct thresholds_view *v, size_t i)
{
	const struct threshold_result *r = &v->judge->results[i];
	struct buf line;

	buf_init(&line, 0);
	buf_add(&line, STR("  "));
	text_format_name(&line, v->term, v->judge->thresholds[i].text, v->name, true);
	put_value(&line, v->term, &v->judge->thresholds[i], r);
	put_state(&line, v->term, r, v->last);
	text_format_clip(out, buf_str(&line), v->columns);
	buf_add_char(out, '\n');
	buf_release(&line);
}

/* Appends at most MAX of the failed ones; returns how many. */
static size_t put_failed(struct buf *out, const struct thresholds_view *v, size_t max)
{
	size_t lines = 0;

	for (size_t i = 0; i < v->judge->count && lines < max; i++) {
		if (state_of(&v->judge->results[i]) != STATE_FAILED)
			continue;
		put_threshold(out, v, i);
		lines++;
	}
	return lines;
}

/* "  thresholds  2 of 4 passed, 1 failed, 1 without samples". */
static void put_counts(struct buf *out, const struct thresholds_view *v)
{
	const struct threshold_judge *judge = v->judge;
	size_t passed = count_state(judge, STATE_PASSED);
	size_t failed = count_state(judge, STATE_FAILED);
	size_t unknown = count_state(judge, STATE_UNKNOWN);
	struct buf line, text;

	buf_init(&line, 0);
	buf_init(&text, 0);
	buf_printf(&line, "  thresholds  %zu of %zu passed", passed, judge->count);
	if (failed) {
		buf_printf(&text, "%zu failed", failed);
		buf_add(&line, STR(", "));
		text_format_style(&line, v->term, TEXT_STYLE_BAD, text.data);
	}
	if (unknown)
		buf_printf(&line, ", %zu without samples", unknown);
	text_format_clip(out, buf_str(&line), v->columns);
	buf_add_char(out, '\n');
	buf_release(&line);
	buf_release(&text);
}

void thresholds_table_put(struct buf *out, const struct threshold_judge *judge,
			  const struct terminal *term, struct table_size room, bool last)
{
	struct thresholds_view v = {
	    .judge = judge, .term = term, .columns = room.columns, .last = last};

	if (judge->count == 0 || room.lines == 0)
		return;
	v.name = name_width(judge, term, room.columns);
	if (judge->count <= room.lines) {
		for (size_t i = 0; i < judge->count; i++)
			put_threshold(out, &v, i);
		return;
	}
	put_failed(out, &v, room.lines - 1);
	put_counts(out, &v);
}
