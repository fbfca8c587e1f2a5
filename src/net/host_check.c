#include "net/host_check.h"

#include <arpa/inet.h>
#include <stdio.h>

/* "127.0.0.1:8090" without its port, "[::1]:8090" without its brackets too. */
static struct str host_of(struct str authority)
{
	if (str_starts(authority, STR("[")))
		return str_slice(authority, 1, str_find_char(authority, ']', 0));
	return str_slice(authority, 0, str_find_char(authority, ':', 0));
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
