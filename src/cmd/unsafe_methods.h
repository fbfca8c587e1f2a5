/*
 * The methods other than GET and HEAD that a run can send to other machines. They can change data,
 * so the user is reported before the first request. Pure functions.
 */
#ifndef CMD_UNSAFE_METHODS_H
#define CMD_UNSAFE_METHODS_H

#include "base/buf.h"
#include "program/program.h"

/* Appends a list such as "POST and PUT to shop.example, DELETE to api.example:8443"; nothing if
 * there are no such methods, or all of them are for loopback hosts. Not masked. */
void unsafe_methods_put(const struct program *program, struct buf *out);

#endif
