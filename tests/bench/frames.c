/*
 * The reference for WebSockets: the minimum cost per message of a loop on epoll that writes and
 * reads frames. SOCKETS sockets send a message of BYTES bytes, wait for the next message and send
 * again, until each has received MESSAGES. With 0 bytes they only receive. Nothing is checked,
 * measured or kept.
 *
 *   frames PORT PATH SOCKETS MESSAGES BYTES
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IN_MAX = 65536, EVENTS = 256 };

struct line {
	int fd;
	long received;
	size_t skip; /* rest of a frame that has not arrived */
	size_t have;
	unsigned char head[4];
};

struct loop {
	int epoll;
	long open, messages;
	size_t bytes, out_len;
	unsigned random;
	char out[4096], in[IN_MAX];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int connect_to(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	return fd;
}

/* A text message of l->bytes bytes with a new mask. */
static void send_message(struct loop *l, const struct line *line)
{
	size_t head = l->bytes < 126 ? 6 : 8;
	unsigned char *mask = (unsigned char *)l->out + head - 4;

	l->random = l->random * 1664525u + 1013904223u;
	l->out[0] = (char)0x81;
	l->out[1] = (char)(0x80 | (l->bytes < 126 ? l->bytes : 126));
	l->out[2] = (char)(l->bytes >> 8);
	l->out[3] = (char)l->bytes;
	memcpy(mask, &l->random, 4);
	for (size_t i = 0; i < l->bytes; i++)
		l->out[head + i] = (char)('a' ^ mask[i % 4]);
	if (send(line->fd, l->out, head + l->bytes, MSG_NOSIGNAL) < 0)
		die("send");
}

static void end_line(struct loop *l, struct line *line)
{
	static const char frame[] = "\x88\x82\0\0\0\0\x03\xe8";

	if (send(line->fd, frame, 8, MSG_NOSIGNAL) < 0)
		die("send");
	close(line->fd);
	line->fd = -1;
	l->open--;
}

/* Reads the heads of the frames in COUNT bytes. */
static void take(struct loop *l, struct line *line, size_t count)
{
	size_t at = 0;

	while (at < count && line->fd >= 0) {
		if (line->skip) {
			size_t part = count - at < line->skip ? count - at : line->skip;

			line->skip -= part;
			at += part;
		} else {
			line->head[line->have++] = (unsigned char)l->in[at++];
			if (line->have < 2 || (line->head[1] == 126 && line->have < 4))
				continue;
			line->skip = line->head[1] < 126
					 ? line->head[1]
					 : (size_t)line->head[2] << 8 | line->head[3];
			line->have = 0;
		}
		if (line->skip || line->have)
			continue;
		if (++line->received == l->messages)
			end_line(l, line);
		else if (l->bytes)
			send_message(l, line);
	}
}

static void open_line(struct loop *l, struct line *line, int port, const char *path)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = line};
	char request[512], response[512] = "";
	size_t used = 0;
	int length = snprintf(request, sizeof request,
			      "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\n"
			      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
			      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
			      path, port);

	line->fd = connect_to(port);
	if (send(line->fd, request, (size_t)length, MSG_NOSIGNAL) < 0)
		die("send");
	/* Byte by byte: frames may follow. */
	while (!strstr(response, "\r\n\r\n") && used + 1 < sizeof response) {
		if (recv(line->fd, response + used++, 1, 0) != 1)
			die("recv");
	}
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, line->fd, &event) < 0)
		die("epoll_ctl");
	l->open++;
	if (l->bytes)
		send_message(l, line);
}

int main(int argc, char **argv)
{
	static struct loop l = {.random = 1};
	struct epoll_event events[EVENTS];
	struct line *lines;
	long count;

	if (argc != 6 || (l.bytes = (size_t)atol(argv[5])) > 3000) {
		fprintf(stderr, "usage: frames PORT PATH SOCKETS MESSAGES BYTES\n");
		return 2;
	}
	count = atol(argv[3]);
	l.messages = atol(argv[4]);
	l.epoll = epoll_create1(0);
	lines = calloc((size_t)count, sizeof *lines);
	if (!lines)
		die("calloc");
	for (long i = 0; i < count; i++)
		open_line(&l, &lines[i], atoi(argv[1]), argv[2]);
	while (l.open) {
		int ready = epoll_wait(l.epoll, events, EVENTS, -1);

		for (int i = 0; i < ready; i++) {
			struct line *line = events[i].data.ptr;
			ssize_t n = recv(line->fd, l.in, sizeof l.in, 0);

			if (n <= 0)
				die("recv");
			take(&l, line, (size_t)n);
		}
	}
	free(lines);
	return 0;
}
