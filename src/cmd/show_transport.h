/* The transports of `show --program`: which requests are sent directly, and why others are not. */
#ifndef CMD_SHOW_TRANSPORT_H
#define CMD_SHOW_TRANSPORT_H

#include "base/buf.h"
#include "program/program.h"

/* Appends nothing if libcurl sends everything. */
void show_transport_put(const struct program *program, struct buf *out);

#endif
