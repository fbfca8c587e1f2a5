/*
 * libFuzzer target for URLs: the input is a base URL, a zero byte and a reference. The parts of a
 * URL are in its text and make it up again; a resolved reference is a URL without dot segments;
 * encoding can be undone. libcurl must understand the same host and port, because the host
 * allowlist uses our host and libcurl connects to its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what, struct str text)
{
	if (holds)
		return;
	fprintf(stderr, "not true: %s: %.*s\n", what, STR_ARG(text));
	abort();
}

/* ---- parts */

static void put_authority(struct buf *out, const struct url *url)
{
	if (url->userinfo.ptr) {
		buf_add(out, url->userinfo);
		buf_add_char(out, '@');
	}
	buf_add(out, url->host_is_ipv6 ? STR("[") : STR(""));
	buf_add(out, url->host);
	buf_add(out, url->host_is_ipv6 ? STR("]") : STR(""));
}

static void put_tail(struct buf *out, const struct url *url)
{
	buf_add(out, url->path);
	if (url->query.ptr)
		buf_add_char(out, '?');
	buf_add(out, url->query);
	if (url->fragment.ptr)
		buf_add_char(out, '#');
	buf_add(out, url->fragment);
}

/* TEXT is the parts of URL in their order, with a colon and digits where the port is. */
static void check_parts(struct str text, const struct url *url)
{
	struct buf front, tail;

	buf_init(&front, 0);
	buf_init(&tail, 0);
	buf_add(&front, url->scheme);
	buf_add(&front, STR("://"));
	put_authority(&front, url);
	put_tail(&tail, url);
	must(front.len + tail.len <= text.len, "no part is longer than the URL", text);
	must(str_starts(text, buf_str(&front)), "scheme and host are at the front", text);
	must(str_eq(str_slice(text, text.len - tail.len, text.len), buf_str(&tail)),
	     "path, query and fragment are at the end", text);
	struct str port = str_slice(text, front.len, text.len - tail.len);
	must(!port.len || port.ptr[0] == ':', "only a port is between them", text);
	must(url->has_port == (port.len > 1), "a port that is written is known", text);
	must(url->host.len > 0, "there is a host", text);
	must(!url->has_port || url->port > 0, "a port is not 0", text);
	buf_release(&front);
	buf_release(&tail);
}

/* ---- libcurl */

/* libcurl rewrites addresses of IPv4 (0x7f.1) and IPv6, and decodes percent signs. */
static bool is_comparable(const struct url *url)
{
	bool letter = false;

	for (size_t i = 0; i < url->host.len; i++) {
		char c = url->host.ptr[i];

		if (c == '%' || (unsigned char)c >= 0x80)
			return false;
		letter |= (c >= 'g' && c <= 'z' && c != 'x') || (c >= 'G' && c <= 'Z' && c != 'X');
	}
	return letter && !url->host_is_ipv6;
}

static void check_curl(struct str text, const struct url *url)
{
	CURLU *handle = curl_url();
	char *copy = strndup(text.ptr, text.len), *host = NULL, *port = NULL;

	must(handle && copy, "memory", text);
	if (!memchr(text.ptr, '\0', text.len) && url->port && is_comparable(url) &&
	    curl_url_set(handle, CURLUPART_URL, copy, CURLU_PATH_AS_IS) == CURLUE_OK &&
	    curl_url_get(handle, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	    curl_url_get(handle, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
		must(str_ieq(str_of(host), url->host), "libcurl has the same host", text);
		must(atoi(port) == url->port, "libcurl has the same port", text);
	}
	curl_free(host);
	curl_free(port);
	free(copy);
	curl_url_cleanup(handle);
}

/* ---- references */

static bool has_dots(struct str path)
{
	for (size_t at = 0; at < path.len;) {
		size_t end = str_find_char(path, '/', at + 1);
		struct str segment;

		end = end < path.len ? end : path.len;
		segment = str_slice(path, at + 1, end);
		if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
			return true;
		at = end;
	}
	return false;
}

static void check_resolved(const struct url *base, struct str reference)
{
	struct buf one, two;
	struct url url;

	buf_init(&one, 0);
	buf_init(&two, 0);
	if (url_resolve(base, reference, &one)) {
		must(url_split(buf_str(&one), &url), "a resolved reference is a URL", reference);
		must(!url.fragment.ptr, "its fragment is dropped", reference);
		must(!has_dots(url.path), "its dot segments are removed", reference);
		if (str_find_char(reference, ':', 0) >= reference.len &&
		    !str_starts(reference, STR("//")))
			must(url_same_origin(base, &url), "a relative reference stays", reference);
		must(url_resolve(base, buf_str(&one), &two), "it resolves to itself", reference);
		must(str_eq(buf_str(&one), buf_str(&two)), "it resolves to itself", reference);
	}
	buf_release(&one);
	buf_release(&two);
}

static void check_encoding(struct str text, bool plus)
{
	struct buf encoded, decoded;
	struct url url;

	buf_init(&encoded, 0);
	buf_init(&decoded, 0);
	buf_add(&encoded, STR("http://h/?"));
	url_encode(&encoded, text, plus);
	must(url_split(buf_str(&encoded), &url), "encoded text is a query", text);
	must(url_decode(&decoded, url.query, plus), "it can be decoded", text);
	must(str_eq(buf_str(&decoded), text), "decoding gives the text", text);
	buf_clear(&decoded);
	url_decode(&decoded, text, plus);
	must(decoded.len <= text.len, "decoding never makes a text longer", text);
	buf_release(&encoded);
	buf_release(&decoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);
	struct str all, text;
	struct url url;
	size_t zero;

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	all = str_n(copy, size);
	zero = str_find_char(all, '\0', 0);
	text = str_slice(all, 0, zero < size ? zero : size);
	check_encoding(all, true);
	check_encoding(all, false);
	if (url_split(text, &url)) {
		check_parts(text, &url);
		check_curl(text, &url);
		check_resolved(&url, text);
		check_resolved(&url, str_slice(all, zero < size ? zero + 1 : size, size));
	}
	free(copy);
	return 0;
}
