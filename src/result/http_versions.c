#include "result/http_versions.h"

#include <math.h>

#include "base/units.h"

#define VERSIONS   3u
#define DIFFERENCE 0.05 /* a few requests of another version do not change the figures */

struct versions {
	uint64_t of[VERSIONS], all;
};

static struct versions versions_of(const struct series_counts *counts)
{
	return (struct versions){
	    .of = {counts->http_1, counts->http_2, counts->http_3},
	    .all = counts->http_1 + counts->http_2 + counts->http_3,
	};
}

bool http_versions_are_noted(const struct series_counts *counts)
{
	return counts->http_2 || counts->http_3;
}

void http_versions_put_text(struct buf *out, const struct series_counts *counts)
{
	struct versions v = versions_of(counts);
	const char *gap = "";

	for (size_t i = 0; i < VERSIONS; i++) {
		if (!v.of[i])
			continue;
		buf_printf(out, "%sHTTP/%zu ", gap, i + 1);
		units_put_count(out, v.of[i]);
		gap = ", ";
	}
}

void http_versions_put_json(struct json_writer *j, const struct series_counts *counts)
{
	static const char *const names[VERSIONS] = {"1", "2", "3"};
	struct versions v = versions_of(counts);

	json_writer_open(j, "http_versions");
	for (size_t i = 0; i < VERSIONS; i++)
		if (v.of[i])
			json_writer_uint(j, names[i], v.of[i]);
	json_writer_close(j);
}

bool http_versions_differ(const struct series_counts *a, const struct series_counts *b)
{
	struct versions v = versions_of(a), w = versions_of(b);

	for (size_t i = 0; v.all && w.all && i < VERSIONS; i++)
		if (fabs((double)v.of[i] / (double)v.all - (double)w.of[i] / (double)w.all) >
		    DIFFERENCE)
			return true;
	return false;
}
