#include "base/digest.h"

#include <limits.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

static const EVP_MD *method(enum digest which)
{
	switch (which) {
	case DIGEST_MD5:
		return EVP_md5();
	case DIGEST_SHA1:
		return EVP_sha1();
	case DIGEST_SHA256:
		return EVP_sha256();
	case DIGEST_SHA512:
		return EVP_sha512();
	}
	return NULL;
}

size_t digest_hash(enum digest which, struct str bytes, unsigned char *out)
{
	unsigned length = 0;

	if (EVP_Digest(bytes.len ? bytes.ptr : "", bytes.len, out, &length, method(which), NULL) !=
	    1)
		return 0;
	return length;
}

size_t digest_hmac(enum digest which, struct str key, struct str bytes, unsigned char *out)
{
	unsigned length = 0;
	const unsigned char *message = (const unsigned char *)(bytes.len ? bytes.ptr : "");

	if (key.len > INT_MAX || !HMAC(method(which), key.len ? key.ptr : "", (int)key.len, message,
				       bytes.len, out, &length))
		return 0;
	return length;
}
