/*
 * The HTTP client as the engine sees it: an interface with two implementations, the client on an
 * event loop (net/client.c), which sends with libcurl or directly, and a scripted client in the
 * unit tests. An `http` belongs to one worker thread and does not lock. A request is one hop:
 * redirects, retries, per-host limits and the host allowlist are handled by run/. `done` is called
 * from the loop, never from inside `send` and never on libcurl's stack.
 *
 * The life of an exchange: begin -> fill in -> send -> done -> read the response -> end. Exchanges
 * are pooled: our code allocates no memory after the pool has warmed up.
 *
 * The body of a streamed response (`stream` of its plan, accepted by `stream_begins`) is not kept:
 * `stream_bytes` gets its decoded bytes as they arrive, between send and done. Both are called on
 * the stack of the transport, so they only record: they do not call the http.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "net/channel.h"

struct http;
struct http_user; /* the connections, cookies and TLS sessions of one virtual user */
struct http_plan; /* the constant part of a request, prepared once per worker */
struct loop;

/* A body that nothing reads is kept until it has this many bytes, or a few more. */
#define HTTP_RAW_KEPT 32768u

enum http_result {
	HTTP_OK, /* a response with any status */
	HTTP_DNS,
	HTTP_CONNECT,
	HTTP_TLS,
	HTTP_TIMEOUT_CONNECT,
	HTTP_TIMEOUT,
	HTTP_RESET,
	HTTP_TRUNCATED,
	HTTP_PROTOCOL,
	HTTP_BODY_MAX,
	HTTP_NO_FILES, /* this machine has no free file descriptor */
	HTTP_NO_PORTS, /* this machine has no free local port */
	HTTP_CANCELLED,
};

/* In the same order as connection_reuse and http_version in scenario/model.h. */
enum http_reuse { HTTP_REUSE_USER, HTTP_REUSE_POOL, HTTP_REUSE_NONE };
/* In the same order as transport_names of scenario/enum_names.h. */
enum http_transport {
	HTTP_TRANSPORT_CURL,   /* libcurl for every request */
	HTTP_TRANSPORT_AUTO,   /* the direct transport where it can, otherwise libcurl */
	HTTP_TRANSPORT_DIRECT, /* only the direct transport; other requests fail */
};
enum http_version_wanted { HTTP_WANT_ANY, HTTP_WANT_1_1, HTTP_WANT_2, HTTP_WANT_3 };

/* NULL, or why requests cannot use VERSION (enum http_version_wanted), after "but". */
const char *http_version_obstacle(int version);

/* Maximum number of files in a body. */
#define HTTP_FILES_MAX 32

/* Authentication that needs more than a header line. */
enum http_auth {
	HTTP_AUTH_NONE,
	HTTP_AUTH_DIGEST, /* responds to a challenge; see `auth_rounds` */
	HTTP_AUTH_AWS,	  /* signature version 4 */
	HTTP_AUTH_NTLM,	  /* authenticates a connection, like the next one */
	HTTP_AUTH_NEGOTIATE,
};

/* NULL, or why AUTH cannot be used, after "but": a part is missing in libcurl or in this program.
 */
const char *http_auth_obstacle(int auth);

/* The part of a request that is the same for every send of one step. Views must outlive the http.
 */
