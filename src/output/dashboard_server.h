/*
 * The HTTP server between the dashboard and its browsers, on its own thread. The main thread
 * passes updates of the run and never waits; a browser that reads slowly misses updates, and one
 * that disconnects is forgotten. Every request must have the token of the printed URL, and must
 * address this server by an IP address or as localhost: a name that another site has pointed
 * here (DNS rebinding) is refused, and so is a request that another site makes a browser send,
 * because it does not know the token.
 */
#ifndef OUTPUT_DASHBOARD_SERVER_H
#define OUTPUT_DASHBOARD_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct dashboard_server;

/*
 * Listens on WHERE: "HOST:PORT", ":PORT" or "PORT" (then on 127.0.0.1; port 0 is any free one),
 * and starts serving. POLICY is the page's Content-Security-Policy. HOSTS, which must outlive it,
 * are accepted in the Host header too. FILES: open files that the load needs, 0: unknown. NULL
 * with a sentence in ERROR if that fails.
 */
struct dashboard_server *dashboard_server_open(struct str where, struct str policy,
					       const char *const *hosts, size_t host_count,
					       uint64_t files, struct buf *error);
/* "http://127.0.0.1:8090/?token=…" */
struct str dashboard_server_url(const struct dashboard_server *server);
struct str dashboard_server_token(const struct dashboard_server *server);
/* Other machines can reach it. */
bool dashboard_server_is_public(const struct dashboard_server *server);
/* A browser waits for the whole page. */
bool dashboard_server_page_requested(struct dashboard_server *server);
/* A browser shows the page. */
bool dashboard_server_has_viewers(struct dashboard_server *server);
/* A user asked to stop the run. */
bool dashboard_server_stop_requested(struct dashboard_server *server);
/* Takes the contents of PAGE for browsers that wait, and of UPDATE for browsers that show the
 * page; either may be empty. Both come back empty, with other memory. */
void dashboard_server_publish(struct dashboard_server *server, struct buf *page,
			      struct buf *update);
/* Waits briefly for the last update to reach the browsers, then ends the server. */
void dashboard_server_close(struct dashboard_server *server);

#endif
