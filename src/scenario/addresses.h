/*
 * Where connections go and come from, beyond what a field table can say: the checks of `resolve`,
 * `source_addresses`, `proxy` and of `defaults` as a whole. Each is the `check` of its row.
 */
#ifndef SCENARIO_ADDRESSES_H
#define SCENARIO_ADDRESSES_H

#include "base/str.h"

struct node;
struct reader;

/* The keys of the struct field_map VALUE are "host:port", its values addresses. */
void addresses_check_resolve(struct reader *r, const struct node *node, void *value);
/* The struct field_list VALUE holds addresses. */
void addresses_check_source(struct reader *r, const struct node *node, void *value);
/*
 * The struct str VALUE becomes "http://[user:password@]host:port" whatever short form it had, or
 * empty for `none`.
 */
void addresses_check_proxy(struct reader *r, const struct node *node, void *value);
/* The struct defaults VALUE holds nothing that contradicts itself. */
void addresses_check_defaults(struct reader *r, const struct node *node, void *value);

#endif
