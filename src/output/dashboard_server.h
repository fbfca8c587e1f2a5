/*
 * What stands between the dashboard and its browsers: an HTTP server on a thread of its own. The
 * main thread hands pictures of the run over and never waits; a browser that reads slowly misses
 * pictures, and one that is gone is forgotten. Whoever wants anything shows the token of the URL
 * that was printed, and asks this server by an address or as localhost: a name that another site
 * has pointed here (DNS rebinding) is refused, and so is a request another site makes a browser
 * send, as it cannot know the token.
 */
#ifndef OUTPUT_DASHBOARD_SERVER_H
#define OUTPUT_DASHBOARD_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct dashboard_server;

/*
 * Listens on WHERE: "HOST:PORT", ":PORT" or "PORT" (then on 127.0.0.1; port 0 is any free one), and
 * serves from now on. POLICY is the page's Content-Security-Policy. HOSTS, which must
 * outlive it, are allowed in the Host header too. FILES: that the load needs, 0: not known. NULL
 * with a sentence in ERROR.
 */
struct dashboard_server *dashboard_server_open(struct str where, struct str policy,
					       const char *const *hosts, size_t host_count,
					       uint64_t files, struct buf *error);
/* "http://127.0.0.1:8090/?token=…" */
struct str dashboard_server_url(const struct dashboard_server *server);
struct str dashboard_server_token(const struct dashboard_server *server);
/* Others than this machine can reach it. */
bool dashboard_server_is_public(const struct dashboard_server *server);
/* Somebody waits for the whole page. */
bool dashboard_server_page_requested(struct dashboard_server *server);
/* Somebody looks on. */
bool dashboard_server_has_viewers(struct dashboard_server *server);
/* A person asked for the end of the run. */
bool dashboard_server_stop_requested(struct dashboard_server *server);
/* Takes the contents of PAGE for those who wait, and of UPDATE for those who look on; either may be
 * empty. Both come back empty, with other memory. */
void dashboard_server_publish(struct dashboard_server *server, struct buf *page,
			      struct buf *update);
/* Gives the last update a moment to reach whoever looks on, then ends the server. */
void dashboard_server_close(struct dashboard_server *server);

#endif
