/*
 * The classes of failure, one row each: the enum, the names in every output and the text of the
 * manual come from this table. The last rows are limits of the load generator itself, which are
 * counted separately from failures of the target. The order is that of the enum and of outputs;
 * rows can be added, names stay.
 */
#ifndef STATS_FAILURE_H
#define STATS_FAILURE_H

#include <stdbool.h>

#include "base/str.h"

/* X(name, description) */
#define FAILURE_CLASSES(X)                                                                         \
	X(dns, "the name could not be resolved")                                                   \
	X(connect, "the connection was refused or could not be made")                              \
	X(tls, "the TLS handshake or the certificate failed")                                      \
	X(timeout_connect, "no connection within the connect timeout")                             \
	X(timeout, "no complete response within the timeout, or a stream paused longer than idle") \
	X(reset, "the connection was closed or reset before a response")                           \
	X(truncated, "the response ended before its announced length or last event")               \
	X(protocol, "the response was not valid HTTP, or not the expected kind of stream")         \
	X(status, "a status other than the expected one")                                          \
	X(expect, "an expectation about the response failed")                                      \
	X(extract, "an extractor found nothing and had no default")                                \
	X(expression, "an expression could not be evaluated, such as a division by zero")          \
	X(blocked_host, "the host is neither the target nor allowed; nothing was sent")            \
	X(body_limit, "the response was larger than body_limit")                                   \
	X(closed, "the socket was closed, or no socket was open")                                    \
	X(generator_fds, "the load generator ran out of open files")                               \
	X(generator_ports, "the load generator ran out of local ports")

#define FAILURE_ENUM(name, prose) FAILURE_##name,
enum failure_class { FAILURE_CLASSES(FAILURE_ENUM) FAILURE_CLASS_COUNT };
#undef FAILURE_ENUM

/* "timeout_connect". */
const char *failure_name(enum failure_class class);
/* One sentence, lower case, without a full stop. */
const char *failure_prose(enum failure_class class);
/* False does not change OUT. */
bool failure_find(struct str name, enum failure_class *out);
/* True for limits of the load generator itself. */
bool failure_is_generator(enum failure_class class);

#endif
