#include "net/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAITING_MAX 4096

/* Appends the sentence that says why (WHAT) listening failed. */
static void put_refused(struct buf *error, const char *what, const char *host, unsigned port)
{
	buf_printf(error, "cannot listen on %s port %u: %s", host, port, what);
}

int listen_on(const char *host, unsigned port, struct buf *error)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
	char service[8];
	int one = 1, fd, code;

	snprintf(service, sizeof service, "%u", port);
	code = getaddrinfo(host, service, &hints, &found);
	if (code) {
		put_refused(error, gai_strerror(code), host, port);
		return -1;
	}
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	}
	if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, WAITING_MAX)) {
		put_refused(error, strerror(errno), host, port);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

unsigned listen_port(int fd)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof address;

	if (getsockname(fd, (struct sockaddr *)&address, &length))
		return 0;
	if (address.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}
