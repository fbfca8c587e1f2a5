/*
 * A JSON or YAML value of a source as the tree of a `json:` key. Numbers, Booleans and null
 * keep their type; texts are converted by the importer. In the arena; one thread.
 */
#ifndef IMPORT_JSON_TREE_H
#define IMPORT_JSON_TREE_H

#include "doc/node.h"
#include "doc/yaml_writer.h"

struct json_tree_texts {
	void *owner;
	/* The text of NODE, the value of KEY (empty in a list at the top), as a template. */
	struct str (*convert)(void *owner, const struct node *node, struct str key);
	bool takes_type; /* a text that consists of a variable gets its type, such as number */
};

struct yaml_writer_node *json_tree(struct arena *a, const struct node *node, struct str key,
				   const struct json_tree_texts *texts);

#endif
