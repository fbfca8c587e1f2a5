/*
 * Internals of the libcurl HTTP client, for client*.c only. One client belongs to one worker
 * thread.
 *
 * An exchange owns one easy handle for its whole life. A handle is configured once when it is
 * created; later only options that differ are set: `struct easy_options` stores the current values,
 * and an exchange from its plan's spare list usually needs no change. A user is a CURLSH
 * (connections, TLS sessions) that a handle borrows for one request, and a cookie jar.
 *
 * The callbacks of libcurl only record. client_pump reads libcurl's messages and calls `done` after
 * curl_multi_socket_action has returned.
 */
#ifndef NET_CLIENT_PRIVATE_H
#define NET_CLIENT_PRIVATE_H

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/arena.h"
#include "net/content_decoder.h"
#include "net/cookie_jar.h"
#include "net/direct.h"
#include "net/http.h"
#include "net/http1.h"
#include "net/http_body.h"
#include "net/resend.h"

#define CLIENT_ERROR_BYTES CURL_ERROR_SIZE
/* "HOST:PORT" of the longest name. */
#define CLIENT_PLACE_BYTES 280
/* Idle connections that a user keeps; the oldest one is closed when there are more. */
#define CLIENT_IDLE_MAX 256u

enum verb { VERB_GET, VERB_HEAD, VERB_BODY };

/* A host name whose addresses are passed to libcurl, so that it never starts a resolver thread. */
struct client_name;

struct client_exchange;
struct client_socket;

struct client_list {
	struct client_exchange *first, *last;
};

struct http_plan {
	struct http_plan_spec spec;
	struct http_plan *next;
	struct curl_slist *headers; /* constant lines for libcurl; the end of every list */
	struct str cookie;	    /* value of a constant Cookie line; ptr NULL: none */
	struct str host;	    /* value of a constant Host line; ptr NULL: none */
	enum verb verb;
	bool is_head;					       /* HEAD, with or without a body */
	bool has_content_type, has_agent, has_accept_encoding; /* among the scenario's lines */
	bool is_framed_by_hand;				       /* see client_header_is_framing */
	CURLU *parsed;	    /* origin of the constant URL; the whole URL with libcurl's auth */
	const char *origin; /* the same as text */
	const char *target; /* of the constant URL; NULL: libcurl takes it from `parsed` */
	bool is_valid;	    /* the constant URL */
	const char *proxy;  /* for the constant URL; "": none */
	struct client_name *name; /* host of the constant URL or its proxy; NULL: no lookup */
	const struct direct_origin *route; /* of the constant URL; NULL: libcurl */
	struct str direct_lines; /* constant head of a direct request, before Content-Length */
	struct str direct_head;	 /* the whole of it; ptr NULL: its length is not constant */
	struct direct_h2_fields *h2_fields;
	struct client_list spare; /* handles last used for this plan */
};

struct http_user {
	CURLSH *share;			/* created for the first request that libcurl sends */
	struct client_socket *sockets;	/* of connections of libcurl */
	struct direct_connection *idle; /* of the direct transport, the newest first */
	struct direct_connection *oldest_idle;
	unsigned idle_count;
	struct direct_connection *h2;	 /* those with HTTP/2, which may have streams */
	struct direct_session *sessions; /* TLS sessions of the direct transport */
	struct cookie_jar cookies;
	struct http_user *next, *next_created;
	unsigned in_flight;
	bool leaving;
	bool has_h2c; /* probably has an HTTP/2 connection without TLS */
};

/* The current options of a handle. Pointers are compared, not dereferenced. */
struct easy_options {
	const char *url, *target;
	enum verb verb;
	const char *method; /* CUSTOMREQUEST */
	struct curl_slist *headers;
	const char *body;
	int64_t body_len;
	long timeout_ms, connect_timeout_ms, version, forbid_reuse;
	int auth; /* enum http_auth */
	const char *auth_scope;
	const char *proxy; /* "": none */
};

/* Why client_on_send stopped a transfer of libcurl. */
enum aborted_send {
	ABORTED_NOT,
	ABORTED_WRONG_GUESS,	/* see guess_holds */
	ABORTED_DENIED,		/* a second send is not allowed */
	ABORTED_OLD_CONNECTION, /* a second send needs a new connection, prepared for it */
};

