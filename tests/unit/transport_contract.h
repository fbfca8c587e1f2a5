/*
 * The contract of transports: a table of events on the wire with the result, the text, the counters
 * and the reuse of connections that every implementation of net/http.h must show for them. A
 * transport passes it by running transport_contract_run for each row.
 */
#ifndef TRANSPORT_CONTRACT_H
#define TRANSPORT_CONTRACT_H

#include "net/http.h"
#include "net/loop.h"
#include "wire_server.h"

#define CONTRACT_ACTS	  6
#define CONTRACT_REQUESTS 4

/* The outcome of one exchange. */
struct contract_outcome {
	enum http_result result;
	int status;
	unsigned resent;
	bool new_connection;
	const char *text; /* the beginning of the error text; NULL: no error */
};

struct contract_row {
	const char *name;
	const char *method; /* NULL: GET */
	size_t body;	    /* bytes of the request's body; 0: none */
	bool http2, never_resend;
	bool old_curl;	  /* for the limits of libcurl 7 */
	bool curl_cannot; /* libcurl 7.88 waits for the end of the upload, or drops the response */
	enum wire_act acts[CONTRACT_ACTS];
	struct contract_outcome outcomes[CONTRACT_REQUESTS];
	unsigned requests, connections; /* as counted by the server; 0 connections: not checked */
};

extern const struct contract_row contract_rows[];
extern const size_t contract_row_count;

/* A transport with a server that performs ACTS. */
struct contract_transport {
	const char *name;
	/* It may open connections without use, because it has to guess about HTTP/2 without TLS. */
	bool probes_http2;
	bool has_http2;
	/* Opens both; BASE is set to "http://HOST:PORT". */
	void *(*open)(const enum wire_act *acts, unsigned count, struct http **http,
		      struct loop **loop, char base[64]);
	void (*close)(void *rig);
	unsigned (*requests)(void *rig);
	unsigned (*connections)(void *rig);
};

/* Performs ROW with TRANSPORT; fails the test at the first difference. */
void transport_contract_run(const struct contract_transport *transport,
			    const struct contract_row *row);

#endif
