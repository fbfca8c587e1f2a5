#include "net/client_private.h"

#include <stdlib.h>

#include "base/log.h"

/* Longer than any run: a think time never makes libcurl open a new connection. */
#define MAX_IDLE_S 31536000L
/* libcurl keeps a buffer of this size as long as a transfer takes; its default is 16 KiB. */
#define STREAM_BUFFER_BYTES 2048L

CURLSH *libcurl_share_new(struct client *c)
{
	CURLSH *share = curl_share_init();

	if (!share || curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT))
		die_out_of_memory();
	if (c->config.tls && curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION))
		die_out_of_memory();
	return share;
}

void libcurl_proxy_set(struct client_exchange *x, const char *proxy)
{
	if (x->curl.set.proxy == proxy)
		return;
	curl_easy_setopt(x->curl.easy, CURLOPT_PROXY, proxy);
	x->curl.set.proxy = proxy;
}

static void set_constant_options(struct client_exchange *x)
{
	struct client *c = x->client;
	CURL *easy = x->curl.easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, x);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->error);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	/* libcurl_on_body refuses such a response, but sees what it is. */
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 1L);
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, MAX_IDLE_S);
	libcurl_proxy_set(x, "");
	/* client_proxy.c decides which requests bypass the proxy. */
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	/* client_dns.c renews the addresses. */
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, libcurl_on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
	/* Always set: libcurl reports a response that ended within its header as complete. */
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, libcurl_on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
	/* libcurl_on_body reads the chunks. */
	curl_easy_setopt(easy, CURLOPT_HTTP_TRANSFER_DECODING, 0L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, libcurl_on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, x);
	curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, libcurl_on_seek);
	curl_easy_setopt(easy, CURLOPT_SEEKDATA, x);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, libcurl_on_send);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, x);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, libcurl_socket_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, x);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, libcurl_socket_close);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, c);
	if (c->config.unix_socket)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, c->config.unix_socket);
	if (c->config.bandwidth_down)
		curl_easy_setopt(easy, CURLOPT_MAX_RECV_SPEED_LARGE,
				 (curl_off_t)c->config.bandwidth_down);
	if (c->config.bandwidth_up)
		curl_easy_setopt(easy, CURLOPT_MAX_SEND_SPEED_LARGE,
				 (curl_off_t)c->config.bandwidth_up);
	if (c->config.reuse == HTTP_REUSE_NONE) {
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	}
	if (!c->config.tls)
		/* Users without a session cache must not share the handle's. */
		curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
}

void libcurl_handle_need(struct client_exchange *x)
{
	bool streams = x->pub.plan->spec.stream;

	if (x->curl.easy && x->curl.set.streams == streams)
		return;
	curl_easy_cleanup(x->curl.easy);
	/* The defaults of libcurl. */
	x->curl.set = (struct easy_options){.body_len = -1, .streams = streams};
	x->curl.easy = curl_easy_init();
	if (!x->curl.easy)
		die_out_of_memory();
	set_constant_options(x);
	if (streams)
		curl_easy_setopt(x->curl.easy, CURLOPT_BUFFERSIZE, STREAM_BUFFER_BYTES);
}
