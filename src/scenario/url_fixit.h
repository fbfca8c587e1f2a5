/*
 * Corrects an address that was written almost as a URL, for the suggestion of a message.
 */
#ifndef SCENARIO_URL_FIXIT_H
#define SCENARIO_URL_FIXIT_H

#include "base/arena.h"
#include "base/str.h"

/*
 * The absolute URL that TEXT probably represents: `http:/shop.example`, `htps://shop.example` and
 * `shop.example:8080/a` have one; `ftp://a`, `two words` and `index.html` have none. A single word
 * is a host only if WORDS is set. Returns the empty text if there is none; the result is valid.
 */
struct str url_fixit(struct arena *a, struct str text, bool words);
/* Whether TEXT starts with a part that may be a host: it contains a dot and is not a file name. */
bool url_fixit_may_be_host(struct str text);

#endif
