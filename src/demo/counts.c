#include "demo/counts.h"

#include "base/escape.h"

void counts_route(struct counts *counts, struct str route)
{
	unsigned i = 0;

	counts->requests++;
	while (i < counts->used && !str_eq(counts->routes[i].route, route))
		i++;
	if (i == COUNT_ROUTES)
		return;
	if (i == counts->used)
		counts->routes[counts->used++].route = route;
	counts->routes[i].requests++;
}

void counts_status(struct counts *counts, int status)
{
	if (status >= 100 && status < 600)
		counts->statuses[status / 100]++;
}

static void put_number(struct buf *out, const char *key, uint64_t number)
{
	buf_printf(out, "\"%s\":%llu", key, (unsigned long long)number);
}

void counts_put(const struct counts *counts, uint64_t connections, struct buf *out)
{
	const struct {
		const char *key;
		uint64_t number;
	} totals[] = {
	    {"requests", counts->requests},	  {"connections", connections},
	    {"logins", counts->logins},		  {"carts", counts->carts},
	    {"orders", counts->orders},		  {"errors_on_purpose", counts->errors_on_purpose},
	    {"turned_away", counts->turned_away},
	};

	buf_add_char(out, '{');
	for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
		put_number(out, totals[i].key, totals[i].number);
		buf_add_char(out, ',');
	}
	buf_add(out, STR("\"status\":{"));
	for (int i = 1; i < 6; i++)
		buf_printf(out, "%s\"%dxx\":%llu", i > 1 ? "," : "", i,
			   (unsigned long long)counts->statuses[i]);
	buf_add(out, STR("},\"routes\":{"));
	for (unsigned i = 0; i < counts->used; i++) {
		if (i)
			buf_add_char(out, ',');
		escape_json(out, counts->routes[i].route);
		buf_printf(out, ":%llu", (unsigned long long)counts->routes[i].requests);
	}
	buf_add(out, STR("}}\n"));
}
