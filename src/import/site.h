/* What the host and the path of a URL say about the site. Pure. */
#ifndef IMPORT_SITE_H
#define IMPORT_SITE_H

#include <stdbool.h>

#include "base/str.h"

/* example.org of www.example.org; the host itself for addresses and single names. */
struct str site_domain(struct str host);
/* It ends as pictures, styles, scripts and fonts do. */
bool site_is_asset_path(struct str path);

#endif
