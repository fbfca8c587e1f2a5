/*
 * The front of the HTTP client, for client*.c, direct*.c and libcurl*.c: users with their cookies,
 * plans, exchanges, names (DNS), bandwidth limits, and the decision which transport sends a
 * request. A transport gets an exchange whose URL, header lines and addresses are known, and gives
 * it back with client_complete. There are two: net/direct.h and net/libcurl.h. One client belongs
 * to one worker thread.
 */
#ifndef NET_CLIENT_PRIVATE_H
#define NET_CLIENT_PRIVATE_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/arena.h"
#include "net/content_decoder.h"
#include "net/cookie_jar.h"
#include "net/direct.h"
#include "net/http.h"
#include "net/http1.h"
#include "net/libcurl.h"
#include "net/resend.h"

/* As many as libcurl needs. */
#define CLIENT_ERROR_BYTES 256
/* "HOST:PORT" of the longest name. */
#define CLIENT_PLACE_BYTES 280
/* Idle connections that a user keeps; the oldest one is closed when there are more. */
#define CLIENT_IDLE_MAX 256u

/* A host name whose addresses are passed to libcurl, so that it never starts a resolver thread. */
struct client_name;

struct client_exchange;

/* The interface of a transport. */
struct client_transport {
	const char *name; /* for the user */
	void (*init)(struct client *c);
	/* Closes everything that is in progress, before exchanges and users are freed. */
	void (*close)(struct client *c);
	void (*free)(struct client *c);
	/* X, whose URL and header lines are known, will be sent as soon as its name is resolved. */
	void (*prepare)(struct client_exchange *x);
	/* Sends X. It ends with client_complete. */
	void (*start)(struct client_exchange *x);
	/* The note_head of struct http_ops. */
	void (*note_head)(struct client_exchange *x);
	/* Stops X, which is in progress, without a result; its bytes are counted. */
	void (*abort)(struct client_exchange *x);
	/* X has ended: shrinks buffers that grew beyond KEPT bytes. */
	void (*shrink)(struct client_exchange *x, size_t kept);
	/* X is freed. */
	void (*release)(struct client_exchange *x);
	/* A turn ends (see client_turn_begin): sends what was collected in it. */
	void (*flush)(struct client *c);
	/* USER leaves: closes its connections. */
	void (*user_close)(struct http_user *user);
};

extern const struct client_transport direct_transport, libcurl_transport;

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
	struct libcurl_user curl;
	struct direct_connection *idle; /* of the direct transport, the newest first */
	struct direct_connection *oldest_idle;
	unsigned idle_count;
	struct direct_connection *h2;	 /* those with HTTP/2, which may have streams */
	struct direct_session *sessions; /* TLS sessions of the direct transport */
	struct cookie_jar cookies;
	struct http_user *next, *next_created;
	unsigned in_flight;
	bool leaving;
};

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
	enum exchange_state state;
	/* The current request. */
	struct client_name *name;
	bool is_framed_by_hand;
	struct http1_response head;		  /* of HTTP/1: checked line by line */
	const struct client_transport *transport; /* that sends it */
	struct content_decoder *decoder; /* of the response; NULL: its body is kept unchanged */
	char unknown_coding[40];	 /* in its Content-Encoding; "": none */
	bool bad_encoding;
	bool streams; /* the body is passed on, not kept */
	struct direct_exchange direct;
	struct libcurl_exchange curl;
	bool over_limit, headers_ended, is_bad_request;
	unsigned sends;		  /* without responses to a challenge */
	struct resend_facts last; /* the last send */
	enum http_cause hint;	  /* from the body of a response; HTTP_CAUSE_COUNT: none */
	int64_t body_bytes;
	struct event rate_timer;	  /* while state is EXCHANGE_DELAYED */
	ns_t name_deadline, name_wait;	  /* time spent waiting for the DNS lookup */
	struct client_identity *identity; /* client_identity.h; NULL: no client certificate */
	struct client_ticket *ticket;	  /* with HTTP_AUTH_NEGOTIATE (client_ticket.h) */
	bool ticket_waits;	       /* in state EXCHANGE_RESOLVING: for it, not for the name */
	ns_t ticket_from, ticket_wait; /* when the wait began, and its length */
	char error[CLIENT_ERROR_BYTES];
};

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
	struct event kick; /* runs the pump in the current round of the loop */
	bool pumping, kicked;
	bool in_turn;  /* between client_turn_begin and client_turn_end */
	uint64_t turn; /* counts the beginnings and ends of turns of the direct transport */

	struct http_config config;
	const char *ca_bundle;
	char *agent_line, *encoding_line;
	struct arena arena;
	struct http_plan *plans;

	struct client_exchange *created;
	struct buf location, resolved; /* for client_url_location */
	struct buf query_fields;	       /* for aws_query_add_url */
	struct client_list completed;  /* ended without libcurl: cancelled, unknown name */
	struct client_exchange *oldest_spare, *newest_spare;
	size_t spare_count;

	struct http_user *users;      /* all records */
	struct http_user *free_users; /* records without a share */
	struct http_user
	    *reusable_users; /* reuse `pool`: shares with connections, without cookies */

	size_t next_source;

	struct client_names *names;
	struct client_channels *channels;     /* client_channel.h */
	struct client_tickets *tickets;	      /* client_ticket.h */
	struct client_identities *identities; /* client_identity.h */
	struct direct direct;
	struct libcurl curl;
	struct content_decoders decoders;
};