/* Bytes that are not HTTP, where a response was expected. */
enum foreign_bytes { FOREIGN_NOT, FOREIGN_TLS, FOREIGN_OTHER };

enum exchange_state {
	EXCHANGE_IDLE,
	EXCHANGE_RESOLVING,
	EXCHANGE_RUNNING,
	EXCHANGE_DELAYED, /* complete, but held back by the bandwidth limit */
	EXCHANGE_DONE
};

struct client_exchange {
	struct exchange pub;
	struct client *client;
	struct client_exchange *next,
	    *prev; /* in its plan's spare list, a name's queue or `completed` */
	struct client_exchange *next_spare, *prev_spare; /* among all spare handles, oldest first */
	struct client_exchange *next_created;
	struct http_plan *last_plan;
	CURL *easy;    /* created for the first request that libcurl sends */
	CURLU *parsed; /* for dynamic URLs */
	struct buf cookie_line;
	const struct curl_slist *sent_headers; /* of this exchange; NULL before it is sent */
	struct str host;   /* value of the scenario's Host line; ptr NULL: none */
	struct buf origin; /* the URL in `parsed` */
	struct buf target;
	struct buf redirect; /* the URL of a Location field */
	struct client_name *origin_name;
	const struct direct_origin *origin_route;
	const char *proxy;			      /* of this request; "": none */
	const char *origin_plan_proxy, *origin_proxy; /* the plan's proxy; the proxy in use */
	struct curl_slist *nodes;
	size_t node_cap;
	unsigned profile;
	enum exchange_state state;
	struct easy_options set;
	/* The current request. */
	struct client_name *name;
	bool seeds; /* passes the addresses of `name` to libcurl */
	unsigned seed_version;
	bool h2c; /* HTTP/2 without TLS */
	bool is_framed_by_hand;
	size_t trailer_bytes;	    /* HTTP/2: header lines after the body of this response */
	struct http_body chunks;    /* HTTP/1, by libcurl: kind HTTP_BODY_CHUNKED if it has them */
	struct http1_response head; /* of HTTP/1: checked line by line */
	bool checks_lines;
	bool is_direct;			 /* sent by the direct transport */
	struct content_decoder *decoder; /* of the response; NULL: its body is kept unchanged */
	char unknown_coding[40];	 /* in its Content-Encoding; "": none */
	bool bad_encoding;
	bool streams; /* the body is passed on, not kept */
	struct direct_exchange direct;
	bool over_limit, headers_ended, switched, is_interim, is_bad_request;
	bool challenged;	  /* a 401 was received that the next send responds to */
	unsigned sends;		  /* without responses to a challenge */
	long connects;		  /* CURLINFO_NUM_CONNECTS at the last send */
	struct resend_facts last; /* the last send */
	enum aborted_send aborted;
	enum foreign_bytes foreign;
	enum http_cause hint; /* from the body of a response; HTTP_CAUSE_COUNT: none */
	bool fresh;	      /* CURLOPT_FRESH_CONNECT is set for a second send */
	int open_errno;
	size_t piece, piece_at; /* read position in a body with files */
	int64_t body_bytes;
	struct event rate_timer;       /* while state is EXCHANGE_DELAYED */
	ns_t name_deadline, name_wait; /* time spent waiting for the DNS lookup */
	char error[CLIENT_ERROR_BYTES];
};

#define CLIENT_CLOSED_MAX 16u
/* Maximum number of codings of one body. */
#define CLIENT_CODINGS_MAX 4u
/* In the order of browsers; OpenSSL's starts with AES-256, which takes more time. */
#define CLIENT_TLS13_CIPHERS                                                                       \
	"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
/* As many bytes as libcurl accepts before the body. */
#define CLIENT_TRAILERS_MAX ((size_t)300 * 1024)

struct client {
	struct http http;
	struct event_base *base;
	CURLM *multi;
	struct event timer; /* libcurl's next deadline */
	struct event kick;  /* runs the pump in the current round of the loop */
	ns_t timer_due;	    /* NS_NEVER: not armed */
	bool due_now;	    /* libcurl requested a 0 ms timer */
	bool pumping, kicked;
	uint64_t turn; /* counts the beginnings and ends of turns of the direct transport */

