/*
 * For the files of net that need libevent itself: the base under a loop of loop_new(). Never for
 * other rooms. Events made on it belong to whoever made them and must be gone before the loop is.
 */
#ifndef NET_LOOP_EVENT_H
#define NET_LOOP_EVENT_H

#include <stdbool.h>

struct event_base;
struct loop;

/* Whether this process may open the files that a base takes. Asked before one is made, for libevent
 * ends the program when it gets none. */
bool loop_event_files_left(void);
/* LOOP must come from loop_new(). */
struct event_base *loop_event_base(struct loop *loop);

#endif
