/* Encodings: URL, HTML, base64, hex. */
#include "base/base64.h"
#include "base/html_entities.h"
#include "base/url.h"
#include "program/fn.h"

static const char not_base64[] = "this is not base64";

/* Appends V, converted by CONVERT, to the scratch. An error with MESSAGE if it returns false. */
static bool convert_text(struct eval *eval, struct value v,
			 bool (*convert)(struct buf *out, struct str text), const char *message,
			 struct value *out)
{
	struct str text = fn_text(eval, v);
	size_t mark = fn_buf(eval)->len;

	if (!convert(fn_buf(eval), text) && message)
		return eval_error(eval, "%s", message);
	return fn_result(eval, mark, out);
}

static bool put_url_encoded(struct buf *out, struct str text)
{
	url_encode(out, text, false);
	return true;
}

static bool put_url_decoded(struct buf *out, struct str text)
{
	return url_decode(out, text, true);
}

static bool url_encode_call(struct eval *eval, const struct value *args, unsigned count,
			    struct value *out)
{
	(void)count;
	return convert_text(eval, args[0], put_url_encoded, NULL, out);
}
FILTER(url_encode, 1, 1, "url_encode",
       "Percent-encodes all characters except letters, digits and - . _ ~.", "'a b/c' | url_encode",
       "a%20b%2Fc");

static bool url_decode_call(struct eval *eval, const struct value *args, unsigned count,
			    struct value *out)
{
	(void)count;
	return convert_text(eval, args[0], put_url_decoded, NULL, out);
}
FILTER(url_decode, 1, 1, "url_decode", "Decodes percent-encoding and plus signs.",
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
	(void)count;
	return convert_text(eval, args[0], base64_encode, NULL, out);
}
FILTER(base64, 1, 1, "base64", "Encodes as base64 (RFC 4648).", "'user:pass' | base64",
       "dXNlcjpwYXNz");

static bool base64url_call(struct eval *eval, const struct value *args, unsigned count,
			   struct value *out)
{
	(void)count;
	return convert_text(eval, args[0], base64_encode_url, NULL, out);
}
FILTER(base64url, 1, 1, "base64url",
       "Encodes as base64 for URLs, without padding (RFC 4648 section 5).", "'a?>b' | base64url",
       "YT8-Yg");

static bool base64_decode_call(struct eval *eval, const struct value *args, unsigned count,
			       struct value *out)
{
	(void)count;
	return convert_text(eval, args[0], base64_decode, not_base64, out);
}
FILTER(base64_decode, 1, 1, "base64_decode", "Decodes base64 or base64url.",
       "'dXNlcjpwYXNz' | base64_decode", "user:pass");

static bool hex_call(struct eval *eval, const struct value *args, unsigned count, struct value *out)
{
	(void)count;
	return convert_text(eval, args[0], buf_add_hex, NULL, out);
}
FILTER(hex, 1, 1, "hex", "The bytes as hexadecimal digits.", "'hat' | hex", "686174");

static bool jwt_payload_call(struct eval *eval, const struct value *args, unsigned count,
			     struct value *out)
{
	struct str text = fn_text(eval, args[0]);
	size_t first = str_find_char(text, '.', 0);
	size_t second = first == NOT_FOUND ? first : str_find_char(text, '.', first + 1);
	struct value part;

	(void)count;
	if (second == NOT_FOUND)
		return eval_error(eval, "a JWT has three parts separated by dots");
	part = value_text(str_slice(text, first + 1, second));
	return convert_text(eval, part, base64_decode, not_base64, &part) &&
	       fn_parse_json(eval, part.text, out);
}
FILTER(jwt_payload, 1, 1, "jwt_payload",
       "The claims of a JSON Web Token; the signature is not checked.",
       "('e30.eyJzdWIiOiI3In0.x' | jwt_payload).sub", "7");
