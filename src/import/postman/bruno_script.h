/*
 * Scripts, variables and asserts of Bruno as statements of Postman's scripts, which the import
 * recognizes. Nothing is run. One thread; everything is in the arena.
 */
#ifndef IMPORT_POSTMAN_BRUNO_SCRIPT_H
#define IMPORT_POSTMAN_BRUNO_SCRIPT_H

#include "import/postman/bru_file.h"
#include "import/postman/postman.h"

/* JavaScript with Postman's names: res.body becomes pm.response.json(). */
struct str bruno_script_convert(struct postman *p, struct str text);
/* Statements that set the variables of BLOCK: `token: res.body.token`, or a constant. */
struct str bruno_script_sets(struct postman *p, const struct bru_block *block);
/* Statements that check what BLOCK asserts: `res.status: eq 200`. */
struct str bruno_script_asserts(struct postman *p, const struct bru_block *block);

#endif
