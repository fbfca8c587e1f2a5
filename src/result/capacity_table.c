#include "result/capacity_table.h"

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
		buf_add(out, c->confirmed ? STR(", which held twice; ") : STR(", not confirmed; "));
	} else {
		buf_add(out, STR("none found: "));
	}
	buf_printf(out, "%s\n", capacity_stop_text(c->stop));
	if (knee > 0 && knee < found) {
		buf_add(out, STR("  knee      "));
		capacity_table_put_level(out, c, knee);
		buf_add(out, STR(", from where on answers take twice as long as at first\n"));
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
			  t->holds     ? "holds"
			  : t->limited ? "generator"
				       : "fails");
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

static void put_number(struct buf *out, const char *key, double value, bool is)
{
	if (is)
		buf_printf(out, "\"%s\": %.6g", key, value);
	else
		buf_printf(out, "\"%s\": null", key);
}

static void put_ms(struct buf *out, const char *key, ns_t length)
{
	buf_add(out, STR(", "));
	put_number(out, key, (double)length / (double)NS_PER_MS, length >= 0);
}

void capacity_table_put_json(struct buf *out, const struct capacity *c)
{
	struct capacity_trial curve[CAPACITY_TRIALS];

	buf_printf(out, "{\"find\": \"%s\", ", c->whole ? "users" : "arrivals");
	put_number(out, "value", capacity_found(c), capacity_found(c) > 0);
	buf_printf(out, ", \"confirmed\": %s, ", c->confirmed ? "true" : "false");
	put_number(out, "knee", capacity_knee(c), capacity_knee(c) > 0);
	buf_printf(out, ", \"stopped\": \"%s\", \"curve\": [", capacity_stop_name(c->stop));
	capacity_table_sort(c, curve);
	for (unsigned i = 0; i < c->count; i++) {
		const struct capacity_trial *t = &curve[i];

		buf_add(out, i ? STR(",\n  {") : STR("\n  {"));
		put_number(out, "level", t->level, true);
		buf_add(out, STR(", "));
		put_number(out, "requests_per_second", t->per_second, true);
		put_ms(out, "p50_ms", t->p50);
		put_ms(out, "p95_ms", t->p95);
		put_ms(out, "p99_ms", t->p99);
		buf_add(out, STR(", "));
		put_number(out, "error_rate", t->error_rate, true);
		buf_printf(out,
			   ", \"dropped\": %llu, \"holds\": %s, \"generator_limited\": %s, "
			   "\"again\": %s}",
			   t->dropped, t->holds ? "true" : "false", t->limited ? "true" : "false",
			   t->again ? "true" : "false");
	}
	buf_add(out, STR("]}"));
}
