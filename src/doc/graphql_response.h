/*
 * The errors of a GraphQL response (GraphQL over HTTP): an object with `data` or `errors`, or a
 * list of such objects for a batch. Pure; reads a tape.
 */
#ifndef DOC_GRAPHQL_RESPONSE_H
#define DOC_GRAPHQL_RESPONSE_H

#include "doc/json.h"

/* True if each object has `data` or `errors`. */
bool graphql_response_is_valid(const struct json_tape *tape);
/* The number of errors, of all objects together. */
uint32_t graphql_response_count(const struct json_tape *tape);
/* Appends the first error: its operation in a batch, its message, its path and the number of
 * further errors. */
void graphql_response_explain(const struct json_tape *tape, struct buf *out);
/* True if an error says that the server does not know the hash of a persisted query. */
bool graphql_response_lacks_query(const struct json_tape *tape);

#endif
