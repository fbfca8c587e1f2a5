/*
 * Builds the tree of a Postman collection from the files of tools with the same model (Insomnia,
 * Bruno), so that one conversion serves all of them. Each value has the position of the text that
 * it comes from, for messages. In the arena; one thread.
 */
#ifndef IMPORT_POSTMAN_COLLECTION_BUILD_H
#define IMPORT_POSTMAN_COLLECTION_BUILD_H

#include "base/arena.h"
#include "doc/node.h"

struct node *collection_build_map(struct arena *a, struct span span);
struct node *collection_build_list(struct arena *a, struct span span);
/* Adds KEY, which the map must not have yet; returns VALUE. */
struct node *collection_build_put(struct arena *a, struct node *map, const char *key,
				  struct node *value);
/* The same for a text at SPAN; nothing is added if TEXT has no pointer. */
void collection_build_put_text(struct arena *a, struct node *map, const char *key, struct span span,
			       struct str text);
struct node *collection_build_add(struct arena *a, struct node *list, struct node *value);
/* Adds {key, value} to LIST, with `disabled` if it is OFF; returns the row. */
struct node *collection_build_row(struct arena *a, struct node *list, struct span span,
				  struct str key, struct str value, bool off);
/* Adds the address RAW with its query to REQUEST; returns the list of its query rows. */
struct node *collection_build_url(struct arena *a, struct node *request, struct span span,
				  struct str raw);
/* Adds a body of MODE to REQUEST ("formdata"), with a list at the key MODE; returns the list. */
struct node *collection_build_rows(struct arena *a, struct node *request, struct span span,
				   const char *mode);
/* Adds a body as text, whose LANGUAGE ("json") gives it its type. */
void collection_build_raw(struct arena *a, struct node *request, struct span span, struct str text,
			  struct str language);
/* Adds a body that is the file PATH. */
void collection_build_file(struct arena *a, struct node *request, struct span span,
			   struct str path);
/* Adds a GraphQL body; texts may have no pointer. */
void collection_build_graphql(struct arena *a, struct node *request, struct span span,
			      struct str query, struct str operation, struct str variables);

/* A kind of authentication: the tool's names of its keys, and Postman's. */
struct collection_build_auth {
	const char *theirs, *ours;
	struct {
		const char *theirs, *ours;
	} keys[10];
};

/* Adds the authentication of TYPE to OUT; VALUE returns the value of a key, or ptr NULL. A type
 * that is not among the COUNT rows of TABLE keeps its name, and is reported later. */
void collection_build_put_auth(struct arena *a, struct node *out, struct span span,
			       const struct collection_build_auth *table, size_t count,
			       struct str type, struct str (*value)(void *owner, const char *key),
			       void *owner);
/* Adds a script for LISTEN ("test", "prerequest") to ITEM. */
void collection_build_script(struct arena *a, struct node *item, const char *listen,
			     struct span span, struct str text);

#endif
