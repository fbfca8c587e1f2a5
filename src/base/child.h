/*
 * A child process, such as another command of this program. It gets its standard streams, its
 * arguments and its environment, and no other descriptor of this process. When this process ends,
 * for whatever reason, the child gets SIGTERM. One thread.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

enum child_stream {
	CHILD_NULL, /* /dev/null */
	CHILD_PIPE, /* a descriptor of struct child; it does not block */
	CHILD_FILE, /* only input: `file` of the configuration */
	CHILD_SAME, /* only errors: where the output goes */
};

struct child_config {
	const char *const *words; /* a path or a name in PATH, and arguments; ends with NULL */
	const char *folder;	  /* its current folder; NULL: that of this process */
	const char *const *environment; /* NAME=VALUE in addition to that of this process, whose
					   values they replace; ends with NULL. Or NULL */
	enum child_stream input, output, errors;
	int file;	 /* for CHILD_FILE; the caller closes it */
	bool same_group; /* a Ctrl-C in the terminal of this process reaches it too */
};

struct child {
	pid_t pid; /* 0: it has ended */
	/* Ends of pipes, or -1; child_close closes them. */
	int input, output, errors;
	int status; /* after its end: the exit status, or 0 if a signal ended it */
	int signal; /* that ended it, or 0 */
};

/* The path of this program, so that it can be its own child; on the heap. NULL with errno set. */
char *child_own_program(void);
/* False with errno set if it cannot be started. A program that does not exist is a child that ends
 * with status 127. */
bool child_start(struct child *child, const struct child_config *config);
/* Closes an end of a pipe, and sets it to -1; does nothing if it is closed. */
void child_close(int *end);
/* Whether the child has ended; WAIT: waits for its end. Sets its status. */
bool child_has_ended(struct child *child, bool wait);
/* Sends a signal to the child, or to it and all processes that it has started. Does nothing after
 * its end. */
void child_signal(const struct child *child, int number);
void child_signal_all(const struct child *child, int number);

#endif
