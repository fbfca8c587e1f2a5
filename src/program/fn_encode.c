/* Encodings: URL, HTML, base64, hex. */
#include "base/base64.h"
#include "base/html_entities.h"
#include "base/url.h"
#include "program/fn.h"

static bool url_encode_call(struct eval *eval, const struct value *args, unsigned count,
			    struct value *out)
{
	struct str text = fn_text(eval, args[0]);
	size_t mark = fn_buf(eval)->len;

	(void)count;
	url_encode(fn_buf(eval), text, false);
	return fn_result(eval, mark, out);
}
FILTER(url_encode, 1, 1, "url_encode",
       "Percent-encodes all characters except letters, digits and - . _ ~.", "'a b/c' | url_encode",
       "a%20b%2Fc");

static bool url_decode_call(struct eval *eval, const struct value *args, unsigned count,
			    struct value *out)
{
	struct str text = fn_text(eval, args[0]);
	size_t mark = fn_buf(eval)->len;

	(void)count;
	url_decode(fn_buf(eval), text, true);
	return fn_result(eval, mark, out);
}
FILTER(url_decode, 1, 1, "url_decode", "Decodes percent signs and pluses.",
       "'a%20b+c' | url_decode", "a b c");

static bool html_unescape_call(struct eval *eval, const struct value *args, unsigned count,
			       struct value *out)
{
	(void)count;
	*out = value_text(html_entities_decode(fn_text(eval, args[0]), fn_buf(eval)));
	return true;
}
FILTER(html_unescape, 1, 1, "html_unescape", "Decodes HTML entities.",
       "'a &amp; b &#x41;' | html_unescape", "a & b A");

static bool base64_call(struct eval *eval, const struct value *args, unsigned count,
			struct value *out)
{
	struct str text = fn_text(eval, args[0]);
	size_t mark = fn_buf(eval)->len;

	(void)count;
	base64_encode(fn_buf(eval), text);
	return fn_result(eval, mark, out);
}
FILTER(base64, 1, 1, "base64", "Encodes as base64 (RFC 4648).", "'user:pass' | base64",
       "dXNlcjpwYXNz");

static bool base64url_call(struct eval *eval, const struct value *args, unsigned count,
			   struct value *out)
{
	struct str text = fn_text(eval, args[0]);
	size_t mark = fn_buf(eval)->len;

	(void)count;
	base64_encode_url(fn_buf(eval), text);
	return fn_result(eval, mark, out);
}
FILTER(base64url, 1, 1, "base64url",
       "Encodes as base64 for URLs, without padding (RFC 4648 section 5).", "'a?>b' | base64url",
       "YT8-Yg");

static bool put_decoded(struct eval *eval, struct str text)
{
	return base64_decode(fn_buf(eval), text) || eval_error(eval, "this is not base64");
}

static bool base64_decode_call(struct eval *eval, const struct value *args, unsigned count,
			       struct value *out)
{
	struct str text = fn_text(eval, args[0]);
	size_t mark = fn_buf(eval)->len;

	(void)count;
	return put_decoded(eval, text) && fn_result(eval, mark, out);
}
FILTER(base64_decode, 1, 1, "base64_decode", "Decodes base64 or base64url.",
       "'dXNlcjpwYXNz' | base64_decode", "user:pass");

static bool hex_call(struct eval *eval, const struct value *args, unsigned count, struct value *out)
{
	struct str text = fn_text(eval, args[0]);
	size_t mark = fn_buf(eval)->len;

	(void)count;
	buf_add_hex(fn_buf(eval), text);
	return fn_result(eval, mark, out);
}
FILTER(hex, 1, 1, "hex", "The bytes as hexadecimal digits.", "'hat' | hex", "686174");

static bool jwt_payload_call(struct eval *eval, const struct value *args, unsigned count,
			     struct value *out)
{
	struct str text = fn_text(eval, args[0]);
	size_t mark = fn_buf(eval)->len;
	size_t first = str_find_char(text, '.', 0);
	size_t second = first == NOT_FOUND ? first : str_find_char(text, '.', first + 1);

	(void)count;
	if (second == NOT_FOUND)
		return eval_error(eval, "a JWT has three parts separated by dots");
	if (!put_decoded(eval, str_slice(text, first + 1, second)))
		return false;
	return fn_parse_json(eval, str_n(fn_buf(eval)->data + mark, fn_buf(eval)->len - mark), out);
}
FILTER(jwt_payload, 1, 1, "jwt_payload",
       "The claims of a JSON Web Token; the signature is not checked.",
       "('e30.eyJzdWIiOiI3In0.x' | jwt_payload).sub", "7");
