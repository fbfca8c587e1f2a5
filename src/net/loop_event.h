/*
 * For the files of net that need libevent itself: the base under a loop of loop_new(). Never for
 * other rooms. Events on it belong to the code that created them and must be freed before the loop.
 */
#ifndef NET_LOOP_EVENT_H
#define NET_LOOP_EVENT_H

#include <stdbool.h>

struct event_base;
struct loop;

/* True if this process can open the files that a base needs. Must be checked before creating one,
 * because libevent ends the program without them. */
bool loop_event_files_left(void);
/* LOOP must come from loop_new(). */
struct event_base *loop_event_base(struct loop *loop);

#endif
