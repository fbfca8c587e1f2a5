/*
 * Checks of the addresses of connections that a field table cannot express: `resolve`,
 * `source_addresses`, `proxy`, and `defaults` as a whole. Each is the `check` of its row.
 */
#ifndef SCENARIO_ADDRESSES_H
#define SCENARIO_ADDRESSES_H

#include "base/str.h"

struct node;
struct reader;

/* The keys of the struct field_map VALUE are "host:port", its values are addresses. */
void addresses_check_resolve(struct reader *r, const struct node *node, void *value);
/* The struct field_list VALUE contains addresses. */
void addresses_check_source(struct reader *r, const struct node *node, void *value);
/*
 * Changes the struct str VALUE to "http://[user:password@]host:port", or to the empty text for
 * `none`.
 */
void addresses_check_proxy(struct reader *r, const struct node *node, void *value);
/* The keys of the struct defaults VALUE must not contradict each other. */
void addresses_check_defaults(struct reader *r, const struct node *node, void *value);

#endif
