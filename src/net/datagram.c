#include "net/datagram.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define SEND_BUFFER (1 << 20) /* enough for the packets of one second */

bool datagram_open(struct datagram *d, const char *host, unsigned port, struct buf *error)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found;
	int bytes = SEND_BUFFER, code;
	char service[8];

	*d = (struct datagram){.fd = -1};
	snprintf(service, sizeof service, "%u", port);
	code = getaddrinfo(host, service, &hints, &found);
	if (code) {
		buf_printf(error, "cannot send to %s port %u: %s", host, port, gai_strerror(code));
		return false;
	}
	d->fd = socket(found->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (d->fd < 0 || connect(d->fd, found->ai_addr, found->ai_addrlen) != 0) {
		buf_printf(error, "cannot send to %s port %u: %s", host, port, strerror(errno));
		if (d->fd >= 0)
			close(d->fd);
		freeaddrinfo(found);
		return false;
	}
	freeaddrinfo(found);
	(void)setsockopt(d->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	buf_init(&d->packet, 0);
	return true;
}

static void note_loss(struct datagram *d, int number)
{
	d->failed = number;
	if (d->lost < d->given)
		d->lost++;
}

void datagram_flush(struct datagram *d)
{
	ssize_t sent;

	if (!d->packet.len)
		return;
	d->given++;
	sent = send(d->fd, d->packet.data, d->packet.len, MSG_NOSIGNAL);
	/* "Refused" reports the loss of an earlier packet: this one is not sent yet. */
	if (sent < 0 && errno == ECONNREFUSED) {
		note_loss(d, errno);
		sent = send(d->fd, d->packet.data, d->packet.len, MSG_NOSIGNAL);
	}
	if (sent < 0)
		note_loss(d, errno);
	buf_clear(&d->packet);
}

void datagram_end(struct datagram *d)
{
	socklen_t length = sizeof(int);
	int number = 0;

	datagram_flush(d);
	if (getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &number, &length) == 0 && number)
		note_loss(d, number);
}

void datagram_add(struct datagram *d, struct str line)
{
	if (line.len > DATAGRAM_BYTES)
		return;
	if (d->packet.len && d->packet.len + 1 + line.len > DATAGRAM_BYTES)
		datagram_flush(d);
	if (d->packet.len)
		buf_add_char(&d->packet, '\n');
	buf_add(&d->packet, line);
}

void datagram_close(struct datagram *d)
{
	datagram_flush(d);
	close(d->fd);
	buf_release(&d->packet);
}
