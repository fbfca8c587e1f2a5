/*
 * A server that does what a script says: the requests that it receives, over all connections, each
 * consume the next act. It speaks HTTP/1.1 and HTTP/2 without TLS (by prior knowledge) on one port
 * of 127.0.0.1, with one thread per connection, and counts requests and connections. The simulated
 * client of the unit tests (fake_http.h) runs the same acts without a network.
 */
#ifndef WIRE_SERVER_H
#define WIRE_SERVER_H

#include <stddef.h>

enum wire_act {
	WIRE_OK,	  /* 200 and the body "ok"; the connection is kept */
	WIRE_OK_CLOSE,	  /* the same with Connection: close (HTTP/2: GOAWAY), then closes */
	WIRE_OK_IDLE_FIN, /* the same without that line, and then closes */
	WIRE_UNTIL_FIN,	  /* HTTP/1.0, a body without a length that ends with the connection */
	WIRE_NO_CONTENT,  /* 204 */
	WIRE_FIN,	  /* closes without a response */
	WIRE_RST,	  /* resets the connection without a response */
	WIRE_EARLY_RST,	  /* resets the connection before it has read the body of the request */
	WIRE_HEAD_FIN,	  /* closes within the header */
	WIRE_INTERIM_FIN, /* closes after an interim response */
	WIRE_BODY_FIN,	  /* closes within the body */
	WIRE_BODY_RST,	  /* resets within the body */
	WIRE_CHUNK_FIN,	  /* closes between two chunks */
	WIRE_BAD_CHUNK,	  /* sends a chunk without a valid length */
	WIRE_NOT_HTTP,	  /* sends the greeting of a mail server and closes */
	WIRE_SWITCH,	  /* 101 */
	WIRE_LARGE,	  /* 200 and 2,000 bytes */
	WIRE_RAW,	  /* sends the text of wire_server_set_raw; the connection is kept */
	WIRE_SILENT,	  /* reads on and sends nothing */
	/* HTTP/2 only. */
	WIRE_REFUSE,	   /* RST_STREAM with REFUSED_STREAM */
	WIRE_GOAWAY,	   /* GOAWAY that excludes the request, then closes */
	WIRE_ABORT_STREAM, /* RST_STREAM with INTERNAL_ERROR */
	WIRE_BAD_FRAME,	   /* a frame that HTTP/2 does not allow; the connection stays open */
	WIRE_BAD_STREAM,   /* a response without a status */
	WIRE_EARLY_END,	   /* the response ends before the body of the request has arrived */
	WIRE_EARLY_STOP,   /* the same, and then RST_STREAM with NO_ERROR */
};

struct wire_server;

/* Starts a server. ACTS must outlive it; after the last one every request gets WIRE_OK. */
struct wire_server *wire_server_start(const enum wire_act *acts, unsigned count);
/* TEXT, of LEN bytes, must outlive the server. */
void wire_server_set_raw(struct wire_server *server, const char *text, size_t len);
/* Sends TEXT on the connection of the last request, which is open: no request asked for it. When it
 * returns, the client's socket has received it. */
void wire_server_speak(struct wire_server *server, const char *text);
void wire_server_stop(struct wire_server *server);
unsigned wire_server_port(const struct wire_server *server);
unsigned wire_server_requests(const struct wire_server *server);
unsigned wire_server_connections(const struct wire_server *server);

#endif
