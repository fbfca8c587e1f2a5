/*
 * Where the recorder's certificate authority lives: $XDG_DATA_HOME/reprise/ca (or
 * ~/.local/share/reprise/ca), a folder of mode 0700 with key.pem (key and certificate, mode 0600)
 * and ca.pem (the certificate alone, for other programs to trust). Made at its first use, made anew
 * a day before it ends. Nothing is used that others could read or replace. One thread.
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
	CA_CREATED, /* now, for the first time */
	CA_RENEWED, /* the one before it had ended */
	CA_MISSING, /* only when none was to be made */
	CA_REFUSED, /* told in ERROR */
};

/* The paths, by the environment; false with a sentence in ERROR when there is no home. */
bool ca_store_find(struct arena *a, struct ca_store *out, struct buf *error);
/* The authority as of WALL into *OUT (with CA_READY, CA_CREATED, CA_RENEWED; to be freed). With
 * MAKE one is made where there is none. */
enum ca_result ca_store_open(const struct ca_store *store, ns_t wall, bool make, struct ca **out,
			     struct buf *error);
/* Both files; *WAS_THERE says whether there was a key. False with a sentence in ERROR. */
bool ca_store_remove(const struct ca_store *store, bool *was_there, struct buf *error);

#endif
