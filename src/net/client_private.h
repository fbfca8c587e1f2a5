/*
 * The insides of the HTTP client, for client*.c alone; the only headers that know libcurl's and
 * libevent's types. One client belongs to one worker thread.
 *
 * An exchange owns an easy handle for life. Handles are prepared once at birth and changed by
 * delta: `struct easy_options` remembers what libcurl was last told, and an exchange that went back
 * to its plan's free list usually finds everything already so. A user is a CURLSH (connections,
 * cookies, TLS sessions) that a handle takes for one request.
 *
 * libcurl's callbacks only record. Its messages are drained, and `done` is called, in client_pump
 * after curl_multi_socket_action has returned.
 */
#ifndef NET_CLIENT_PRIVATE_H
#define NET_CLIENT_PRIVATE_H

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/arena.h"
#include "net/http.h"

#define CLIENT_ERROR_BYTES CURL_ERROR_SIZE

enum verb { VERB_GET, VERB_HEAD, VERB_BODY };

/* A name whose addresses libcurl is told, so that it never starts a resolver thread. */
struct client_name;

struct client_exchange;

struct client_list {
	struct client_exchange *first, *last;
};

struct http_plan {
	struct http_plan_spec spec;
	struct http_plan *next;
	struct curl_slist *headers; /* constant lines as libcurl wants them; last in every list */
	const char *cookie;	    /* what a constant Cookie line says, or NULL */
	enum verb verb;
	bool has_content_type, has_agent, has_accept_encoding; /* among the lines given */
	bool idempotent;				       /* of spec.method */
	CURLU *parsed;					       /* of the constant URL */
	const char *proxy;	  /* which the constant URL goes through; "": none */
	struct client_name *name; /* of the constant URL or its proxy; NULL: no resolving */
	struct client_list spare; /* handles last used for this plan */
};

struct http_user {
	CURLSH *share; /* NULL: nobody */
	struct http_user *next, *next_created;
	unsigned in_flight;
	bool leaving;
	bool has_h2c; /* probably a connection that speaks HTTP/2 without TLS */
};

/* What libcurl was last told on a handle. Pointers are compared, not followed. */
struct easy_options {
	const char *url;
	enum verb verb;
	const char *method; /* CUSTOMREQUEST */
	struct curl_slist *headers;
	const char *body;
	int64_t body_len;
	const char *cookie; /* "": one that varies */
	long timeout_ms, connect_timeout_ms, version, no_progress;
	int64_t body_limit;
	bool decode;
	int auth; /* enum http_auth */
	const char *auth_scope;
	const char *proxy; /* "": none */
};

enum exchange_state {
	EXCHANGE_IDLE,
	EXCHANGE_RESOLVING,
	EXCHANGE_RUNNING,
	EXCHANGE_DELAYED, /* answered, but not yet come through the user's line */
	EXCHANGE_DONE
};

struct client_exchange {
	struct exchange pub;
	struct client *client;
	struct client_exchange *next,
	    *prev; /* in its plan's spare list, a name's queue or `over` */
	struct client_exchange *next_spare, *prev_spare; /* among all spare ones, oldest first */
	struct client_exchange *next_created;
	struct http_plan *last_plan;
	CURL *easy;
	CURLU *parsed;	   /* for URLs that vary */
	struct buf origin; /* scheme and authority of `parsed` */
	struct client_name *origin_name;
	const char *origin_plan_proxy,
	    *origin_proxy; /* the plan's proxy; the one it goes through */
	struct curl_slist *nodes;
	size_t node_cap;
	unsigned profile;
	enum exchange_state state;
	struct easy_options set;
	/* Of the request under way. */
	struct client_name *name;
	bool seeds; /* carries a name's addresses */
	unsigned seed_version;
	bool h2c, wrong_guess; /* see client_on_send */
	bool idempotent, refused_resend, over_limit, headers_ended;
	bool challenged; /* a 401 came that is answered */
	unsigned sends;
	int open_errno;
	size_t piece, piece_at; /* of a body with files: what is sent next */
	int64_t body_bytes;
	struct event rate_timer;       /* while it is held */
	ns_t name_deadline, name_wait; /* how long it waited for its name */
	char error[CLIENT_ERROR_BYTES];
};

struct client_socket;

struct client {
	struct http http;
	struct event_base *base;
	CURLM *multi;
	struct event timer; /* libcurl's next deadline */
	struct event kick;  /* runs the pump in this round of the loop; never waits for anything */
	ns_t timer_due;	    /* NS_NEVER: not armed */
	bool due_now;	    /* libcurl asked for a 0 ms timer */
	bool pumping, kicked;

	struct http_config config;
	const char *ca_bundle;
	const char *encodings; /* what libcurl may decode */
	char *agent_line, *encoding_line;
	struct arena arena;
	struct http_plan *plans;

	struct client_exchange *created;
	struct client_list completed; /* ended without libcurl: cancelled, name not found */
	struct client_exchange *oldest_spare, *newest_spare;
	size_t spare_count;

	struct http_user *users;      /* all ever made */
	struct http_user *free_users; /* records without a share */
	struct http_user
	    *reusable_users; /* reuse `pool`: shares with connections, without cookies */

	CURL *cookie_handle; /* empties cookie jars */

	struct client_socket **sockets; /* by descriptor */
	size_t socket_cap;
	size_t next_source;

	struct client_names *names;
};

/* client.c */
/* Lets libcurl act on SOCKET (CURL_SOCKET_TIMEOUT: its timers), then hands out what is done. */
void client_pump(struct client *c, curl_socket_t socket, int what);
/* Sees that the pump runs before the loop waits again. */
void client_kick(struct client *c);

