/*
 * The transport that uses libcurl, for the requests that the direct transport cannot send: through
 * proxies, with digest, NTLM, Kerberos or AWS authentication, with a bandwidth limit; and for all
 * of them with `transport: curl`. It is a part of the HTTP client (client_private.h).
 *
 * An exchange that libcurl sends owns one easy handle for its whole life. A handle is configured
 * once when it is created; later only options that differ are set: `struct easy_options` stores the
 * current values, and an exchange from its plan's spare list usually needs no change. A user is a
 * CURLSH (connections, TLS sessions) that a handle borrows for one request.
 *
 * The callbacks of libcurl only record. libcurl_pump reads libcurl's messages and calls `done`
 * after curl_multi_socket_action has returned.
 */
#ifndef NET_LIBCURL_H
#define NET_LIBCURL_H

#include <curl/curl.h>
#include <event2/event_struct.h>

#include "net/http.h"
#include "net/http_body.h"

struct client;
struct client_exchange;
struct libcurl_socket;
struct libcurl_login;

#define LIBCURL_CLOSED_MAX 16u
#define LIBCURL_FAILED_MAX 4u

enum verb { VERB_GET, VERB_HEAD, VERB_BODY };

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
	const struct http_tls_profile *tls;
	uint64_t identity; /* number of the client certificate; 0: none */
	bool streams;	   /* it is for streamed responses; fixed when it is created */
};

/* Why libcurl_on_send stopped a transfer. */
enum aborted_send {
	ABORTED_NOT,
	ABORTED_WRONG_GUESS,	 /* see guess_holds */
	ABORTED_DENIED,		 /* a second send is not allowed */
	ABORTED_DEAD_CONNECTION, /* see libcurl_quic_refuses */
	ABORTED_OLD_CONNECTION,	 /* a second send needs a new connection, prepared for it */
};

/* Bytes that are not HTTP, where a response was expected. */
enum foreign_bytes { FOREIGN_NOT, FOREIGN_TLS, FOREIGN_OTHER };

/* The part of an exchange that belongs to libcurl. */
struct libcurl_exchange {
	CURL *easy; /* created for the first request that libcurl sends */
	struct easy_options set;
	bool seeds; /* passes the addresses of its name to libcurl */
	unsigned seed_version;
	bool h2c;		 /* HTTP/2 without TLS */
	size_t trailer_bytes;	 /* HTTP/2: header lines after the body of this response */
	struct http_body chunks; /* HTTP/1: kind HTTP_BODY_CHUNKED if it has them */
	bool checks_lines;	 /* HTTP/1 */
	bool in_head;		 /* between a status line and the empty line after its fields */
	bool switched, is_interim;
	bool challenged; /* a 401 was received that the next send responds to */
	long connects;	 /* CURLINFO_NUM_CONNECTS at the last send */
	enum aborted_send aborted;
	enum foreign_bytes foreign;
	bool fresh;	    /* CURLOPT_FRESH_CONNECT is set for a second send */
	bool renewed;	    /* the same for a first send: libcurl_quic_refuses has stopped it */
	bool forbids_reuse; /* CURLOPT_FORBID_REUSE is set until the transfer ends */
	int open_errno;
	struct client_exchange *next_quic, *prev_quic; /* in the list of its client */
	bool in_quic, sent_this_turn;
	unsigned closed_checks;	     /* that found its connection closed, one after another */
	uint64_t quic_connection;    /* number of the connection of the last send; 0: not known */
	size_t piece, piece_at;	     /* read position in a body with files */
	struct libcurl_login *login; /* its connections are used; NULL: those of the user */
};

/* The part of a user. */
struct libcurl_user {
	CURLSH *share; /* created for the first request that libcurl sends */
	struct libcurl_socket *sockets;
	struct libcurl_login *logins; /* with separate connections; the current one first */
	/* HTTP/3 connections that have failed, which the next requests must not use; 0: none */
	uint64_t failed_quic[LIBCURL_FAILED_MAX];
	unsigned failed_next;
	bool has_h2c; /* probably has an HTTP/2 connection without TLS */
};

