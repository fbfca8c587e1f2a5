/* url: extracts the URL of the last response, after redirects. */
#include "extract/whole_value.h"

static enum find_outcome find(const void *plan, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	(void)plan;
	(void)subject;
	return whole_value_found(value_text(response->url), scratch, matches);
}

const struct extract_kind url_extract = {
    .name = "url",
    .sentence = "URL of the response, after redirects.",
    .example = "yes",
    .prepare = whole_value_prepare,
    .find = find,
};