	struct http_config config;
	const char *ca_bundle;
	char *agent_line, *encoding_line;
	struct arena arena;
	struct http_plan *plans;

	struct client_exchange *created;
	struct buf location, resolved; /* for client_url_location */
	struct client_list completed;  /* ended without libcurl: cancelled, unknown name */
	struct client_exchange *oldest_spare, *newest_spare;
	size_t spare_count;

	struct http_user *users;      /* all records */
	struct http_user *free_users; /* records without a share */
	struct http_user
	    *reusable_users; /* reuse `pool`: shares with connections, without cookies */

	struct client_socket **sockets;		 /* by descriptor */
	uint16_t closed_open[CLIENT_CLOSED_MAX]; /* ports of connections that were closed last
						    while the server kept them open */
	unsigned closed_next;
	size_t socket_cap;
	size_t next_source;

	struct client_names *names;
	struct direct direct;
	struct content_decoders decoders;
};

/* client.c */
/* Lets libcurl act on SOCKET (CURL_SOCKET_TIMEOUT: its timers), then reports completed exchanges.
 */
void client_pump(struct client *c, curl_socket_t socket, int what);
/* Makes sure that the pump runs before the loop waits again. */
void client_kick(struct client *c);

/* Around events of the direct transport: exchanges that complete meanwhile are reported by
 * client_turn_end, and not on the stack of the code that completes them. */
void client_turn_begin(struct client *c);
void client_turn_end(struct client *c);

/* client_receive.c */
/* Between these calls, the bytes that libcurl receives on this thread are limited, for all
 * connections together. */
void client_receive_limit(void);
void client_receive_unlimit(void);

/* client_socket.c */
/* Four callbacks of libcurl. CLIENTP is the client; for client_socket_open it is the exchange. */
int client_socket_changed(CURL *easy, curl_socket_t fd, int what, void *clientp, void *socketp);
curl_socket_t client_socket_open(void *clientp, curlsocktype purpose, struct curl_sockaddr *addr);
/* Binds FD to the next source address. False with errno. */
bool client_socket_bind(struct client *c, int fd, int family);
int client_socket_close(void *clientp, curl_socket_t fd);
/* Whether the connection of X, which failed, was ended here while the server kept it open. */
bool client_socket_ended_here(const struct client_exchange *x);
/* Ends the idle connections of USER on which the server has sent something without a request.
 */
void client_sockets_listen(const struct http_user *user);
int client_timer_changed(CURLM *multi, long timeout_ms, void *clientp);
void client_sockets_free(struct client *c);

/* client_plan.c */
/* True if the request is HEAD, so that its response has no body. */
bool client_is_head(const struct client_exchange *x);
struct http_plan *client_plan(struct http *http, const struct http_plan_spec *spec);
void client_plans_free(struct client *c);
enum verb client_verb(const char *method, bool has_body);
/* Rewrites "Name:" without a value to libcurl's "Name;"; libcurl would not send it otherwise. */
void client_header_empty(char *line);
/* The value of LINE if it is a field with this NAME; otherwise ptr is NULL. */
struct str client_header_value(const char *line, struct str name);

/* client_url.c */
/* Prepares the constant URL of PLAN. */
void client_url_prepare(struct client *c, struct http_plan *plan);
/* Finds the URL of X, its name and its proxy. False if the URL is not valid. */
bool client_url_locate(struct client_exchange *x);
/* Sets them on the handle of X. */
void client_url_apply(struct client_exchange *x);
/* The target of the request of X. */
const char *client_url_target(const struct client_exchange *x);
/* Resolves the VALUE of a Location field against the URL of X. */
void client_url_location(struct client_exchange *x, struct str value);

/* client_handle.c */
struct exchange *client_begin(struct http *http, const struct http_plan *plan,
			      struct http_user *user);
void client_end(struct http *http, struct exchange *exchange);
/* Creates the libcurl handle of X if it has none. */
void client_handle_need(struct client_exchange *x);
void client_exchanges_free(struct client *c);

/* client_auth.c */
/* Sets the authentication of X. */
void client_auth_set(struct client_exchange *x);

/* client_proxy.c */
/* The proxy of a request of SPEC to URL, or "". */
const char *client_proxy_for(const struct client *c, const struct http_plan_spec *spec,
			     const char *url);