/* The part of a client. */
struct libcurl {
	CURLM *multi;
	struct event timer;			  /* libcurl's next deadline */
	ns_t timer_due;				  /* NS_NEVER: not armed */
	bool due_now;				  /* libcurl requested a 0 ms timer */
	struct libcurl_socket **sockets;	  /* by descriptor */
	uint16_t closed_open[LIBCURL_CLOSED_MAX]; /* ports of connections that were closed last
						     while the server kept them open */
	unsigned closed_next;
	size_t socket_cap;
	struct client_exchange *quic; /* the HTTP/3 requests in flight, last sent first */
	struct event quic_timer;      /* armed while there are any */
	bool sent_quic;		      /* in this turn */
	bool has_closed_quic;	      /* the timer found one whose connection is closed */
};

/* libcurl.c */
void libcurl_global_init(void);
void libcurl_global_cleanup(void);
/* Lets libcurl act on SOCKET (CURL_SOCKET_TIMEOUT: its timers), then reports completed exchanges.
 */
void libcurl_pump(struct client *c, curl_socket_t socket, int what);
/* Reports completed exchanges, of all transports, and lets libcurl act as long as it is due. */
void libcurl_run(struct client *c);
/* True if libcurl has something to do in this round of the loop. */
bool libcurl_is_due(const struct client *c);

/* libcurl_receive.c */
/* Between these calls, the bytes that libcurl receives on this thread are limited, for all
 * connections together. */
void libcurl_receive_limit(void);
void libcurl_receive_unlimit(void);

/* libcurl_socket.c */
/* Four callbacks of libcurl. CLIENTP is the client; for libcurl_socket_open it is the exchange. */
int libcurl_socket_changed(CURL *easy, curl_socket_t fd, int what, void *clientp, void *socketp);
curl_socket_t libcurl_socket_open(void *clientp, curlsocktype purpose, struct curl_sockaddr *addr);
int libcurl_socket_close(void *clientp, curl_socket_t fd);
int libcurl_timer_changed(CURLM *multi, long timeout_ms, void *clientp);
/* Whether the connection of X, which failed, was ended here while the server kept it open. */
bool libcurl_socket_ended_here(const struct client_exchange *x);
/* Ends the idle connections of USER on which the server has sent something without a request. */
void libcurl_sockets_listen(const struct http_user *user);
void libcurl_sockets_free(struct client *c);

/* libcurl_handle.c */
/* A new share with the connections and TLS sessions of one user. */
CURLSH *libcurl_share_new(struct client *c);
/* Creates the handle of X if it has none. */
void libcurl_handle_need(struct client_exchange *x);
/* Sets the proxy of X. PROXY is compared by address and must outlive X. */
void libcurl_proxy_set(struct client_exchange *x, const char *proxy);

/* libcurl_url.c */
/* Sets the URL of X on its handle. */
void libcurl_url_apply(struct client_exchange *x);

/* libcurl_auth.c */
/* Sets the authentication of X. */
void libcurl_auth_set(struct client_exchange *x);
/* True if AUTH (enum http_auth) authenticates a connection, which then belongs to its login. */
bool libcurl_auth_is_of_connection(int auth);
/* The share for the connections of X: that of its user, or one for its login. */
CURLSH *libcurl_auth_share(struct client_exchange *x);
/* X has ended, and uses its share no longer. */
void libcurl_auth_share_end(struct client_exchange *x);
/* Closes the connections of the logins of USER, who has no requests in flight. */
void libcurl_auth_close(struct http_user *user);

/* libcurl_body.c */
/* The callbacks with which libcurl reads a body with files. */
size_t libcurl_on_read(char *out, size_t size, size_t count, void *exchange);
int libcurl_on_seek(void *exchange, curl_off_t offset, int origin);

/* libcurl_send.c */
/* Sets the options of the handle of X. */
void libcurl_prepare(struct client_exchange *x);
/* Passes a prepared X, whose name has been resolved, to libcurl. */
void libcurl_start(struct client_exchange *x);

