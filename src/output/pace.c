#include "output/pace.h"

#include <stdlib.h>

#include "base/log.h"
#include "output/words.h"

void pace_init(struct pace *p, size_t series)
{
	*p = (struct pace){.series = series};
	p->started = calloc(PACE_SECONDS * (series + 1), sizeof(*p->started));
	if (!p->started)
		die_out_of_memory();
}

void pace_release(struct pace *p)
{
	free(p->started);
}

static uint64_t started(const struct summary *s, size_t series)
{
	return series < s->table->defs.count ? s->series[series].counts.started
					     : s->all.counts.started;
}

void pace_take(struct pace *p, const struct summary *s)
{
	if (s->duration <= p->last)
		return;
	for (size_t i = 0; i <= p->series; i++)
		p->started[p->next * (p->series + 1) + i] = started(s, i);
	p->at[p->next] = s->duration;
	p->last = s->duration;
	p->next = (p->next + 1) % PACE_SECONDS;
	p->taken += p->taken < PACE_SECONDS;
}

double pace_rate(const struct pace *p, const struct summary *s, size_t series)
{
	uint64_t now = started(s, series), then = 0;
	ns_t since = 0;

	if (!p || p->taken == 0)
		return words_rate(now, s->duration);
	if (p->taken == PACE_SECONDS) {
		then = p->started[p->next * (p->series + 1) + series];
		since = p->at[p->next];
	}
	return words_rate(now - then, s->duration - since);
}