/* Whether PROXY, which may be "", gets HTTP requests: those to http URLs with the whole URL. */
bool client_proxy_forwards(const char *proxy);
/* The name to look up: the proxy's, or the host of URL; NULL: none. */
struct client_name *client_name_via(struct client *c, const char *proxy, const char *url);
/* Sets the proxy of X. PROXY is compared by address and must outlive X. */
void client_proxy_set(struct client_exchange *x, const char *proxy);

/* client_body.c */
/* The length of a body with files; the callbacks with which libcurl reads it. */
/* Piece AT of a body with files: text if AT is even, otherwise a file. */
struct str client_body_piece(const struct client_exchange *x, size_t at);
int64_t client_body_len(const struct client_exchange *x);
size_t client_on_read(char *out, size_t size, size_t count, void *exchange);
int client_on_seek(void *exchange, curl_off_t offset, int origin);

/* client_header.c */
/* Collects the header lines of X, whose URL has been found, and sets x->is_framed_by_hand. False if
 * a line contains a line break. */
bool client_header_set(struct client_exchange *x);
/* The put_headers of struct http_ops. */
void client_header_put(const struct exchange *exchange, struct buf *out);
/* True for a Content-Length or Transfer-Encoding by hand. It may not match the body, so the
 * connection must not be used again. */
bool client_header_is_framing(const char *line);
/* Looks at LINE of a final response: stores a cookie, and the target of a redirect. */
void client_header_received(struct client_exchange *x, struct str line);

/* Stores the VALUE of a Set-Cookie field. */
void client_header_cookie(struct client_exchange *x, struct str value);

/* client_send.c */
/* The end of the timeout of X; NS_NEVER: none. */
ns_t client_deadline(const struct client_exchange *x);
void client_send(struct http *http, struct exchange *exchange);
/* Starts a prepared exchange, whose name has been resolved. */
void client_start(struct client_exchange *x);

/* client_curl.c */
/* Sets the options of the handle of X. */
void client_curl_set(struct client_exchange *x);
/* Passes a prepared X, whose name has been resolved, to libcurl. */
void client_curl_start(struct client_exchange *x);

/* client_response.c */
size_t client_on_body(char *bytes, size_t size, size_t count, void *exchange);
size_t client_on_header(char *bytes, size_t size, size_t count, void *exchange);
/* True if the undecoded start of a body is kept, for a response with STATUS. */
bool client_response_is_kept_raw(const struct http_plan_spec *spec, int status);
/* Fills in the response of X from its handle. */
void client_collect(struct client_exchange *x, CURLcode code);
/* Adds the bytes and connections of a transfer that has ended. */
void client_count_transfer(struct client_exchange *x);
long client_info_long(const struct client_exchange *x, CURLINFO info);
/* X is complete: the pump calls `done`. */
void client_complete(struct client_exchange *x);
/* Ends X without libcurl: the pump calls `done`. */
void client_finish(struct client_exchange *x, enum http_result result, const char *error);
void client_finish_cause(struct client_exchange *x, enum http_cause cause, const char *subject);
void client_cancel(struct http *http, struct exchange *exchange);
void client_stop(struct http *http, struct exchange *exchange);
/* True if BYTES of the body are more than its limit. That of a streamed body limits its events. */
/* The head of the response with STATUS is complete: decides whether its body is streamed. */
void client_response_begin_stream(struct client_exchange *x, int status);

/* client_failure.c */
/* Sets the result and the error text of X, which ended with CODE. */
void client_failure_set(struct client_exchange *x, CURLcode code);
/* X got no connection, because of ERROR (errno); TEXT describes other errors, or is NULL. */
void client_failure_set_connect(struct client_exchange *x, int error, const char *text);
/* The TLS handshake of X failed. VERIFIED is the result of the check of the certificate; x->error
 * is the text of OpenSSL. */
void client_failure_set_tls(struct client_exchange *x, long verified);
/* The connection of X was lost before the end of the response: sets the cause from x->last. */
void client_failure_set_lost(struct client_exchange *x);
/* A time limit of X was exceeded. */
void client_failure_set_time_is_up(struct client_exchange *x);
/* "HOST:PORT" of the server, or of the proxy. */
void client_failure_place(const struct client_exchange *x, bool proxy,
			  char place[CLIENT_PLACE_BYTES]);
