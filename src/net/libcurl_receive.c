#include "net/client_private.h"

#include <errno.h>
#include <sys/socket.h>

/*
 * libcurl 7.88 reads an HTTP/2 connection until nothing is left to read. While a server sends
 * frames without content (PING, SETTINGS, empty DATA) faster than they are processed, libcurl would
 * not return, and no other connection of this worker would be served. libcurl has no setting for
 * this, and no callback for its reads. So this program defines recv, the function that libcurl
 * reads with: when the limit of this turn is reached, nothing more can be read until the loop has
 * served the other sockets. The loop is level-triggered and comes back.
 *
 * Threads that have set no limit, such as the lookups, read without one.
 */

#define BYTES_PER_TURN (64 * 1024)

static _Thread_local bool limited;
static _Thread_local size_t left;

void libcurl_receive_limit(void)
{
	limited = true;
	left = BYTES_PER_TURN;
}

void libcurl_receive_unlimit(void)
{
	limited = false;
}

ssize_t recv(int fd, void *bytes, size_t len, int flags)
{
	bool counted = limited && !(flags & MSG_PEEK);

	if (counted && left == 0) {
		errno = EAGAIN;
		return -1;
	}
	/* Not recvfrom: ThreadSanitizer does not see that its bytes come from another thread. */
	struct iovec piece = {.iov_base = bytes, .iov_len = counted && len > left ? left : len};
	struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
	ssize_t got = recvmsg(fd, &message, flags);

	if (counted && got > 0)
		left -= (size_t)got;
	return got;
}
