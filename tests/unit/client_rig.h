/*
 * A client, its loop and a tiny server for one test: requests are made one at a time and waited
 * for.
 */
#ifndef CLIENT_RIG_H
#define CLIENT_RIG_H

#include "base/arena.h"
#include "net/http.h"
#include "net/loop.h"
#include "tiny_server.h"

struct client_rig {
	struct tiny_server *server;
	struct loop *loop;
	struct http *http;
	struct http_user *user;
	char base[128]; /* "http://127.0.0.1:PORT" */
	struct exchange *answered;
	struct arena arena; /* URLs of plans */
	unsigned due;	    /* answers the loop waits for */
};

/* CONFIG may leave out what the rig knows. */
void rig_open(struct client_rig *rig, const struct http_config *config);
void rig_close(struct client_rig *rig);
/* A plan for PATH of the server (NULL: a URL per send); GET where SPEC names no method. */
struct http_plan *rig_plan(struct client_rig *rig, struct http_plan_spec spec, const char *path);
/* Sends and waits. The answer stays until the next call. */
struct exchange *rig_send(struct client_rig *rig, struct http_plan *plan, struct http_user *user);
/* The same for an exchange begun and filled in. */
struct exchange *rig_wait(struct client_rig *rig, struct exchange *exchange);
void rig_end(struct client_rig *rig, struct exchange *exchange);
/* Lets the loop run for MS milliseconds. */
void rig_idle(struct client_rig *rig, long ms);

/* Cookies, a name that is looked up once; what most tests want. */
extern const struct http_config rig_usual;
/* Set-up and teardown of a group of tests. */
int rig_global_start(void **state);
int rig_global_stop(void **state);
/* Whether TEXT is in the answer. */
bool rig_says(const struct exchange *x, const char *text);
/* Fails the test unless the answer came, with status 200. */
void rig_assert_ok(const struct exchange *x);

#endif
