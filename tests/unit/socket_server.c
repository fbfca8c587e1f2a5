#include "socket_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct connection {
	struct socket_server *server;
	int fd;
};

void socket_server_sleep_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static void replace(struct socket_server *s, int old, int new)
{
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < SOCKET_SERVER_CONNECTIONS; i++)
		if (s->open[i] == old) {
			s->open[i] = new;
			break;
		}
	pthread_mutex_unlock(&s->lock);
}

static void *serve(void *arg)
{
	struct connection c = *(struct connection *)arg;

	free(arg);
	c.server->serve(c.server, c.fd);
	replace(c.server, c.fd, -1);
	close(c.fd);
	c.server->living--;
	return NULL;
}

static void *accept_all(void *arg)
{
	struct socket_server *s = arg;
	pthread_attr_t detached;
	pthread_t thread;
	int fd, one = 1;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	while ((fd = accept(s->listener, NULL, NULL)) >= 0 || errno == EMFILE) {
		if (fd < 0) { /* a test's doing, and it passes */
			socket_server_sleep_ms(1);
			continue;
		}
		struct connection *c = calloc(1, sizeof *c);

		if (!c)
			abort();
		*c = (struct connection){.server = s, .fd = fd};
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		replace(s, -1, fd);
		s->connections++;
		s->living++;
		if (pthread_create(&thread, &detached, serve, c) != 0)
			abort();
	}
	pthread_attr_destroy(&detached);
	return NULL;
}

static int listen_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(address.sun_path, path, sizeof address.sun_path - 1);
	unlink(path);
	return bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 16) ? -1 : fd;
}

static int listen_tcp(unsigned *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&address, len) || listen(fd, 16) ||
	    getsockname(fd, (struct sockaddr *)&address, &len))
		return -1;
	*port = ntohs(address.sin_port);
	return fd;
}

void socket_server_start(struct socket_server *s, const char *path)
{
	pthread_mutex_init(&s->lock, NULL);
	for (int i = 0; i < SOCKET_SERVER_CONNECTIONS; i++)
		s->open[i] = -1;
	s->listener = path ? listen_unix(path) : listen_tcp(&s->port);
	if (s->listener < 0 || pthread_create(&s->acceptor, NULL, accept_all, s) != 0)
		abort();
}

void socket_server_stop(struct socket_server *s)
{
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->acceptor, NULL);
	close(s->listener);
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < SOCKET_SERVER_CONNECTIONS; i++)
		if (s->open[i] >= 0)
			shutdown(s->open[i], SHUT_RDWR);
	pthread_mutex_unlock(&s->lock);
	while (s->living > 0)
		socket_server_sleep_ms(1);
	pthread_mutex_destroy(&s->lock);
}
