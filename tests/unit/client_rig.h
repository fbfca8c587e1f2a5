/*
 * A client, its loop and a tiny server for one test: sends one request at a time and waits for the
 * response.
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
	unsigned due;	    /* responses that the loop waits for */
};

/* The rig fills in members of CONFIG that depend on the server. */
void rig_open(struct client_rig *rig, const struct http_config *config);
void rig_close(struct client_rig *rig);
/* A plan for PATH of the server (NULL: the URL is set per send); GET if SPEC has no method. */
struct http_plan *rig_plan(struct client_rig *rig, struct http_plan_spec spec, const char *path);
/* Sends and waits. The response is valid until the next call. */
struct exchange *rig_send(struct client_rig *rig, struct http_plan *plan, struct http_user *user);
/* The same for an exchange that has been begun and filled in. */
struct exchange *rig_wait(struct client_rig *rig, struct exchange *exchange);
void rig_end(struct client_rig *rig, struct exchange *exchange);
/* Lets the loop run for MS milliseconds. */
void rig_idle(struct client_rig *rig, long ms);

/* For most tests: cookies, and names that are resolved once. */
extern const struct http_config rig_usual;
/* Set-up and teardown of a group of tests. */
int rig_global_start(void **state);
int rig_global_stop(void **state);
/* True if the response body contains TEXT. */
bool rig_says(const struct exchange *x, const char *text);
/* Fails the test unless a response with status 200 was received. */
void rig_assert_ok(const struct exchange *x);

#endif
