/*
 * HTTP as the engine sees it: an interface with two implementations, libcurl's multi on an event
 * loop (net/client.c) and a scripted one in the unit tests. One `http` belongs to one worker
 * thread; nothing here locks. A request is one hop: redirects, retries, per-host limits and the
 * host gate are run's business. `done` is called from the loop, never from inside send and never on
 * libcurl's stack.
 *
 * Life of an exchange: begin -> fill in -> send -> done -> look at the answer -> end. Exchanges are
 * pooled: nothing of ours is allocated once the pool is warm.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

struct http;
struct http_user; /* one virtual user's connections, cookies, TLS sessions */
struct http_plan; /* the constant part of a request, prepared once per worker */
struct loop;

enum http_result {
	HTTP_OK, /* an answer came, whatever its status */
	HTTP_DNS,
	HTTP_CONNECT,
	HTTP_TLS,
	HTTP_TIMEOUT_CONNECT,
	HTTP_TIMEOUT,
	HTTP_RESET,
	HTTP_TRUNCATED,
	HTTP_PROTOCOL,
	HTTP_BODY_MAX,
	HTTP_NO_FILES, /* this machine is out of open files */
	HTTP_NO_PORTS, /* this machine is out of local ports */
	HTTP_CANCELLED,
};

/* The same order as connection_reuse and http_version of scenario/model.h. */
enum http_reuse { HTTP_REUSE_USER, HTTP_REUSE_POOL, HTTP_REUSE_NONE };
enum http_version_wanted { HTTP_WANT_ANY, HTTP_WANT_1_1, HTTP_WANT_2 };

/* The most files in a body. */
#define HTTP_FILES_MAX 32

/* How an exchange proves who asks, beyond plain headers. */
enum http_auth {
	HTTP_AUTH_NONE,
	HTTP_AUTH_DIGEST, /* a challenge is answered: `auth_rounds` */
	HTTP_AUTH_AWS,	  /* signature version 4 */
};

/* What is the same for every send of one step. Views must outlive the http. */
struct http_plan_spec {
	struct str method; /* NUL-terminated */
	struct str url;	   /* whole, NUL-terminated, when constant; else ptr NULL: given per send */
	const char *const *header_lines; /* constant "Name: value" lines, NUL-terminated */
	size_t header_count;
	struct str body;	 /* constant body, or ptr NULL */
	const struct str *files; /* in a body that is given per send, which is then the text */
	size_t file_count;	 /* around them; at most HTTP_FILES_MAX */
	bool has_body;		 /* constant or per send: a body goes with it even when empty */
	bool keep_body;		 /* somebody reads it: decoded and kept; else discarded undecoded */
	int raw_body_from;	 /* hundreds: of an answer with such a status or a higher one the
				    beginning is kept all the same, undecoded; 0: of none */
	bool keep_headers;	 /* the field lines are kept */
	bool read_certificate;
	ns_t timeout, connect_timeout; /* 0: none */
	int64_t body_limit;	       /* bytes, before and after decoding; 0: none */
	int http_version;	/* enum http_version_wanted; 2 on cleartext: by prior knowledge */
	bool no_compression;	/* no Accept-Encoding of ours, nothing decoded */
	int auth;		/* enum http_auth; `login` then goes with each send */
	const char *auth_scope; /* HTTP_AUTH_AWS: "aws:amz:REGION:SERVICE" */
	unsigned tls_profile;	/* index into http_config.tls_profiles */
	const char *proxy;	/* "http://[user:password@]host:port", or NULL; see no_proxy */
};

struct http_tls_profile {
	bool verify;
	const char *ca, *cert, *key; /* files or NULL; CA NULL: the system's bundle file */
	int min_version;	     /* 0: libcurl's; 12, 13 */
};

struct http_config {
	const struct http_tls_profile *tls_profiles; /* must outlive the client */
	size_t tls_profile_count;
	const char *unix_socket;     /* or NULL */
	const char *const *no_proxy; /* hosts that are asked directly (net/no_proxy.h) */
	size_t no_proxy_count;
	const char *const *resolve; /* "host:port:address", known without looking up */
	size_t resolve_count;
	const char *const *sources; /* addresses that connections are made from, in turn */
	size_t source_count;
	bool cookies;
	int reuse;	   /* enum http_reuse */
	bool tls;	   /* https may be asked for: users keep TLS sessions */
	ns_t dns_ttl;	   /* NS_NEVER: the whole run */
	size_t most_users; /* at once, on this worker */
	const char *user_agent;
	int64_t bandwidth_down, bandwidth_up; /* bytes a second of one request; 0: no bound */
};

