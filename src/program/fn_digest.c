/* Digests, as hexadecimal digits. */
#include "base/digest.h"
#include "base/base64.h"
#include "program/fn.h"

static bool put_digest(struct eval *eval, const unsigned char *bytes, size_t len, struct value *out)
{
	size_t mark = fn_buf(eval)->len;

	if (!len)
		return eval_error(eval, "this digest is disabled on this system");
	buf_add_hex(fn_buf(eval), str_n((const char *)bytes, len));
	return fn_result(eval, mark, out);
}

static bool digest(struct eval *eval, enum digest kind, struct value v, struct value *out)
{
	unsigned char bytes[DIGEST_MAX];

	return put_digest(eval, bytes, digest_hash(kind, fn_text(eval, v), bytes), out);
}

static bool md5_call(struct eval *eval, const struct value *args, unsigned count, struct value *out)
{
	(void)count;
	return digest(eval, DIGEST_MD5, args[0], out);
}
FILTER(md5, 1, 1, "md5", "MD5 of the text, as hexadecimal digits.", "'hat' | md5",
       "46b5e59b2fd342bf8fee10c561958725");

static bool sha1_call(struct eval *eval, const struct value *args, unsigned count,
		      struct value *out)
{
	(void)count;
	return digest(eval, DIGEST_SHA1, args[0], out);
}
FILTER(sha1, 1, 1, "sha1", "SHA-1 of the text, as hexadecimal digits.", "'abc' | sha1",
       "a9993e364706816aba3e25717850c26c9cd0d89d");

static bool sha256_call(struct eval *eval, const struct value *args, unsigned count,
			struct value *out)
{
	(void)count;
	return digest(eval, DIGEST_SHA256, args[0], out);
}
FILTER(sha256, 1, 1, "sha256", "SHA-256 of the text, as hexadecimal digits.", "'abc' | sha256",
       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

static bool hmac_sha256_call(struct eval *eval, const struct value *args, unsigned count,
			     struct value *out)
{
	unsigned char bytes[DIGEST_MAX];
	struct str text = fn_text(eval, args[0]), key = fn_text(eval, args[1]);

	(void)count;
	return put_digest(eval, bytes, digest_hmac(DIGEST_SHA256, key, text, bytes), out);
}
FILTER(hmac_sha256, 2, 2, "hmac_sha256(key)",
       "HMAC-SHA256 of the text under a key, as hexadecimal digits.",
       "'what do ya want for nothing?' | hmac_sha256('Jefe')",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");

static bool pkce_challenge_call(struct eval *eval, const struct value *args, unsigned count,
				struct value *out)
{
	unsigned char bytes[DIGEST_MAX];
	size_t len = digest_hash(DIGEST_SHA256, fn_text(eval, args[0]), bytes);
	size_t mark = fn_buf(eval)->len;

	(void)count;
	if (!len)
		return eval_error(eval, "this digest is disabled on this system");
	base64_encode_url(fn_buf(eval), str_n((const char *)bytes, len));
	return fn_result(eval, mark, out);
}
FILTER(pkce_challenge, 1, 1, "pkce_challenge",
       "The S256 code challenge of an OAuth code verifier (RFC 7636).",
       "'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' | pkce_challenge",
       "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
