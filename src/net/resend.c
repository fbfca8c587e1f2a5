#include "net/resend.h"

#include <string.h>

static bool is_lost(const struct resend_facts *facts)
{
	return facts->refused || (facts->reused && !facts->received);
}

bool resend_applies(const struct resend_facts *facts)
{
	return !facts->never && !facts->second && is_lost(facts);
}

enum http_cause resend_failure(const struct resend_facts *facts)
{
	if (facts->refused)
		return facts->never ? HTTP_CAUSE_refused_not_resent : HTTP_CAUSE_refused;
	if (facts->second)
		return HTTP_CAUSE_closed_twice;
	if (facts->reused && facts->never)
		return HTTP_CAUSE_closed_not_resent;
	return facts->reset ? HTTP_CAUSE_reset : HTTP_CAUSE_closed;
}

bool resend_is_idempotent(const char *method)
{
	static const char *const methods[] = {"GET",   "HEAD",	   "PUT",    "DELETE", "OPTIONS",
					      "TRACE", "PROPFIND", "SEARCH", "REPORT", "QUERY"};

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(method, methods[i]) == 0)
			return true;
	return false;
}
