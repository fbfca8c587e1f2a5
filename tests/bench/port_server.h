/*
 * For servers of one thread and one epoll, whose port is written to a file: stream_server.c and
 * tests/faults/oracle.c. Any error ends the program.
 */
#ifndef TESTS_PORT_SERVER_H
#define TESTS_PORT_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

static inline void port_server_die(const char *what)
{
	perror(what);
	exit(1);
}

/* Allows as many connections as the system does, and timers that are not delayed. */
static inline void port_server_prepare(void)
{
	struct rlimit files;

	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

/* OPERATION is EPOLL_CTL_ADD or EPOLL_CTL_MOD, WHAT the events. */
static inline void port_server_watch(int epoll, int operation, int fd, unsigned what, void *data)
{
	struct epoll_event event = {.events = what, .data.ptr = data};

	if (epoll_ctl(epoll, operation, fd, &event) < 0)
		port_server_die("epoll_ctl");
}

/* Listens on a free port of 127.0.0.1, and writes it to PORT_FILE. Returns the socket. */
static inline int port_server_listen(const char *port_file)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	FILE *file;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) < 0 ||
	    listen(listener, 16384) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) < 0)
		port_server_die("listen");
	file = fopen(port_file, "w");
	if (!file || fprintf(file, "%d\n", ntohs(address.sin_port)) < 0 || fclose(file))
		port_server_die(port_file);
	return listener;
}

/* The next connection, or -1. */
static inline int port_server_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);

	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	return fd;
}

#endif
