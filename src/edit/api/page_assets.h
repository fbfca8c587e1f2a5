/*
 * The files of the editor's page, compressed with gzip, in the program. They are built from
 * src/edit/page (see Makefile.am); a program that was built without the tools has none.
 */
#ifndef EDIT_API_PAGE_ASSETS_H
#define EDIT_API_PAGE_ASSETS_H

#include "base/str.h"

struct page_asset {
	const char *path; /* in an address, without a / at its begin: "assets/page.js" */
	const char *type; /* of its content */
	const unsigned char *data;
	size_t size;
};

/* Ends with a row whose path is NULL. */
extern const struct page_asset page_assets[];

/* NULL if there is none; PATH "" is the page. */
const struct page_asset *page_assets_find(struct str path);
/* Whether the program has the page. */
bool page_assets_exist(void);

#endif
