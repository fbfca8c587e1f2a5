#include "stats/exemplar.h"

#include <inttypes.h>

void exemplar_put_trace(struct buf *out, struct exemplar_trace trace)
{
	buf_printf(out, "%016" PRIx64 "%016" PRIx64, trace.high, trace.low);
}

void exemplar_put_span(struct buf *out, uint64_t span)
{
	buf_printf(out, "%016" PRIx64, span);
}

void exemplar_put_link(struct buf *out, struct str url, struct exemplar_trace trace)
{
	struct str gap = STR("{trace_id}");
	size_t at = str_find(url, gap, 0);

	buf_add(out, str_slice(url, 0, at));
	exemplar_put_trace(out, trace);
	if (at != NOT_FOUND)
		buf_add(out, str_slice(url, at + gap.len, url.len));
}
