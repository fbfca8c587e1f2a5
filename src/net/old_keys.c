#define OPENSSL_SUPPRESS_DEPRECATED
#include "net/old_keys.h"

#include <stdint.h>

#include <openssl/opensslv.h>

#if OPENSSL_VERSION_NUMBER < 0x30200000L && !defined(OPENSSL_NO_ENGINE)

#include <openssl/engine.h>
#include <openssl/evp.h>

/* OUT NULL: lists the types. */
static int on_methods(ENGINE *engine, EVP_PKEY_METHOD **out, const int **types, int type)
{
	static const int known[] = {EVP_PKEY_EC, EVP_PKEY_RSA};

	(void)engine;
	if (!out) {
		*types = known;
		return sizeof known / sizeof *known;
	}
	*out = (EVP_PKEY_METHOD *)(uintptr_t)EVP_PKEY_meth_find(type);
	return *out != NULL;
}

void old_keys_use(void)
{
	ENGINE *engine;

	if (EVP_default_properties_is_fips_enabled(NULL))
		return;
	engine = ENGINE_new();
	if (!engine)
		return;
	if (ENGINE_set_id(engine, "reprise") &&
	    ENGINE_set_name(engine, "keys of earlier versions") &&
	    ENGINE_set_pkey_meths(engine, on_methods) && ENGINE_add(engine))
		ENGINE_register_pkey_meths(engine);
	/* OpenSSL's list of engines keeps it. */
	ENGINE_free(engine);
}

#else

void old_keys_use(void)
{
}

#endif
