/* Media type of a file by its name. Pure functions. */
#ifndef BASE_MEDIA_TYPE_H
#define BASE_MEDIA_TYPE_H

#include "base/str.h"

/* The media type of a file by its extension; application/octet-stream for others. */
const char *media_type_of(struct str path);

#endif