/* The cause in the start of an error page; HTTP_CAUSE_COUNT: none. */
enum http_cause client_failure_hint(struct str body);
/* Explains the response of X, if it has an unusual cause. */
void client_failure_explain(struct client_exchange *x);
/* Sets a cause whose subject is the timeout of X. */
void client_failure_set_timeout(struct client_exchange *x, enum http_cause cause);
/* True if CODE means that the last send was lost or refused before any part of a response;
 * completes x->last. */
bool client_failure_is_loss(struct client_exchange *x, CURLcode code);

/* client_header_check.c */
/* Checks LINE of an HTTP/1 response, as libcurl reports it. False, with x->head.why, if it is not
 * valid. */
bool client_header_check(struct client_exchange *x, struct str line);

/* client_resend.c */
int client_on_send(void *exchange, char *remote, char *local, int remote_port, int local_port);
/* True if X was not sent because our guess about a new connection was wrong: start it again. */
bool client_retry_version(struct client_exchange *x);
/* True if X, which ended with CODE, was started again on a new connection. */
bool client_resend(struct client_exchange *x, CURLcode code);
/* X has ended: resets what client_resend has set. */
void client_resend_end(struct client_exchange *x);

/* client_content.c */
/* False if the final response of X, whose header is complete, has no body (RFC 9112 section 6.3). */
bool client_content_is_allowed(const struct client_exchange *x);
/* That header is complete: begins an event stream. False, with x->over_limit, if the length in it
 * exceeds the limit of the body. */
bool client_content_start(struct client_exchange *x);
/* A response starts: forgets the codings of an earlier one. */
void client_content_begin(struct client_exchange *x);
/* Returns the decoder of X, which is complete, to the pool. */
void client_content_end(struct client_exchange *x);
/* The final response of X has a Content-Encoding field with VALUE. */
void client_content_coding(struct client_exchange *x, struct str value);
/* Takes PIECE of the body of X, as it was sent. False if X fails, with x->over_limit or
 * x->bad_encoding. */
bool client_content_take(struct client_exchange *x, struct str piece);

/* client_rate_limit.c */
/* True if the collected X is reported later, because of the user's bandwidth limit. */
bool client_rate_limit_delays(struct client_exchange *x);
/* Stops the delay of X. */
void client_rate_limit_cancel(struct client_exchange *x);

/* client_user.c */
/* A new share with the connections and TLS sessions of one user. */
CURLSH *client_user_share(struct client *c);
struct http_user *client_user_open(struct http *http);
void client_user_close(struct http *http, struct http_user *user);
void client_cookies_clear(struct http *http, struct http_user *user);
/* A request of USER has ended. */
void client_user_request_done(struct client *c, struct http_user *user);
void client_users_free(struct client *c);

/* client_dns.c */
void client_names_init(struct client *c);
void client_names_free(struct client *c);
enum http_result client_resolve(struct http *http, const char *host, unsigned port);
/* The host name in URL, or NULL if it needs no lookup. */
struct client_name *client_name_of(struct client *c, const char *url);
/* Address AT of a resolved NAME; NULL: it has fewer. */
const struct direct_address *client_name_address(const struct client_name *name, unsigned at);
/* True: resolved, start X now. False: X waits, and is started or finished later. */
bool client_name_ready(struct client_exchange *x, ns_t now);
/* The value for CURLOPT_RESOLVE of X, or NULL. */
struct curl_slist *client_name_seed(struct client_exchange *x);
/* X, which had a seed, has ended. */
void client_name_seeded(struct client_exchange *x);
/* Removes X, which is cancelled, from the queue of its name. */
void client_name_forget(struct client_exchange *x);

/* client_tls.c */
/* True if X uses HTTP/2; known after its connection has been made. */
bool client_is_http2(const struct client_exchange *x);
/* False, with the reason in ERROR, if a file of PROFILE is missing or not valid. */
bool client_tls_check(const struct http_tls_profile *profile, struct buf *error);
/* Sets the options of PROFILE on a new EASY. */
void client_tls_setup(CURL *easy, const struct http_tls_profile *profile, const char *ca_bundle);

/* Records when the certificate of the server of SSL expires. */
void client_certificate_note(struct client_exchange *x, struct ssl_st *ssl);
/* The same for a connection of libcurl, on which X is about to be sent. */
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
