/* The handler's view of a request, and its reply. */
#include "net/http_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/http_status.h"
#include "base/log.h"
#include "net/http_request_private.h"

#define GZIP_FROM 1024
#define KEEP	  ((size_t)64 * 1024) /* memory that a free request keeps */

struct http_request *http_request_new(struct server_connection *c)
{
	struct server *server = c->server;
	struct http_request *request = server->free_requests;

	if (request) {
		server->free_requests = request->next;
	} else {
		request = alloc_zeroed(1, sizeof *request);
		arena_init(&request->arena, 4096);
		buf_init(&request->body, server->body_limit);
		buf_init(&request->fields, 0);
	}
	request->server = server;
	request->connection = c;
	request->view = (struct http_request_view){.method = HTTP_REQUEST_GET};
	request->chunked = request->keep_alive = request->is_encoded = false;
	return request;
}

void http_request_release(struct http_request *request)
{
	arena_reset(&request->arena);
	buf_clear(&request->body);
	buf_shrink(&request->body, KEEP);
	buf_clear(&request->fields);
	request->next = request->server->free_requests;
	request->server->free_requests = request;
}

void http_request_free(struct http_request *request)
{
	arena_release(&request->arena);
	buf_release(&request->body);
	buf_release(&request->fields);
	free(request);
}

/* ---- the request */

const struct http_request_view *http_request_view(const struct http_request *request)
{
	return &request->view;
}

struct str http_request_header(const struct http_request *request, const char *name)
{
	return http_head_get(&request->head, name);
}

struct str http_request_cookie(const struct http_request *request, struct str name)
{
	struct str line = http_request_header(request, "Cookie");
	size_t at = 0;

	while (at < line.len) {
		size_t end = str_find_char(line, ';', at);
		struct str pair = str_trim(str_slice(line, at, end));
		size_t equals = str_find_char(pair, '=', 0);
		if (equals != NOT_FOUND && str_eq(str_slice(pair, 0, equals), name))
			return str_slice(pair, equals + 1, pair.len);
		at = end == NOT_FOUND ? line.len : end + 1;
	}
	return STR_NULL;
}

/* ---- the reply */

void http_request_add_header(struct http_request *request, const char *name, struct str value)
{
	buf_printf(&request->fields, "%s: ", name);
	/* A line end would start another field. */
	for (size_t i = 0; i < value.len; i++)
		buf_add_char(&request->fields,
			     (unsigned char)value.ptr[i] < ' ' ? ' ' : value.ptr[i]);
	buf_add(&request->fields, STR("\r\n"));
}

/* BODY compressed with gzip, level 1, in the server's buffer; empty if zlib fails. */
static struct str gzip_body(struct server *server, struct str body)
{
	z_stream *z = &server->gzip;

	if (!server->gzip_ready)
		server->gzip_ready =
		    deflateInit2(z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
	else
		deflateReset(z);
	buf_clear(&server->gzipped);
	if (!server->gzip_ready || !buf_reserve(&server->gzipped, deflateBound(z, body.len) + 1))
		return STR_NULL;
	z->next_in = (Bytef *)(uintptr_t)body.ptr;
	z->avail_in = (uInt)body.len;
	z->next_out = (Bytef *)server->gzipped.data;
	z->avail_out = (uInt)server->gzipped.cap;
	if (deflate(z, Z_FINISH) != Z_STREAM_END)
		return STR_NULL;
	return str_n(server->gzipped.data, z->total_out);
}

static bool accepts_gzip(const struct http_request *request)
{
	struct str accept = http_request_header(request, "Accept-Encoding");

	return str_find(accept, STR("gzip"), 0) != NOT_FOUND;
}

static const char *date_of(struct server *server)
{
	time_t now = time(NULL);
	struct tm utc;

	if (now != server->date_second) {
		server->date_second = now;
		strftime(server->date, sizeof server->date, "%a, %d %b %Y %H:%M:%S GMT",
			 gmtime_r(&now, &utc));
	}
	return server->date;
}

/* Starts the head of the response in the server's buffer. */
static struct buf *put_head(struct http_request *request, int status, const char *content_type)
{
	struct server *server = request->server;
	struct buf *out = &server->out;

