#include "net/redirect.h"

#include "base/url.h"

bool redirect_status(int status)
{
	return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

bool redirect_makes_get(int status, const char *method)
{
	if (status == 303)
		return strcmp(method, "HEAD") != 0 && strcmp(method, "GET") != 0;
	return (status == 301 || status == 302) && strcmp(method, "POST") == 0;
}

bool redirect_leaves_origin(struct str from, struct str to)
{
	struct url a, b;

	return !url_split(from, &a) || !url_split(to, &b) || !url_same_origin(&a, &b);
}
