#include "net/client_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* The kernel chooses the port when it connects, so that each address can use all ports for each
 * server. */
bool client_source_bind(struct client *c, int fd, int family)
{
	const char *text = c->config.sources[c->next_source++ % c->config.source_count];
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	int on = 1;

	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
	if (family == AF_INET && inet_pton(AF_INET, text, &four.sin_addr) == 1)
		return bind(fd, (struct sockaddr *)&four, sizeof four) == 0;
	if (family == AF_INET6 && inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
		return bind(fd, (struct sockaddr *)&six, sizeof six) == 0;
	errno = EAFNOSUPPORT;
	return false;
}
