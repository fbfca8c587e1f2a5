/*
 * For the files of net that need libevent itself: the base under a loop of loop_new(). Never for
 * other rooms. Events made on it belong to whoever made them and must be gone before the loop is.
 */
#ifndef NET_LOOP_EVENT_H
#define NET_LOOP_EVENT_H

struct event_base;
struct loop;

/* LOOP must come from loop_new(). */
struct event_base *loop_event_base(struct loop *loop);

#endif
