/* Shared by the files of the proposals. */
#ifndef FINDER_PROPOSAL_PRIVATE_H
#define FINDER_PROPOSAL_PRIVATE_H

#include "extract/markup_element.h"
#include "finder/proposal.h"

struct proposal_search {
	struct finder *f;
	struct proposals *out;
};

/* Adds SPEC if it finds the value: as one of several with MATCH_RANDOM or MATCH_ALL, otherwise as
 * the match whose number it sets. LABEL is a format for the number of matches (%zu), or has no
 * format. */
bool proposal_add(struct proposal_search *s, enum proposal_source source,
		  struct extractor_spec spec, struct str label);
/* Whether TEXT can be written in double quotes, without escapes and as a constant. */
bool proposal_is_plain(struct str text);
/* "second", "number 12" */
struct str proposal_ordinal(struct proposal_search *s, size_t number);

/* ---- proposal_json.c: for the value with this normalized path */
void proposal_json(struct proposal_search *s, struct str path);
/* The normalized path of the value that covers the bytes [BEGIN, END) of the body; ptr NULL if
 * there is none. */
struct str proposal_json_path_at(struct proposal_search *s, size_t begin, size_t end);
/* The normalized path of the first value that PATH finds. */
struct str proposal_json_path(struct proposal_search *s, struct str path, struct buf *error);

/* ---- proposal_css.c: for an element, or for an attribute of it if ATTRIBUTE is not empty */
void proposal_css(struct proposal_search *s, const struct markup_element *element,
		  struct str attribute);

/* ---- proposal_place.c: the element around the bytes [BEGIN, END) of the body, or NULL */
const struct markup_element *proposal_element_at(struct proposal_search *s, size_t begin,
						 size_t end, struct str *attribute);

/* ---- proposal_text.c: for the value at the byte AT of the body */
void proposal_text(struct proposal_search *s, size_t at);
/* The same where the value occurs only once. */
void proposal_text_once(struct proposal_search *s);

#endif
