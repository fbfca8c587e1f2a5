/*
 * The GraphQL endpoint of the shop, with a fixed set of fields instead of a whole language:
 * products with the variable `search`, product with `id`, and failing fields for tests. It knows
 * automatic persisted queries and batches.
 */
#ifndef DEMO_GRAPHQL_H
#define DEMO_GRAPHQL_H

struct shop_request;

void graphql_post(struct shop_request *request);
void graphql_get(struct shop_request *request);

#endif
