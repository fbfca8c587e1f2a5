/* Properties of the site in the host and path of a URL. Pure. */
#ifndef IMPORT_SITE_H
#define IMPORT_SITE_H

#include <stdbool.h>

#include "base/str.h"

/* example.org for www.example.org; the host itself for addresses and single names. */
struct str site_domain(struct str host);
/* Whether it ends like images, styles, scripts and fonts. */
bool site_is_asset_path(struct str path);

#endif
