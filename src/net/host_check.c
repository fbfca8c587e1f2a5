#include "net/host_check.h"

#include <arpa/inet.h>
#include <stdio.h>

/* Whether REST, which follows the host, is empty or a port. */
static bool is_port(struct str rest)
{
	for (size_t i = 1; i < rest.len; i++)
		if (rest.ptr[i] < '0' || rest.ptr[i] > '9')
			return false;
	return !rest.len || rest.ptr[0] == ':';
}

/* "127.0.0.1:8090" without its port, "[::1]:8090" without its brackets too; empty for a text that
 * is not a host. */
static struct str host_of(struct str authority)
{
	bool brackets = str_starts(authority, STR("["));
	size_t end = str_find_char(authority, brackets ? ']' : ':', 0);
	struct str rest =
	    str_slice(authority, end == NOT_FOUND ? end : end + brackets, authority.len);

	if (!is_port(rest) || (brackets && end == NOT_FOUND))
		return STR("");
	return str_slice(authority, brackets, end);
}

static bool is_address(struct str host)
{
	unsigned char address[16];
	char text[64];

	if (host.len >= sizeof text)
		return false;
	snprintf(text, sizeof text, "%.*s", STR_ARG(host));
	return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

bool host_check_allows(struct str header, const char *const *names, size_t count)
{
	struct str host = host_of(header);

	for (size_t i = 0; i < count; i++)
		if (str_ieq(host, str_of(names[i])))
			return true;
	return str_ieq(host, STR("localhost")) || is_address(host);
}
