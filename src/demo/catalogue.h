/* The products of the shop: 60 in three categories, the same in every run. */
#ifndef DEMO_CATALOGUE_H
#define DEMO_CATALOGUE_H

#include "base/buf.h"
#include "base/str.h"

#define CATEGORY_COUNT 3
#define PRODUCT_COUNT  60
#define PRODUCT_FIRST  1001

struct product {
	unsigned id;
	struct str name;
	struct str category; /* "hats" */
	unsigned cents;
	unsigned hue; /* of its image, in degrees */
};

/* INDEX counts from 0. */
const struct product *catalogue_at(unsigned index);
/* NULL when there is none. */
const struct product *catalogue_find(unsigned id);
struct str catalogue_category_name(unsigned index);
/* True if the name or category contains every word of WORDS, ignoring case; an empty text matches
 * all. */
bool catalogue_matches(const struct product *product, struct str words, struct str category);
/* "19.99". */
void catalogue_put_price(struct buf *out, unsigned cents);
/* A drawing of the product, as SVG. */
void catalogue_put_picture(struct buf *out, const struct product *product);

#endif
