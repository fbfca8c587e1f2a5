/*
 * The classes of failure, one row each: the enum, the names in every output and the prose of the
 * manual come from this table. The last rows are the generator's own limits: they are told apart
 * from what the target did. The order is that of the enum and of outputs; it may grow, names stay.
 */
#ifndef STATS_FAILURE_H
#define STATS_FAILURE_H

#include <stdbool.h>

#include "base/str.h"

/* X(name, what happened) */
#define FAILURE_CLASSES(X)                                                                         \
	X(dns, "the name could not be resolved")                                                   \
	X(connect, "the connection was refused or could not be made")                              \
	X(tls, "the TLS handshake or the certificate failed")                                      \
	X(timeout_connect, "no connection within the connect timeout")                             \
	X(timeout, "no complete answer within the timeout")                                        \
	X(reset, "the connection was closed or reset before an answer")                            \
	X(truncated, "the answer ended before its announced length")                               \
	X(protocol, "the answer was not well-formed HTTP")                                         \
	X(status, "a status other than the expected one")                                          \
	X(expect, "an expectation about the answer did not hold")                                  \
	X(extract, "an extractor found nothing and had no default")                                \
	X(expression, "a value could not be worked out, such as a division by zero")               \
	X(blocked_host, "a host that is neither the target nor allowed; nothing was sent")         \
	X(body_limit, "the answer was larger than body_limit")                                     \
	X(generator_fds, "the generator ran out of open files")                                    \
	X(generator_ports, "the generator ran out of local ports")

#define FAILURE_ENUM(name, prose) FAILURE_##name,
enum failure_class { FAILURE_CLASSES(FAILURE_ENUM) FAILURE_CLASS_COUNT };
#undef FAILURE_ENUM

/* "timeout_connect". */
const char *failure_name(enum failure_class class);
/* One sentence, lower case, without a full stop. */
const char *failure_prose(enum failure_class class);
/* False leaves OUT alone. */
bool failure_find(struct str name, enum failure_class *out);
/* True for the generator's own limits. */
bool failure_is_generator(enum failure_class class);

#endif
