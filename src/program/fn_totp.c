/* One-time passwords of authenticator apps: TOTP (RFC 6238), which is HOTP (RFC 4226) with the time
 * as its counter. */
#include <stdio.h>

#include "base/ascii.h"
#include "base/digest.h"
#include "program/fn.h"

#define SECRET_MAX 128u /* bytes; apps use 20 to 64 */

/* Secrets are shown in groups, in upper or lower case, with or without padding (RFC 4648). */
static bool decode_base32(struct str text, unsigned char *out, size_t *len)
{
	unsigned bits = 0, value = 0;

	*len = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = ascii_to_lower(text.ptr[i]);

		if (c == ' ' || c == '-' || c == '=')
			continue;
		if (!(c >= 'a' && c <= 'z') && !(c >= '2' && c <= '7'))
			return false;
		value = (value << 5 | (unsigned)(c >= 'a' ? c - 'a' : c - '2' + 26)) & 0xfff;
		bits += 5;
		if (bits < 8)
			continue;
		bits -= 8;
		if (*len == SECRET_MAX)
			return false;
		out[(*len)++] = (unsigned char)(value >> bits);
	}
	return *len > 0;
}

static bool find_digest(struct eval *eval, struct str name, enum digest *out)
{
	static const struct {
		const char *name;
		enum digest digest;
	} all[] = {{"sha1", DIGEST_SHA1}, {"sha256", DIGEST_SHA256}, {"sha512", DIGEST_SHA512}};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (str_ieq(name, str_of(all[i].name))) {
			*out = all[i].digest;
			return true;
		}
	return eval_error(eval, "totp: the algorithm is one of 'sha1', 'sha256' and 'sha512'");
}

/* RFC 4226, 5.3: four bytes of the digest, at the place that its last byte gives. */
static bool put_code(struct eval *eval, const unsigned char *mac, size_t len, int64_t digits,
		     struct value *out)
{
	size_t mark = fn_buf(eval)->len, at;
	uint64_t code, limit = 1;

	if (!len)
		return eval_error(eval, "this digest is disabled on this system");
	at = mac[len - 1] & 15u;
	code = (uint64_t)(mac[at] & 0x7f) << 24 | (uint64_t)mac[at + 1] << 16 |
	       (uint64_t)mac[at + 2] << 8 | mac[at + 3];
	for (int64_t i = 0; i < digits; i++)
		limit *= 10;
	buf_printf(fn_buf(eval), "%0*llu", (int)digits, (unsigned long long)(code % limit));
	return fn_result(eval, mark, out);
}

static bool totp_call(struct eval *eval, const struct value *args, unsigned count,
		      struct value *out)
{
	unsigned char secret[SECRET_MAX], counter[8], mac[DIGEST_MAX];
	int64_t digits = 6, period = 30, time = eval->wall / NS_PER_S;
	enum digest digest = DIGEST_SHA1;
	size_t len;

	if (count > 1 && !fn_int(eval, "totp", args[1], &digits))
		return false;
	if (count > 2 && !fn_int(eval, "totp", args[2], &period))
		return false;
	if (count > 3 && !find_digest(eval, fn_text(eval, args[3]), &digest))
		return false;
	if (count > 4 && !fn_int(eval, "totp", args[4], &time))
		return false;
	if (digits < 6 || digits > 10 || period < 1 || time < 0)
		return eval_error(eval, "totp: a code has 6 to 10 digits, and a period of at least "
					"one second");
	if (!decode_base32(fn_text(eval, args[0]), secret, &len))
		return eval_error(eval, "totp: the secret is not base32 (A to Z and 2 to 7)");
	for (unsigned i = 0; i < 8; i++)
		counter[i] = (unsigned char)((uint64_t)(time / period) >> (56 - 8 * i));
	return put_code(eval, mac,
			digest_hmac(digest, str_n((const char *)secret, len),
				    str_n((const char *)counter, sizeof counter), mac),
			digits, out);
}
PLAIN(totp, 0, 1, 5, "totp(secret, digits, period, algorithm, time)",
      "The current one-time password of an authenticator app (TOTP, RFC 6238). The secret is in "
      "base32. Default: 6 digits, a period of 30 seconds, 'sha1'; `time` is in seconds since 1970.",
      "totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 8, 30, 'sha1', 59)", "94287082");
