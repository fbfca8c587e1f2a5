/* Texts, environments and response tags of Insomnia. One thread; everything is in the arena. */
#ifndef IMPORT_POSTMAN_INSOMNIA_PRIVATE_H
#define IMPORT_POSTMAN_INSOMNIA_PRIVATE_H

#include "import/postman/postman.h"

#define INSOMNIA_CHILDREN_MAX 5000u
#define INSOMNIA_DEPTH_MAX    20u

/* {% response 'body', 'req_1', 'b64::JC5pZA==::46b' %}: a value of the response of another request.
 */
struct insomnia_response {
	struct str request; /* its id */
	struct str script;  /* the statement that sets the variable */
};

struct insomnia {
	struct postman *postman;
	struct arena *arena;
	const struct node *resources; /* of version 4, or NULL */
	struct node *variables;	      /* of the collection */
	VEC(struct insomnia_response) responses;
	VEC(struct str) ids; /* of the requests, in their order */
	VEC(struct node *) items;
};

/* TEXT, which is at AT, with {{name}} of Postman: {{ _.a.b }} becomes {{a.b}}, and tags what
 * they are in Postman. ptr NULL if TEXT has none. */
struct str insomnia_text(struct insomnia *in, const struct node *at, struct str text);
/* A script with the names of Postman. */
struct str insomnia_script(struct insomnia *in, struct str text);
/* The id of a resource or of an item of version 5. */
struct str insomnia_id(const struct node *from);
/* Its place among its siblings. */
double insomnia_sort_key(const struct node *from);
/* Adds the values of DATA, a mapping, to LIST; inner mappings have names such as a.b. */
void insomnia_add_values(struct insomnia *in, const struct node *data, struct node *list,
			 struct str prefix);
/* Adds the base environment of the file TOP, and the first one below it. */
void insomnia_add_environments(struct insomnia *in, const struct node *top);
/* ITEM is the request ID. */
void insomnia_note_request(struct insomnia *in, struct str id, struct node *item);
/* Adds the scripts that extract the values of response tags. */
void insomnia_put_responses(struct insomnia *in);

#endif