struct http_times {
	ns_t sent; /* set by `send`, before it returns: connecting included */
	ns_t done;
	/* Lengths; dns, connect and tls are 0 unless `new_connection`. */
	ns_t dns, connect, tls, wait, receive;
};

struct exchange {
	/* Filled in by the caller between begin and send. */
	const struct http_plan *plan;
	struct http_user *user;
	void *owner;		/* the fiber */
	struct buf url;		/* NUL-terminated; when not empty it stands instead of the plan's (a
				   redirect hop) */
	struct buf header_text; /* dynamic header lines, each ended by NUL, one after the other */
	struct buf
	    body; /* when the plan's is not constant; emptied by begin, like url and header_text */
	size_t file_offsets[HTTP_FILES_MAX]; /* where in `body` the plan's files stand, in order */
	struct buf login;      /* with the plan's auth: user and password, each ended by NUL */
	bool override_method;  /* a redirect made it a GET: no body, `method` below */
	const char *method;    /* lives as long as the plan */
	bool drop_credentials; /* a redirect to another origin: Authorization and Cookie lines of
				  ours and the login stay out */
	ns_t timeout;	       /* what is left for this hop; 0: the plan's */

	/* The answer, good from done to end. */
	enum http_result result;
	char error[160]; /* the library's words, for a person */
	int status;
	int version;		/* 10, 11, 20 */
	struct buf headers;	/* field lines of the last answer (interim ones dropped) */
	struct buf response;	/* the decoded body, when kept */
	bool response_is_raw;	/* no: as it came, and only its beginning (raw_body_from) */
	struct str redirect_to; /* absolute, when the answer is a 3xx with a Location */
	const char *last_url;	/* as sent */
	struct http_times times;
	bool new_connection;
	bool has_certificate;		     /* the plan looks at it and there is one */
	int64_t certificate_days;	     /* whole ones until it ends; negative: since */
	unsigned auth_rounds;		     /* challenges answered: a further send each */
	unsigned resent;		     /* silent second sends of an idempotent request */
	uint64_t bytes_sent, bytes_received; /* headers and bodies as on the wire */
};

struct http_counters {
	uint64_t connections_opened;
	uint64_t closed_idle; /* the server closed a connection nobody was using */
	uint64_t open_now;
};

struct http_ops {
	/* Prepares a plan for this worker; lives as long as the http. */
	struct http_plan *(*plan)(struct http *http, const struct http_plan_spec *spec);
	/* Resolves a name once and remembers it (HOUSE.md point 12); blocking, at start-up only. */
	enum http_result (*resolve)(struct http *http, const char *host, unsigned port);
	struct http_user *(*user_open)(struct http *http);
	/* With reuse `pool` its connections serve new users; cookies never. */
	void (*user_close)(struct http *http, struct http_user *user);
	void (*cookies_clear)(struct http *http, struct http_user *user);
	struct exchange *(*begin)(struct http *http, const struct http_plan *plan,
				  struct http_user *user);
	void (*send)(struct http *http, struct exchange *exchange);
	/* Breaks a sent exchange off; `done` follows with HTTP_CANCELLED. */
	void (*cancel)(struct http *http, struct exchange *exchange);
	void (*end)(struct http *http, struct exchange *exchange);
	/* Before its loop; nothing is told of what was under way. */
	void (*free)(struct http *http);
};

/* First member of every implementation. */
struct http {
	const struct http_ops *ops;
	void (*done)(void *owner, struct exchange *exchange);
	void *owner; /* the worker */
	struct http_counters counters;
};

/* libcurl on LOOP. NULL and a reason in ERROR when it cannot be (a CA file that is none). */
struct http *http_client_new(struct loop *loop, const struct http_config *config,
			     struct buf *error);
/* Once per process before any thread, and after the last. SIGPIPE is ignored from then on. */
void http_global_init(void);
void http_global_cleanup(void);

#endif
