/* The responses that can be the source of a request's value, the strongest first. Pure. */
#ifndef IMPORT_CORRELATE_SOURCE_CHOICE_H
#define IMPORT_CORRELATE_SOURCE_CHOICE_H

#include "import/correlate/correlation.h"

/* In the order in which they are tried: a weaker source never hides a stronger one. */
enum source_rank {
	SOURCE_CREATED,	   /* the response of the request that created it */
	SOURCE_FORM,	   /* a hidden input of the page that the request came from */
	SOURCE_NAMED,	   /* the earliest response that has it under the name of the request */
	SOURCE_STRUCTURED, /* the earliest response that has it at a place with a name */
	SOURCE_TEXT,	   /* the earliest response that has it */
	SOURCE_RANK_COUNT
};

/* Fills OUT, one usable occurrence of TRACKED_VALUE for each rank, or NULL. False if there is none
 * that the client can have received before it sent REQUEST_VALUE. */
bool source_choice_find(const struct correlation *c, const struct tracked_value *tracked_value,
			const struct request_value *request_value,
			const struct occurrence *out[SOURCE_RANK_COUNT]);
/* Whether the request that created the value is not sent, because the recording lacks its body: a
 * list such as SOURCE would give the id of another user's. Reports the request once. */
bool source_choice_is_lost(struct correlation *c, const struct tracked_value *tracked_value,
			   const struct occurrence *source);
/* Whether a redirect was followed before it was received, according to the times: they then do
 * not show what the client had received. */
bool source_choice_clock_is_wrong(const struct tx_list *list);

#endif
