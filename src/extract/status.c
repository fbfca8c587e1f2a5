/* status: extracts the status of the last response, as a number. */
#include "extract/whole_value.h"

static enum find_outcome find(const void *plan, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	(void)plan;
	(void)subject;
	return whole_value_found(value_number(response->status), scratch, matches);
}

const struct extract_kind status_extract = {
    .name = "status",
    .sentence = "Status of the response, as a number.",
    .example = "yes",
    .prepare = whole_value_prepare,
    .find = find,
};
