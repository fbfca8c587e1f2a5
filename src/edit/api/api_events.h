/*
 * The event stream of each page (server-sent events, read with fetch). A page that does not read
 * fast enough is disconnected; it connects again and reads what it missed from the other addresses
 * of the API. The server's thread.
 */
#ifndef EDIT_API_API_EVENTS_H
#define EDIT_API_API_EVENTS_H

#include "base/str.h"

struct api;

/* Sends the event NAME to all pages. JSON is one line. */
void api_events_send(struct api *api, const char *name, struct str json);

#endif
