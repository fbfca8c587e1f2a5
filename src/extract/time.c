/* time: extracts the response time in milliseconds. */
#include "extract/whole_value.h"

static enum find_outcome find(const void *plan, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	(void)plan;
	(void)subject;
	return whole_value_found(value_number((double)(response->time / NS_PER_US) / 1000.0),
				 scratch, matches);
}

const struct extract_kind time_extract = {
    .name = "time",
    .sentence = "Response time in milliseconds.",
    .example = "yes",
    .prepare = whole_value_prepare,
    .find = find,
};
