/*
 * Checks certificates of servers, and remembers chains that OpenSSL has verified, because its check
 * takes a tenth of the time of a new connection. A chain counts as verified only if exactly these
 * certificates, in this order, were verified for the same host name, and while all certificates of
 * the verified chain are valid. One chain_check belongs to one set of authorities and settings (a
 * TLS profile) and to one thread, so a profile does not know the chains of another one.
 */
#ifndef NET_CHAIN_CHECK_H
#define NET_CHAIN_CHECK_H

#include <stdbool.h>
#include <time.h>

struct chain_check;
struct x509_st;
struct x509_store_ctx_st;

/* Without VERIFY, every certificate is accepted. */
struct chain_check *chain_check_new(bool verify);
void chain_check_free(struct chain_check *c);
/* Does what X509_verify_cert does with STORE: 1 if the chain is valid. NAMED is set to true if it
 * is also known that the certificate is for HOST. NOW is the time of STORE. */
int chain_check_verify(struct chain_check *c, struct x509_store_ctx_st *store, const char *host,
		       time_t now, bool *named);
/* True if CERTIFICATE is for HOST. */
bool chain_check_is_for(struct x509_st *certificate, const char *host);
/* The number of chains that OpenSSL has checked. */
unsigned long chain_check_count(const struct chain_check *c);

#endif
