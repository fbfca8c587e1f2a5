/*
 * The sockets and threads of the servers in this folder: one thread accepts connections, and each
 * connection has its own thread, which calls `serve`. The caller owns the struct.
 */
#ifndef SOCKET_SERVER_H
#define SOCKET_SERVER_H

#include <pthread.h>
#include <stdatomic.h>

#define SOCKET_SERVER_CONNECTIONS 64

struct socket_server {
	/* Called on the connection's thread; the caller closes FD afterwards. */
	void (*serve)(struct socket_server *server, int fd);
	unsigned port; /* 0: a Unix socket */
	int listener;
	pthread_t acceptor;
	pthread_mutex_t lock; /* of `open`, and of what the owner wants */
	int open[SOCKET_SERVER_CONNECTIONS];
	atomic_uint connections, living; /* accepted so far; not closed yet */
};

/* On a free port of 127.0.0.1, or on the Unix socket PATH when it is not NULL. Set `serve` before.
 */
void socket_server_start(struct socket_server *server, const char *path);
/* Shuts down all connections and waits for their threads. */
void socket_server_stop(struct socket_server *server);
void socket_server_sleep_ms(long ms);

#endif