struct http_plan_spec {
	struct str method; /* NUL-terminated */
	struct str url;	   /* the whole URL, NUL-terminated; ptr NULL: it is set per send */
	const char *const *header_lines; /* constant "Name: value" lines, NUL-terminated */
	size_t header_count;
	struct str body;	 /* constant body, or ptr NULL */
	const struct str *files; /* inserted into a body that is set per send */
	size_t file_count;	 /* at most HTTP_FILES_MAX */
	bool has_body;		 /* constant or set per send; an empty body is sent too */
	bool keep_body;		 /* decode and keep the body; otherwise it is discarded undecoded */
	bool stream;		 /* with keep_body: ask stream_begins whether the body is kept */
	int raw_body_from;	 /* 100 to 500: keep the undecoded start of a body that nothing
				    reads if the status is at least this; 0: never */
	bool keep_headers;	 /* keep the field lines */
	bool read_certificate;
	ns_t timeout, connect_timeout; /* 0: none */
	int64_t body_limit;	       /* bytes, both before and after decoding; 0: none */
	int http_version;    /* enum http_version_wanted; 2 on cleartext: by prior knowledge; 3 only
				with https */
	bool never_resend;   /* do not send again after the loss of a kept connection */
	bool no_compression; /* do not add Accept-Encoding and do not decode */
	int auth;	     /* enum http_auth; `login` is then set per send */
	const char *auth_scope; /* HTTP_AUTH_AWS: "aws:amz:REGION:SERVICE" */
	unsigned tls_profile;	/* index into http_config.tls_profiles */
	const char *proxy;	/* "SCHEME://[user:password@]host:port" or NULL; see no_proxy;
				   SCHEME: http, https, socks5 or socks5h */
	/* The request opens a WebSocket: on a separate, new connection, by HTTP/1.1. Other
	   transports than the direct one cannot. NULL: an ordinary request. */
	const struct channel_spec *channel;
};

struct http_tls_profile {
	bool verify;
	const char *ca; /* a file name, or NULL: the system's bundle */
	/* Names of files, and the passphrase of the key; NULL: none, or set per send in
	 * exchange.identity. */
	const char *cert, *key, *passphrase;
	int min_version; /* 12 or 13; 0: libcurl's default */
};

struct http_config {
	const struct http_tls_profile *tls_profiles; /* must outlive the client */
	size_t tls_profile_count;
	const char *unix_socket;     /* or NULL */
	const char *const *no_proxy; /* hosts contacted without the proxy (net/no_proxy.h) */
	size_t no_proxy_count;
	const char *const *resolve; /* "host:port:address", replaces a DNS lookup */
	size_t resolve_count;
	const char *const *sources; /* local addresses of connections, used in turn */
	size_t source_count;
	bool cookies;
	int transport;	   /* enum http_transport */
	int reuse;	   /* enum http_reuse */
	bool tls;	   /* https is possible: users keep TLS sessions */
	ns_t dns_ttl;	   /* NS_NEVER: the whole run */
	size_t most_users; /* peak users of this worker */
	const char *user_agent;
	int64_t bandwidth_down, bandwidth_up; /* bytes per second of one request; 0: unlimited */
};

struct http_times {
	ns_t sent; /* set by `send` before it returns; the time to connect follows it */
	ns_t done;
	/* Durations; dns, connect and tls are 0 unless `new_connection`. */
	ns_t dns, connect, tls, wait, receive;
};

struct exchange {
	/* Filled in by the caller between begin and send. */
	const struct http_plan *plan;
	struct http_user *user;
	void *owner;		/* the fiber */
	struct buf url;		/* NUL-terminated; if not empty, replaces the plan's URL */
	struct buf header_text; /* dynamic header lines, each terminated by NUL */
	struct buf body; /* if the plan's is not constant; cleared by begin like the others */
	size_t file_offsets[HTTP_FILES_MAX]; /* positions in `body` of the plan's files, in order */
	struct buf login;      /* with the plan's auth: user and password, each NUL-terminated; with
				  HTTP_AUTH_NEGOTIATE then a credential cache, and empty texts for what
				  is not used */
	struct buf identity;   /* a client certificate instead of that of the TLS profile: the names
				  of the files of certificate and key and the passphrase, each
				  NUL-terminated; empty: that of the profile */
	struct buf note;       /* bytes of the caller, kept until end; not sent */
	bool override_method;  /* a redirect changed the method: no body, `method` below */
	const char *method;    /* lives as long as the plan */
	bool drop_credentials; /* a redirect to another origin: do not send the login and the
				  scenario's Authorization and Cookie lines */
	ns_t timeout;	       /* the time left for this hop; 0: the plan's timeout */