	if (stream_listener_is_full(server->listener) || request->connection->half_open)
		request->keep_alive = false;
	buf_clear(out);
	buf_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, http_status_reason(status),
		   date_of(server));
	if (content_type)
		buf_printf(out, "Content-Type: %s\r\n", content_type);
	buf_add(out, buf_str(&request->fields));
	if (!request->keep_alive)
		buf_add(out, STR("Connection: close\r\n"));
	else if (!request->head.minor)
		buf_add(out, STR("Connection: keep-alive\r\n"));
	return out;
}

static void end_reply(struct http_request *request)
{
	struct server_connection *c = request->connection;
	bool keep_alive = request->keep_alive;

	http_request_release(request);
	if (c)
		server_connection_replied(c, keep_alive);
}

bool http_request_accept_gzip(struct http_request *request)
{
	http_request_add_header(request, "Vary", STR("Accept-Encoding"));
	if (!accepts_gzip(request))
		return false;
	http_request_add_header(request, "Content-Encoding", STR("gzip"));
	request->is_encoded = true;
	return true;
}

void http_request_reply(struct http_request *request, int status, const char *content_type,
			struct str body)
{
	bool has_body = status != 204 && status != 304;
	struct buf *out;

	if (!request->connection) {
		end_reply(request);
		return;
	}
	if (!request->is_encoded && body.len >= GZIP_FROM && accepts_gzip(request)) {
		struct str packed = gzip_body(request->server, body);
		if (packed.len) {
			body = packed;
			http_request_add_header(request, "Content-Encoding", STR("gzip"));
		}
		http_request_add_header(request, "Vary", STR("Accept-Encoding"));
	}
	out = put_head(request, status, content_type);
	if (has_body)
		buf_printf(out, "Content-Length: %zu\r\n", body.len);
	buf_add(out, STR("\r\n"));
	if (has_body && request->view.method != HTTP_REQUEST_HEAD) {
		buf_add(out, body);
		request->server->counts.bytes_sent += body.len;
	}
	stream_write(request->connection->stream, buf_str(out));
	end_reply(request);
}

void http_request_upgrade(struct http_request *request)
{
	struct buf *out = &request->server->out;

	buf_clear(out);
	buf_printf(out, "HTTP/1.1 101 %s\r\nDate: %s\r\n", http_status_reason(101),
		   date_of(request->server));
	buf_add(out, buf_str(&request->fields));
	buf_add(out, STR("\r\n"));
	stream_write(request->connection->stream, buf_str(out));
	http_request_release(request);
}

void http_request_begin_reply(struct http_request *request, int status, const char *content_type)
{
	struct buf *out;

	request->chunked = true;
	if (!request->connection)
		return;
	if (!request->head.minor)
		request->keep_alive = false; /* HTTP/1.0 has no chunks: the end is the end */
	out = put_head(request, status, content_type);
	if (request->head.minor)
		buf_add(out, STR("Transfer-Encoding: chunked\r\n"));
	buf_add(out, STR("\r\n"));
	stream_write(request->connection->stream, buf_str(out));
}

void http_request_reply_chunk(struct http_request *request, struct str piece)
{
	struct buf *out = &request->server->out;
	bool framed = request->head.minor > 0;

	if (!request->connection || !piece.len || request->view.method == HTTP_REQUEST_HEAD)
		return;
	buf_clear(out);
	if (framed)
		buf_printf(out, "%zx\r\n", piece.len);
	buf_add(out, piece);
	if (framed)
		buf_add(out, STR("\r\n"));
	request->server->counts.bytes_sent += piece.len;
	stream_write(request->connection->stream, buf_str(out));
}

bool http_request_is_gone(const struct http_request *request)
{
	return !request->connection;
}

size_t http_request_unsent(const struct http_request *request)
{
	return request->connection ? stream_unsent(request->connection->stream) : 0;
}

void http_request_end_reply(struct http_request *request)
{
	if (request->connection && request->head.minor && request->view.method != HTTP_REQUEST_HEAD)
		stream_write(request->connection->stream, STR("0\r\n\r\n"));
	end_reply(request);
}
