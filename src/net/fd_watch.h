/*
 * Registers a socket with the event loop; the registration changes only when other events are
 * requested. A zeroed struct is not registered. The thread of the loop.
 */
#ifndef NET_FD_WATCH_H
#define NET_FD_WATCH_H

#include <event2/event.h>
#include <event2/event_struct.h>

struct fd_watch {
	struct event event;
	short mask; /* 0: not registered */
};

/* Calls ON_EVENT with ARG whenever one of the events in MASK (EV_READ, EV_WRITE) happens to FD. */
void fd_watch_set(struct fd_watch *w, struct event_base *base, int fd, short mask,
		  event_callback_fn on_event, void *arg);
/* Must be called before FD is closed. */
void fd_watch_end(struct fd_watch *w);

#endif
