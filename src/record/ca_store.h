/*
 * The place of the recorder's certificate authority: $XDG_DATA_HOME/reprise/ca (or
 * ~/.local/share/reprise/ca), a folder of mode 0700 with key.pem (key and certificate, mode 0600)
 * and ca.pem (the certificate alone, for other programs to trust). Created at its first use, and
 * replaced one day before it expires. Files that other users could read or replace are refused. One
 * thread.
 */
#ifndef RECORD_CA_STORE_H
#define RECORD_CA_STORE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "net/ca.h"

struct ca_store {
	struct str folder;
	struct str key_path, certificate_path; /* NUL-terminated */
};

enum ca_result {
	CA_READY,
	CA_CREATED, /* created now, for the first time */
	CA_RENEWED, /* the previous one had expired */
	CA_MISSING, /* only without MAKE */
	CA_REFUSED, /* the reason is in ERROR */
};

/* The paths, from the environment; false with a sentence in ERROR if there is no home folder. */
bool ca_store_find(struct arena *a, struct ca_store *out, struct buf *error);
/* Stores the authority as of WALL in *OUT (with CA_READY, CA_CREATED, CA_RENEWED; the caller frees
 * it). With MAKE it is created if it is missing. */
enum ca_result ca_store_open(const struct ca_store *store, ns_t wall, bool make, struct ca **out,
			     struct buf *error);
/* Removes both files; *WAS_THERE says whether there was a key. False with a sentence in ERROR. */
bool ca_store_remove(const struct ca_store *store, bool *was_there, struct buf *error);

#endif
