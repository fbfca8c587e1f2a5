#include "output/steps_table.h"

#include "output/words.h"

#define NAME_LEAST  12
#define NAME_MOST   48
#define VALUE_ROOM  11
#define STATUS_ROOM 8  /* "   holds" */
#define STATUS_LONG 19 /* "   fails: no samples" */

enum standing { STANDING_HOLDS, STANDING_FAILS, STANDING_UNKNOWN };

/* The table as it is this time. */
struct view {
	const struct threshold_judge *judge;
	const struct terminal *look;
	size_t name, columns;
	bool last;
};

static enum standing standing_of(const struct threshold_result *r)
{
	if (!r->has_value)
		return STANDING_UNKNOWN;
	return r->pass ? STANDING_HOLDS : STANDING_FAILS;
}

static size_t count_standing(const struct threshold_judge *judge, enum standing standing)
{
	size_t count = 0;

	for (size_t i = 0; i < judge->count; i++)
		count += standing_of(&judge->results[i]) == standing;
	return count;
}

static size_t name_room(const struct threshold_judge *judge, const struct terminal *look,
			size_t columns)
{
	size_t taken =
	    2 + VALUE_ROOM + (count_standing(judge, STANDING_UNKNOWN) ? STATUS_LONG : STATUS_ROOM);
	size_t most = columns > NAME_LEAST + taken ? columns - taken : NAME_LEAST;
	size_t need = NAME_LEAST;

	most = most < NAME_MOST ? most : NAME_MOST;
	for (size_t i = 0; i < judge->count; i++) {
		size_t wide = words_name_columns(look, judge->thresholds[i].text);

		need = wide > need ? wide : need;
	}
	return need < most ? need : most;
}

static void put_value(struct buf *out, const struct terminal *look, const struct threshold *t,
		      const struct threshold_result *r)
{
	struct buf value, even;

	buf_init(&value, 0);
	buf_init(&even, 0);
	if (r->has_value)
		threshold_put_value(&value, t, r->value);
	else
		buf_add_char(&value, '-');
	words_text(&even, look, buf_str(&value));
	words_right(out, buf_str(&even), VALUE_ROOM);
	buf_release(&value);
	buf_release(&even);
}

static void put_standing(struct buf *out, const struct terminal *look,
			 const struct threshold_result *r, bool last)
{
	buf_add(out, STR("   "));
	switch (standing_of(r)) {
	case STANDING_HOLDS:
		words_paint(out, look, PAINT_GOOD, "holds");
		break;
	case STANDING_FAILS:
		words_paint(out, look, PAINT_BAD, "fails");
		break;
	case STANDING_UNKNOWN:
		words_paint(out, look, last ? PAINT_BAD : PAINT_FAINT,
			    last ? "fails: no samples" : "no samples yet");
		break;
	}
}

static void put_threshold(struct buf *out, const struct view *v, size_t i)
{
	const struct threshold_result *r = &v->judge->results[i];
	struct buf line;

	buf_init(&line, 0);
	buf_add(&line, STR("  "));
	words_name(&line, v->look, v->judge->thresholds[i].text, v->name, true);
	put_value(&line, v->look, &v->judge->thresholds[i], r);
	put_standing(&line, v->look, r, v->last);
	words_clip(out, buf_str(&line), v->columns);
	buf_add_char(out, '\n');
	buf_release(&line);
}

/* Of those that fail, MOST at most; returns how many. */
static size_t put_failing(struct buf *out, const struct view *v, size_t most)
{
	size_t lines = 0;

	for (size_t i = 0; i < v->judge->count && lines < most; i++) {
		if (standing_of(&v->judge->results[i]) != STANDING_FAILS)
			continue;
		put_threshold(out, v, i);
		lines++;
	}
	return lines;
}

/* "  thresholds  2 hold, 1 fails, 1 without samples yet". */
static void put_counts(struct buf *out, const struct view *v)
{
	const struct threshold_judge *judge = v->judge;
	size_t holds = count_standing(judge, STANDING_HOLDS);
	size_t fails = count_standing(judge, STANDING_FAILS);
	size_t unknown = count_standing(judge, STANDING_UNKNOWN);
	struct buf line, text;

	buf_init(&line, 0);
	buf_init(&text, 0);
	buf_printf(&line, "  thresholds  %zu of %zu %s", holds, judge->count,
		   holds == 1 ? "holds" : "hold");
	if (fails) {
		buf_printf(&text, "%zu %s", fails, fails == 1 ? "fails" : "fail");
		buf_add(&line, STR(", "));
		words_paint(&line, v->look, PAINT_BAD, text.data);
	}
	if (unknown)
		buf_printf(&line, ", %zu without samples", unknown);
	words_clip(out, buf_str(&line), v->columns);
	buf_add_char(out, '\n');
	buf_release(&line);
	buf_release(&text);
}

void thresholds_table_put(struct buf *out, const struct threshold_judge *judge,
			  const struct terminal *look, struct table_room room, bool last)
{
	struct view v = {.judge = judge, .look = look, .columns = room.columns, .last = last};

	if (judge->count == 0 || room.lines == 0)
		return;
	v.name = name_room(judge, look, room.columns);
	if (judge->count <= room.lines) {
		for (size_t i = 0; i < judge->count; i++)
			put_threshold(out, &v, i);
		return;
	}
	put_failing(out, &v, room.lines - 1);
	put_counts(out, &v);
}
