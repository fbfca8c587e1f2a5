#include "demo/route_counts.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json_writer.h"

void route_counts_route(struct route_counts *counts, struct str route)
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

void route_counts_status(struct route_counts *counts, int status)
{
	if (status >= 100 && status < 600)
		counts->statuses[status / 100]++;
}

void route_counts_put(const struct route_counts *counts, uint64_t connections, struct buf *out)
{
	struct json_writer j = json_writer_compact(out);
	static const char *const classes[] = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};

	json_writer_open(&j, NULL);
	json_writer_uint(&j, "requests", counts->requests);
	json_writer_uint(&j, "connections", connections);
	json_writer_uint(&j, "logins", counts->logins);
	json_writer_uint(&j, "tokens", counts->tokens);
	json_writer_uint(&j, "carts", counts->carts);
	json_writer_uint(&j, "orders", counts->orders);
	json_writer_uint(&j, "errors_on_purpose", counts->errors_on_purpose);
	json_writer_uint(&j, "turned_away", counts->turned_away);
	json_writer_open(&j, "status");
	for (int i = 1; i < 6; i++)
		json_writer_uint(&j, classes[i], counts->statuses[i]);
	json_writer_close(&j);
	json_writer_open(&j, "routes");
	for (unsigned i = 0; i < counts->used; i++)
		buf_printf(json_writer_member(&j, counts->routes[i].route), "%" PRIu64,
			   counts->routes[i].requests);
	json_writer_close(&j);
	json_writer_close(&j);
	buf_add_char(out, '\n');
}