/* client_socket.c */
/* The four callbacks of libcurl; CLIENTP is the client, for opening the exchange. */
int client_socket_changed(CURL *easy, curl_socket_t fd, int what, void *clientp, void *socketp);
curl_socket_t client_socket_open(void *clientp, curlsocktype purpose, struct curl_sockaddr *addr);
int client_socket_close(void *clientp, curl_socket_t fd);
int client_timer_changed(CURLM *multi, long timeout_ms, void *clientp);
void client_sockets_free(struct client *c);

/* client_plan.c */
struct http_plan *client_plan(struct http *http, const struct http_plan_spec *spec);
void client_plans_free(struct client *c);
/* True when a second send can do no harm (RFC 9110 section 9.2.2). */
bool client_method_idempotent(const char *method);
enum verb client_verb(const char *method, bool has_body);
/* Writes a "Name:" without a value as libcurl wants it, or it would be left out. */
void client_header_empty(char *line);
/* The value of LINE when it is a field of NAME; ptr NULL when not. */
struct str client_header_value(const char *line, struct str name);

/* client_handle.c */
struct exchange *client_begin(struct http *http, const struct http_plan *plan,
			      struct http_user *user);
void client_end(struct http *http, struct exchange *exchange);
void client_exchanges_free(struct client *c);

/* client_auth.c */
/* Tells libcurl how X proves who asks. */
void client_auth_set(struct client_exchange *x);

/* client_proxy.c */
/* The proxy that a request of SPEC to URL goes through, or "". */
const char *client_proxy_for(const struct client *c, const struct http_plan_spec *spec,
			     const char *url);
/* The name that must be known for it: the proxy's, or the one in URL; NULL: none. */
struct client_name *client_name_via(struct client *c, const char *proxy, const char *url);
/* Tells libcurl. PROXY is remembered by its address. */
void client_proxy_set(struct client_exchange *x, const char *proxy);

/* client_body.c */
/* How long a body with files is; libcurl's callbacks that read it. */
int64_t client_body_len(const struct client_exchange *x);
size_t client_on_read(char *out, size_t size, size_t count, void *exchange);
int client_on_seek(void *exchange, curl_off_t offset, int origin);

/* client_send.c */
void client_send(struct http *http, struct exchange *exchange);
/* Hands a prepared exchange to libcurl, its name known. */
void client_start(struct client_exchange *x);

/* client_response.c */
size_t client_on_body(char *bytes, size_t size, size_t count, void *exchange);
size_t client_on_header(char *bytes, size_t size, size_t count, void *exchange);
int client_on_send(void *exchange, char *remote, char *local, int remote_port, int local_port);
int client_on_progress(void *exchange, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
		       curl_off_t up);
/* True when X was not sent, for the connection was new or old against our guess: start it again. */
bool client_retry_version(struct client_exchange *x);
/* Fills in the answer of X from its handle. */
void client_collect(struct client_exchange *x, CURLcode code);
/* The result of X, with words for it. */
void client_fail(struct client_exchange *x, enum http_result result, const char *error);
/* X is as it will be: `done` follows from the pump. */
void client_complete(struct client_exchange *x);
/* Ends X without libcurl: `done` follows from the pump. */
void client_finish(struct client_exchange *x, enum http_result result, const char *error);
void client_cancel(struct http *http, struct exchange *exchange);

/* client_rate_limit.c */
/* True: X, collected, is handed out later, when the user's line could have carried it. */
bool client_rate_limit_delays(struct client_exchange *x);
/* X is held no longer. */
void client_rate_limit_cancel(struct client_exchange *x);

/* client_user.c */
struct http_user *client_user_open(struct http *http);
void client_user_close(struct http *http, struct http_user *user);
void client_cookies_clear(struct http *http, struct http_user *user);
/* One request of USER less in flight. */
void client_user_request_done(struct client *c, struct http_user *user);
void client_users_free(struct client *c);

/* client_dns.c */
void client_names_init(struct client *c);
void client_names_free(struct client *c);
enum http_result client_resolve(struct http *http, const char *host, unsigned port);
/* The name in URL, or NULL when it needs no resolving. */
struct client_name *client_name_of(struct client *c, const char *url);
/* True: known, start now. False: X waits, and is started or finished later. */
bool client_name_ready(struct client_exchange *x, ns_t now);
/* What CURLOPT_RESOLVE of X must be told, or NULL. */
struct curl_slist *client_name_seed(struct client_exchange *x);
/* X carried a seed and ended. */
void client_name_seeded(struct client_exchange *x);
/* Takes X, whose wait is broken off, out of its queue. */
void client_name_forget(struct client_exchange *x);

/* client_tls.c */
/* False, and the reason in ERROR, when a file of PROFILE is missing or holds no such thing. */
bool client_tls_check(const struct http_tls_profile *profile, struct buf *error);
/* Tells EASY about PROFILE, once. */
void client_tls_setup(CURL *easy, const struct http_tls_profile *profile, const char *ca_bundle);

/* Notes how long the certificate of the connection of X, which is about to be used, is good. */
void client_certificate_check(struct client_exchange *x);

static inline void client_list_push(struct client_list *list, struct client_exchange *x)
{
	x->next = NULL;
	x->prev = list->last;
	if (list->last)
		list->last->next = x;
	else
		list->first = x;
	list->last = x;
}

static inline void client_list_remove(struct client_list *list, struct client_exchange *x)
{
	if (x->prev)
		x->prev->next = x->next;
	else
		list->first = x->next;
	if (x->next)
		x->next->prev = x->prev;
	else
		list->last = x->prev;
}

#endif
