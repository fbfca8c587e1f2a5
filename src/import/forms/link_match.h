/*
 * How a scenario describes the link of a page that a recorded request followed: by its text, by its
 * address with `*` for the parts that change, in the row that has a text. Pure functions on a page.
 */
#ifndef IMPORT_FORMS_LINK_MATCH_H
#define IMPORT_FORMS_LINK_MATCH_H

#include "html/html_link_query.h"
#include "import/forms/typed_texts.h"

/* Whether the address has a part that changes with each visit: an id, a token. */
bool link_match_changes(struct conversion *conversion, struct str url);

/* Whether PAGE has a link to URL. */
bool link_match_has(const struct html_page *page, struct str url);

enum link_match {
	LINK_MATCH_NONE,    /* the page has no link to this address */
	LINK_MATCH_SEVERAL, /* nothing distinguishes it from others */
	LINK_MATCH_FOUND,
};

/* Describes the link of PAGE to URL in USE, whose `link` and `row` are texts, not templates. A text
 * of TEXTS that is needed for it becomes unique. */
enum link_match link_match_find(const struct html_page *page, struct str url,
				struct typed_texts *texts, struct page_use *use);

#endif
