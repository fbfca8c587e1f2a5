#include "frame_server.h"

#include <sys/socket.h>

static bool receive(int fd, unsigned char *out, size_t len)
{
	while (len > 0) {
		ssize_t n = recv(fd, out, len, 0);
		if (n <= 0)
			return false;
		out += n;
		len -= (size_t)n;
	}
	return true;
}

/* Reads frames up to the end of a request. */
static bool read_request(int fd)
{
	unsigned char head[9], payload[16384];

	for (;;) {
		if (!receive(fd, head, sizeof head))
			return false;
		size_t len = (size_t)head[1] << 8 | head[2];
		if (head[0] || len > sizeof payload || !receive(fd, payload, len))
			return false;
		if ((head[3] == 0 || head[3] == 1) && head[4] & 1)
			return true;
	}
}

static void serve(struct socket_server *sockets, int fd)
{
	struct frame_server *o = (struct frame_server *)sockets; /* its first member */
	unsigned char preface[24], byte;
	size_t first = o->cut ? o->cut : o->len;

	if (!receive(fd, preface, sizeof preface) || !read_request(fd))
		return;
	send(fd, o->bytes, first, MSG_NOSIGNAL);
	if (first < o->len && !o->drops) {
		socket_server_sleep_ms(1);
		send(fd, o->bytes + first, o->len - first, MSG_NOSIGNAL);
	}
	if (o->closes)
		shutdown(fd, SHUT_WR);
	while (receive(fd, &byte, 1))
		continue;
}

void frame_server_start(struct frame_server *server)
{
	server->sockets.serve = serve;
	socket_server_start(&server->sockets, NULL);
}