/* client.c */
/* Makes sure that the pump runs before the loop waits again. */
void client_kick(struct client *c);

/* Around events of the direct transport: exchanges that complete meanwhile are reported by
 * client_turn_end, and not on the stack of the code that completes them. */
void client_turn_begin(struct client *c);
void client_turn_end(struct client *c);
/* Reports X, which is complete. */
void client_report(struct client *c, struct client_exchange *x);
/* Reports the first exchange that completed; false: there is none. */
bool client_report_next(struct client *c);
extern const struct client_transport *const client_transports[];
#define CLIENT_TRANSPORTS 2u

/* client_source.c */
/* Binds FD to the next source address. False with errno. */
bool client_source_bind(struct client *c, int fd, int family);

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
/* True if the URL of X is set for each send. */
bool client_url_is_dynamic(const struct client_exchange *x);
/* True if libcurl computes the target, because it signs it. */
bool client_url_is_whole(const struct http_plan_spec *spec);
/* The target of the request of X. */
const char *client_url_target(const struct client_exchange *x);
/* The host in the URL of X. */
struct str client_url_host(const struct client_exchange *x);
/* Resolves the VALUE of a Location field against the URL of X. */
void client_url_location(struct client_exchange *x, struct str value);

/* client_handle.c */
struct exchange *client_begin(struct http *http, const struct http_plan *plan,
			      struct http_user *user);
void client_end(struct http *http, struct exchange *exchange);
void client_exchanges_free(struct client *c);

/* client_proxy.c */
/* The proxy of a request of SPEC to URL, or "". */
const char *client_proxy_for(const struct client *c, const struct http_plan_spec *spec,
			     const char *url);
/* Whether PROXY, which may be "", gets HTTP requests: those to http URLs with the whole URL. */
bool client_proxy_forwards(const char *proxy);
/* The name to look up: the proxy's, or the host of URL; NULL: none. */
struct client_name *client_name_via(struct client *c, const char *proxy, const char *url);

/* client_body.c */
/* Piece AT of a body with files: text if AT is even, otherwise a file. */
struct str client_body_piece(const struct client_exchange *x, size_t at);
/* The length of a body with files. */
int64_t client_body_len(const struct client_exchange *x);

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

/* client_end.c */
/* X is complete: the pump calls `done`. */
void client_complete(struct client_exchange *x);
/* Ends X without a transport: the pump calls `done`. */
void client_finish(struct client_exchange *x, enum http_result result, const char *error);
void client_finish_cause(struct client_exchange *x, enum http_cause cause, const char *subject);
void client_note_head(struct exchange *exchange);
void client_cancel(struct http *http, struct exchange *exchange);
void client_stop(struct http *http, struct exchange *exchange);

/* client_failure.c */
/* True if the error text of X contains TEXT. */
bool client_failure_says(const struct client_exchange *x, const char *text);
/* Sets the CAUSE of a lost connection; NAME is its subject. */
void client_failure_set_loss(struct client_exchange *x, enum http_cause cause,
			     char name[CLIENT_PLACE_BYTES]);
/* The cause if the connection ended within the response of X. */
enum http_cause client_failure_cut(const struct client_exchange *x);
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
/* client_content.c */
/* True if the undecoded start of a body is kept, for a response with STATUS. */
bool client_response_is_kept_raw(const struct http_plan_spec *spec, int status);
/* False if the final response of X, whose header is complete, has no body (RFC 9112 section 6.3).
 */
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
/* False, with the reason in ERROR, if the authorities of PROFILE are missing or not valid. */
bool client_tls_check(const struct http_tls_profile *profile, struct buf *error);

/* Records when the certificate of the server of SSL expires. */
void client_certificate_note(struct client_exchange *x, struct ssl_st *ssl);

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
