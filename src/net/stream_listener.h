/*
 * A listening socket whose connections become streams. It accepts up to a maximum of connections,
 * so that others of this process find files to open. When that is reached, or the process cannot
 * open more files, it pauses: new connections wait in the system's queue, one warning is printed,
 * and the owner has to make room. Belongs to the thread of its loop.
 */
#ifndef NET_STREAM_LISTENER_H
#define NET_STREAM_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "net/stream.h"

struct stream_listener_config {
	const char *name; /* in warnings: "dashboard" */
	const char *host;
	unsigned port;		  /* 0: any free port */
	unsigned connections_max; /* 0: as many as the limit of open files allows */
	unsigned files_each;	  /* that a connection needs; 0: 1 */
	/* FD is connected; the owner gives it to stream_listener_accept. */
	void (*accept)(void *owner, int fd);
	/* Others wait: closes connections that are not in use. Called again until there is room. */
	void (*make_room)(void *owner);
	void *owner;
};

/* Listens immediately. NULL with a sentence in ERROR. The texts of CONFIG must outlive it. */
struct stream_listener *stream_listener_open(struct stream_loop *loop,
					     const struct stream_listener_config *config,
					     struct buf *error);
/* Its streams stay open. NULL is fine. */
void stream_listener_close(struct stream_listener *listener);
unsigned stream_listener_port(const struct stream_listener *listener);
/* True while others wait: connections should end after their response. */
bool stream_listener_is_full(const struct stream_listener *listener);
/* Maximum number of connections for a server next to a load that needs FILES open files (0: not
 * known), so that the load finds them. */
unsigned stream_listener_visitors_max(uint64_t files);
/* Like stream_open, and counts as a connection of LISTENER until its descriptor is closed. */
struct stream *stream_listener_accept(struct stream_listener *listener, int fd,
				      const struct stream_handler *handler, void *owner);

#endif
