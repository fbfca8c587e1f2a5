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
void resolve_check(struct reader *r, const struct node *node, void *value);
/* The struct field_list VALUE holds addresses. */
void source_addresses_check(struct reader *r, const struct node *node, void *value);
/*
 * The struct str VALUE becomes "http://[user:password@]host:port" whatever short form it had, or
 * empty for `none`.
 */
void proxy_check(struct reader *r, const struct node *node, void *value);
/* The struct defaults VALUE holds nothing that contradicts itself. */
void defaults_check(struct reader *r, const struct node *node, void *value);

#endif
