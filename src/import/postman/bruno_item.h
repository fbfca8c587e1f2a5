/* Requests, folders and environments of Bruno as parts of a Postman collection. One thread. */
#ifndef IMPORT_POSTMAN_BRUNO_ITEM_H
#define IMPORT_POSTMAN_BRUNO_ITEM_H

#include "import/postman/bru_file.h"
#include "import/postman/postman.h"

/* A collection with the authentication, the headers and the scripts of FILE (collection.bru);
 * *ITEMS is the list of its items. NAME may have no pointer. */
struct node *bruno_item_collection(struct postman *p, const struct bru_file *file, struct str name,
				   struct node **items);
/* A folder in LIST, named after FILE (folder.bru) or NAME; returns the list of its items. */
struct node *bruno_item_folder(struct postman *p, const struct bru_file *file, struct str name,
			       struct node *list);
/* The request FILE in LIST; NAME is that of the file. */
void bruno_item_request(struct postman *p, const struct bru_file *file, struct str name,
			struct node *list);
/* An environment. */
struct node *bruno_item_environment(struct postman *p, const struct bru_file *file);

#endif
