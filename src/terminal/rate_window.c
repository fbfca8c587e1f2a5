#include "terminal/rate_window.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "result/text_format.h"

void rate_window_init(struct rate_window *p, size_t series)
{
	*p = (struct rate_window){.series = series};
	p->started = alloc_zeroed(RATE_WINDOW_SECONDS * (series + 1), sizeof(*p->started));
}

void rate_window_release(struct rate_window *p)
{
	free(p->started);
}

static uint64_t started(const struct summary *s, size_t series)
{
	return series < s->table->defs.count ? s->series[series].counts.started
					     : s->all.counts.started;
}

void rate_window_add(struct rate_window *p, const struct summary *s)
{
	if (s->duration <= p->last)
		return;
	for (size_t i = 0; i <= p->series; i++)
		p->started[p->next * (p->series + 1) + i] = started(s, i);
	p->at[p->next] = s->duration;
	p->last = s->duration;
	p->next = (p->next + 1) % RATE_WINDOW_SECONDS;
	p->taken += p->taken < RATE_WINDOW_SECONDS;
}

double rate_window_rate(const struct rate_window *p, const struct summary *s, size_t series)
{
	uint64_t now = started(s, series), then = 0;
	ns_t since = 0;

	if (!p || p->taken == 0)
		return text_format_rate(now, s->duration);
	if (p->taken == RATE_WINDOW_SECONDS) {
		then = p->started[p->next * (p->series + 1) + series];
		since = p->at[p->next];
	}
	return text_format_rate(now - then, s->duration - since);
}
