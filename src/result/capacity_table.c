#include "result/capacity_table.h"

#include <math.h>
#include <stdlib.h>

#include "base/units.h"

void capacity_table_put_level(struct buf *out, const struct capacity *c, double level)
{
	if (c->whole) {
		units_put_count(out, (uint64_t)level);
		buf_add(out, level == 1 ? STR(" user") : STR(" users"));
	} else {
		buf_printf(out, "%.4g/s", level);
	}
}

static void put_found(struct buf *out, const struct capacity *c)
{
	double found = capacity_found(c), knee = capacity_knee(c);

	buf_add(out, STR("\n  capacity  "));
	if (found > 0) {
		capacity_table_put_level(out, c, found);
		buf_add(out,
			c->confirmed ? STR(", which passed twice; ") : STR(", not confirmed; "));
	} else {
		buf_add(out, STR("none found: "));
	}
	buf_printf(out, "%s\n", capacity_stop_text(c->stop));
	if (knee > 0 && knee < found) {
		buf_add(out, STR("  knee      "));
		capacity_table_put_level(out, c, knee);
		buf_add(out,
			STR("; above it, response times are twice as long as at the first load\n"));
	}
}

static int by_level(const void *left, const void *right)
{
	const struct capacity_trial *a = left, *b = right;

	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	return a->again - b->again;
}

void capacity_table_sort(const struct capacity *c, struct capacity_trial *curve)
{
	for (unsigned i = 0; i < c->count; i++)
		curve[i] = c->trials[i];
	qsort(curve, c->count, sizeof(*curve), by_level);
}

static void put_trial(struct buf *out, const struct capacity *c, const struct capacity_trial *t,
		      const struct terminal *term)
{
	struct buf cell;

	buf_init(&cell, 0);
	capacity_table_put_level(&cell, c, t->level);
	text_format_align_right(out, buf_str(&cell), 14);
	buf_clear(&cell);
	text_format_put_rate(&cell, t->per_second);
	text_format_align_right(out, buf_str(&cell), 9);
	text_format_time(out, term, t->p50, 10);
	text_format_time(out, term, t->p95, 10);
	text_format_time(out, term, t->p99, 10);
	buf_clear(&cell);
	buf_printf(&cell, "%.3g %%", t->error_rate * 100);
	text_format_align_right(out, buf_str(&cell), 9);
	buf_add(out, STR("   "));
	text_format_style(out, term, t->holds ? TEXT_STYLE_GOOD : TEXT_STYLE_BAD,
			  t->holds     ? "passed"
			  : t->limited ? "generator"
				       : "failed");
	buf_add(out, t->again ? STR(", again\n") : STR("\n"));
	buf_release(&cell);
}

void capacity_table_put(struct buf *out, const struct capacity *c, const struct terminal *term)
{
	struct capacity_trial curve[CAPACITY_TRIALS];

	if (!c)
		return;
	put_found(out, c);
	if (!c->count)
		return;
	capacity_table_sort(c, curve);
	buf_add(out, STR("\n          load       /s       p50       p95       p99   failed\n"));
	for (unsigned i = 0; i < c->count; i++)
		put_trial(out, c, &curve[i], term);
}

/* ---- JSON */

/* null unless KNOWN. */
static void put_number(struct json_writer *j, const char *key, double value, bool known)
{
	json_writer_digits(j, key, known ? value : NAN, 6);
}

static void put_ms(struct json_writer *j, const char *key, ns_t length)
{
	put_number(j, key, (double)length / (double)NS_PER_MS, length >= 0);
}

static void put_json_trial(struct json_writer *j, const struct capacity_trial *t)
{
	json_writer_line(j, "\n  ");
	json_writer_open(j, NULL);
	put_number(j, "level", t->level, true);
	put_number(j, "requests_per_second", t->per_second, true);
	put_ms(j, "p50_ms", t->p50);
	put_ms(j, "p95_ms", t->p95);
	put_ms(j, "p99_ms", t->p99);
	put_number(j, "error_rate", t->error_rate, true);
	json_writer_uint(j, "dropped", t->dropped);
	json_writer_bool(j, "holds", t->holds);
	json_writer_bool(j, "generator_limited", t->limited);
	json_writer_bool(j, "again", t->again);
	json_writer_close(j);
}

void capacity_table_put_json(struct json_writer *j, const char *key, const struct capacity *c)
{
	struct capacity_trial curve[CAPACITY_TRIALS];

	json_writer_open(j, key);
	json_writer_text(j, "find", c->whole ? STR("users") : STR("arrivals"));
	put_number(j, "value", capacity_found(c), capacity_found(c) > 0);
	json_writer_bool(j, "confirmed", c->confirmed);
	put_number(j, "knee", capacity_knee(c), capacity_knee(c) > 0);
	json_writer_text(j, "stopped", str_of(capacity_stop_name(c->stop)));
	json_writer_open_array(j, "curve");
	capacity_table_sort(c, curve);
	for (unsigned i = 0; i < c->count; i++)
		put_json_trial(j, &curve[i]);
	json_writer_close_array(j);
	json_writer_close(j);
}
