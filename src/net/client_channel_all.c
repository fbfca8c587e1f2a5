#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "net/client_channel_private.h"

/* At the end of a run, for the other sides of all channels together: to close; to read something of
 * what they have not read before; and to read all of it. */
#define LAST_CLOSE_MAX_NS (300 * NS_PER_MS)
#define LAST_READ_MAX_NS  (2 * NS_PER_S)
#define LAST_WRITE_MAX_NS (10 * NS_PER_S)

void client_channel_init_all(struct client *c)
{
	c->channels = alloc_zeroed(1, sizeof *c->channels);
	websocket_shared_init(&c->channels->shared);
	c->channels->input = alloc_zeroed(1, CLIENT_CHANNEL_INPUT_BYTES);
}

/* Reads and drops what has arrived: closing a socket with unread bytes would be a reset, and the
 * other side might not see our close. True if the other side has closed. */
static bool has_ended(struct client_channel *k)
{
	char *input = k->client->channels->input;
	ssize_t n;

	do
		n = recv(k->fd, input, CLIENT_CHANNEL_INPUT_BYTES, MSG_DONTWAIT);
	while (n > 0);
	return n == 0 || (errno != EAGAIN && errno != EINTR);
}

static void close_all(struct client_channels *all)
{
	for (struct client_channel *k = all->first; k; k = k->next) {
		k->is_given_up = true;
		if (k->is_gone)
			continue;
		websocket_close(&k->socket, WEBSOCKET_GOING_AWAY, STR(""));
		if (!k->unsent.len)
			shutdown(k->fd, SHUT_WR);
	}
}

static bool has_unsent(const struct client_channel *k)
{
	return !k->is_gone && k->unsent.len;
}

/* True if the other side of K has read something. */
static bool write_more(struct client_channel *k)
{
	size_t left = k->unsent.len - k->unsent_at;

	if (has_ended(k)) {
		k->is_gone = true;
		return false;
	}
	client_channel_write_unsent(k);
	if (!k->unsent.len)
		shutdown(k->fd, SHUT_WR);
	return k->unsent.len - k->unsent_at < left;
}

/* Waits until one of the channels with unsent bytes accepts more; false after UNTIL, or if there is
 * none. WAITS has room for all. */
static bool wait_for_any(const struct client_channels *all, struct pollfd *waits, ns_t until)
{
	ns_t left = until - clock_monotonic_ns();
	nfds_t count = 0;

	for (const struct client_channel *k = all->first; k; k = k->next)
		if (has_unsent(k))
			waits[count++] = (struct pollfd){.fd = k->fd, .events = POLLIN | POLLOUT};
	return count && left > 0 && poll(waits, count, (int)(left / NS_PER_MS)) > 0;
}

/* Messages that were counted as sent must arrive if the other side reads them. */
static void write_all_unsent(struct client_channels *all)
{
	ns_t end = clock_monotonic_ns() + LAST_WRITE_MAX_NS;
	ns_t until = clock_monotonic_ns() + LAST_READ_MAX_NS;
	struct pollfd *waits;
	size_t count = 0;

	for (const struct client_channel *k = all->first; k; k = k->next)
		count += has_unsent(k);
	if (!count)
		return;
	waits = alloc_zeroed(count, sizeof *waits);
	while (wait_for_any(all, waits, until < end ? until : end))
		for (struct client_channel *k = all->first; k; k = k->next)
			if (has_unsent(k) && write_more(k))
				until = clock_monotonic_ns() + LAST_READ_MAX_NS;
	free(waits);
}

void client_channel_free_all(struct client *c)
{
	struct client_channels *all = c->channels;
	ns_t until;

	close_all(all);
	write_all_unsent(all);
	until = clock_monotonic_ns() + LAST_CLOSE_MAX_NS;
	while (all->first) {
		struct pollfd wait = {.fd = all->first->fd, .events = POLLIN};
		ns_t left = until - clock_monotonic_ns();

		if (left > 0 && !all->first->is_gone && !has_ended(all->first) &&
		    poll(&wait, 1, (int)(left / NS_PER_MS)) > 0)
			continue;
		client_channel_free(all->first);
	}
	websocket_shared_release(&all->shared);
	free(all->input);
	free(all);
}
