/*
 * `tls:` of a request or of `defaults`: how the certificate of the server is checked, and the
 * client certificate.
 */
#ifndef SCENARIO_TLS_SETTINGS_H
#define SCENARIO_TLS_SETTINGS_H

#include "interface/field.h"

extern const struct field tls_fields[];

/* Reports an error if the struct tls_settings VALUE has a key without a certificate. */
void tls_settings_check(struct reader *r, const struct node *node, void *value);

#endif
