#include "net/fd_watch.h"

void fd_watch_set(struct fd_watch *w, struct event_base *base, int fd, short mask,
		  event_callback_fn on_event, void *arg)
{
	mask |= EV_PERSIST;
	if (w->mask == mask)
		return;
	fd_watch_end(w);
	event_assign(&w->event, base, fd, mask, on_event, arg);
	event_add(&w->event, NULL);
	w->mask = mask;
}

void fd_watch_end(struct fd_watch *w)
{
	if (event_initialized(&w->event))
		event_del(&w->event); /* also if it is only active */
	w->mask = 0;
}