	/* The response, valid from done to end. */
	enum http_result result;
	char error[240]; /* cause of a failure for the user; or explains an unusual response */
	int status;
	int version;	      /* 10, 11, 20 */
	struct buf headers;   /* field lines of the final response, without interim ones */
	struct buf response;  /* the decoded body, if kept */
	bool response_is_raw; /* `response` is the undecoded start of the body (raw_body_from) */
	struct str
	    redirect_to;      /* URL, if the response is a 3xx with a Location; absolute if valid */
	const char *last_url; /* the URL that was sent */
	const char *transport; /* that sends it: "direct" or "libcurl"; NULL: there was no choice */
	struct http_times times;
	bool new_connection;
	struct channel *channel;  /* opened by the response, until the caller takes it; or of the
				     caller, which removes it before `end`; or NULL */
	bool has_certificate;	  /* the plan reads it and the server sent one */
	int64_t certificate_days; /* full days until it expires; negative: since */
	unsigned auth_rounds;	  /* further sends in response to a challenge */
	unsigned resent;	  /* 1: sent a second time (net/resend.h) */
	uint64_t bytes_sent, bytes_received; /* headers and bodies on the wire */
	uint64_t stream_wire; /* of a streamed body: bytes so far, before they were decoded */
};

struct http_counters {
	uint64_t connections_opened;
	uint64_t closed_idle; /* idle connections that the server closed */
	uint64_t open_now;
};

struct http_ops {
	/* Prepares a plan for this worker; lives as long as the http. */
	struct http_plan *(*plan)(struct http *http, const struct http_plan_spec *spec);
	/* Resolves a name and caches it. Blocks: for start-up only. */
	enum http_result (*resolve)(struct http *http, const char *host, unsigned port);
	struct http_user *(*user_open)(struct http *http);
	/* With reuse `pool`, new users get the connections of old ones, but never the cookies. */
	void (*user_close)(struct http *http, struct http_user *user);
	void (*cookies_clear)(struct http *http, struct http_user *user);
	struct exchange *(*begin)(struct http *http, const struct http_plan *plan,
				  struct http_user *user);
	void (*send)(struct http *http, struct exchange *exchange);
	/* Aborts a sent exchange; `done` follows with HTTP_CANCELLED. */
	void (*cancel)(struct http *http, struct exchange *exchange);
	/* Ends a sent exchange whose plan has `stream`, and closes its connection; `done` follows
	 * with HTTP_OK, and with status 0 before a response was received. */
	void (*stop)(struct http *http, struct exchange *exchange);
	/* Sets the version, the times except `done`, and the bytes so far, of a streamed exchange
	 * whose head has arrived. `done` sets them again, but then the bytes are not valid. */
	void (*note_head)(struct exchange *exchange);
	/* Appends the header lines that were sent, each ended by a newline: those of the caller and
	 * those that the transport added, without Host, Accept and Content-Length. From done to
	 * end.
	 */
	void (*put_headers)(const struct exchange *exchange, struct buf *out);
	void (*end)(struct http *http, struct exchange *exchange);
	/* Must be freed before its loop. `done` is not called for exchanges in progress. */
	void (*free)(struct http *http);
};

/* The first member of every implementation. */
struct http {
	const struct http_ops *ops;
	void (*done)(void *owner, struct exchange *exchange);
	/* The head of a final response has arrived; its status and its field lines can be read.
	 * False: the body is kept. Only for plans with `stream`. */
	bool (*stream_begins)(void *owner, struct exchange *exchange, ns_t now);
	/* False: no more is read; `done` follows with HTTP_BODY_MAX. */
	bool (*stream_bytes)(void *owner, struct exchange *exchange, struct str bytes, ns_t now);
	/* A message on a channel, and its end by the other side. Called from the loop. */
	void (*channel_message)(void *owner, struct channel *channel,
				const struct channel_message *message);
	void (*channel_closed)(void *owner, struct channel *channel, const struct channel_end *end);
	void *owner; /* the worker */
	struct http_counters counters;
};

/* The client on LOOP: libcurl and the direct transport. Returns NULL and the reason in ERROR if it
 * cannot be set up, for example because a CA file is not valid. */
struct http *http_client_new(struct loop *loop, const struct http_config *config,
			     struct buf *error);
/* Call once per process, before the first thread and after the last one. SIGPIPE is then ignored.
 */
void http_global_init(void);
void http_global_cleanup(void);

#endif
