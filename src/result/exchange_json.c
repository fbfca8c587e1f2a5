#include "result/exchange_json.h"

struct str exchange_json_header(struct str lines, struct str name)
{
	for (size_t at = 0; at < lines.len;) {
		size_t end = str_find_char(lines, '\n', at);
		struct str line = str_slice(lines, at, end);
		size_t colon = str_find_char(line, ':', 0);

		if (str_ieq(str_trim(str_slice(line, 0, colon)), name))
			return str_trim(str_slice(line, colon + 1, line.len));
		at = end == NOT_FOUND ? lines.len : end + 1;
	}
	return STR("");
}

/* Calls EACH for each header of LINES. */
static void each_header(struct json_writer *j, struct str lines,
			void (*each)(struct json_writer *j, struct str name, struct str value))
{
	for (size_t at = 0; at < lines.len;) {
		size_t end = str_find_char(lines, '\n', at);
		struct str line = str_slice(lines, at, end);
		size_t colon = str_find_char(line, ':', 0);

		each(j, str_trim(str_slice(line, 0, colon)),
		     str_trim(str_slice(line, colon + 1, line.len)));
		at = end == NOT_FOUND ? lines.len : end + 1;
	}
}

static void put_header(struct json_writer *j, struct str name, struct str value)
{
	json_writer_open(j, NULL);
	json_writer_text(j, "name", name);
	json_writer_text(j, "value", value);
	json_writer_close(j);
}

void exchange_json_put_headers(struct json_writer *j, struct str lines)
{
	json_writer_open_array(j, "headers");
	each_header(j, lines, put_header);
	json_writer_close_array(j);
}

bool exchange_json_is_text(struct str body)
{
	return str_is_utf8(body, NULL) && str_find_char(body, '\0', 0) == NOT_FOUND;
}

/* A cookie that the response sets. */
static void put_cookie(struct json_writer *j, struct str name, struct str value)
{
	size_t equals = str_find_char(value, '=', 0), end = str_find_char(value, ';', 0);

	if (!str_ieq(name, STR("Set-Cookie")) || equals > end)
		return;
	json_writer_open(j, NULL);
	json_writer_text(j, "name", str_trim(str_slice(value, 0, equals)));
	json_writer_text(j, "value", str_trim(str_slice(value, equals + 1, end)));
	json_writer_text(j, "attributes",
			 end == NOT_FOUND ? STR("")
					  : str_trim(str_slice(value, end + 1, value.len)));
	json_writer_close(j);
}

static void put_body(struct json_writer *j, struct str body, bool truncated)
{
	if (body.len) {
		json_writer_open(j, "body");
		if (exchange_json_is_text(body))
			json_writer_text(j, "text", body);
		else
			json_writer_base64(j, "base64", body);
		json_writer_close(j);
	} else {
		json_writer_null(j, "body");
	}
	json_writer_bool(j, "truncated", truncated);
}

static void put_ms(struct json_writer *j, const char *key, ns_t time)
{
	json_writer_fixed(j, key, time > 0 ? (double)time / (double)NS_PER_MS : 0, 3);
}

void exchange_json_put(struct json_writer *j, const struct failure_sample *x)
{
	json_writer_line(j, "\n  ");
	json_writer_open(j, "request");
	json_writer_text(j, "method", x->method);
	json_writer_text(j, "url", x->url);
	exchange_json_put_headers(j, x->request_headers);
	put_body(j, x->request_body, x->request_body_cut);
	json_writer_close(j);
	json_writer_line(j, "\n  ");
	if (x->status) {
		json_writer_open(j, "response");
		json_writer_int(j, "status", x->status);
		json_writer_format(j, "version", "%d.%d", x->version / 10, x->version % 10);
		exchange_json_put_headers(j, x->headers);
		json_writer_open_array(j, "cookies");
		each_header(j, x->headers, put_cookie);
		json_writer_close_array(j);
		put_body(j, x->body, x->more);
		json_writer_close(j);
	} else {
		json_writer_null(j, "response");
	}
	json_writer_line(j, "\n  ");
	json_writer_open(j, "timing");
	put_ms(j, "dns", x->dns);
	put_ms(j, "connect", x->connect);
	put_ms(j, "tls", x->tls);
	put_ms(j, "wait", x->wait);
	put_ms(j, "receive", x->receive);
	json_writer_close(j);
}