/* libcurl_response.c */
size_t libcurl_on_body(char *bytes, size_t size, size_t count, void *exchange);
size_t libcurl_on_header(char *bytes, size_t size, size_t count, void *exchange);
/* The note_head of struct client_transport. */
void libcurl_note_head(struct client_exchange *x);
/* Fills in the response of X from its handle. */
void libcurl_collect(struct client_exchange *x, CURLcode code);
/* Adds the bytes and connections of a transfer that has ended. */
void libcurl_count_transfer(struct client_exchange *x);
long libcurl_info_long(const struct client_exchange *x, CURLINFO info);

/* libcurl_quic.c */
/* In the error text of libcurl: the server has closed the HTTP/3 connection. */
#define LIBCURL_QUIC_CLOSED "QUIC connection has been shut down"
void libcurl_quic_init(struct client *c);
void libcurl_quic_free(struct client *c);
/* X is sent now; nothing is done if it does not use HTTP/3. */
void libcurl_quic_sent(struct client_exchange *x);
/* The transfer of X is no longer libcurl's. */
void libcurl_quic_remove(struct client_exchange *x);
/* A request in flight whose HTTP/3 connection the server has closed; NULL: none is known. */
struct client_exchange *libcurl_quic_closed(struct client *c);
/* When the transfer of X ends, libcurl closes its connection, unless others use it. */
void libcurl_quic_forbid_reuse(struct client_exchange *x);
/* The transfer of X has ended with CODE. */
void libcurl_quic_ended(struct client_exchange *x, CURLcode code);
/* For libcurl_on_send: true if X must not be sent on its connection, which has failed. */
bool libcurl_quic_refuses(struct client_exchange *x);
/* For a second send by libcurl: true if libcurl_quic_closed could not notice that its connection is
 * closed, because libcurl writes only the first error text of a transfer. */
bool libcurl_quic_is_unchecked(const struct client_exchange *x);
/* USER has closed its connections. */
void libcurl_quic_forget(struct libcurl_user *user);

/* libcurl_header.c */
/* Whether LINE starts a response: a line that starts with "HTTP/" and is not among fields. Before
 * libcurl_header_check of it. */
bool libcurl_header_is_status(const struct client_exchange *x, struct str line);
/* Checks LINE of a response, as libcurl reports it. False, with x->head.why, if it is not valid. */
bool libcurl_header_check(struct client_exchange *x, struct str line);

/* libcurl_resend.c */
int libcurl_on_send(void *exchange, char *remote, char *local, int remote_port, int local_port);
/* True if X was not sent because our guess about a new connection was wrong, or the old one is
 * dead: start it again. */
bool libcurl_retry_unsent(struct client_exchange *x);
/* True if X, which ended with CODE, was started again on a new connection. */
bool libcurl_resend(struct client_exchange *x, CURLcode code);
/* X has ended: resets what libcurl_retry_unsent and libcurl_resend have set. */
void libcurl_resend_end(struct client_exchange *x);

/* libcurl_failure.c */
/* Sets the result and the error text of X, which ended with CODE. */
void libcurl_failure_set(struct client_exchange *x, CURLcode code);
/* True if CODE means that the last send was lost or refused before any part of a response;
 * completes x->last. */
bool libcurl_failure_is_loss(struct client_exchange *x, CURLcode code);
/* Whether the TLS connection of X that failed is the one to the proxy, which comes first. */
bool libcurl_failure_is_at_proxy(const struct client_exchange *x);

/* libcurl_tls.c */
/* True if X uses HTTP/2; known after its connection has been made. */
bool libcurl_is_http2(const struct client_exchange *x);
/* True if X asked for HTTP/3, which libcurl then uses or fails. */
bool libcurl_is_http3(const struct client_exchange *x);
/* Sets the TLS profile and the client certificate of X on its handle. */
void libcurl_tls_apply(struct client_exchange *x);
/* Records when the certificate of the connection on which X is about to be sent expires. */
void libcurl_certificate_check(struct client_exchange *x);

#endif
