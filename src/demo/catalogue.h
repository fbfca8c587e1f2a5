/* What the shop sells: 60 products in three categories, the same in every run. */
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
	unsigned hue; /* of its picture, degrees */
};

const struct product *catalogue_at(unsigned index);
/* NULL when there is none. */
const struct product *catalogue_find(unsigned id);
struct str catalogue_category_name(unsigned index);
/* Every word of WORDS in the name or category, without case; an empty text matches all. */
bool catalogue_matches(const struct product *product, struct str words, struct str category);
/* "19.99". */
void catalogue_put_price(struct buf *out, unsigned cents);
/* A drawing of it, SVG. */
void catalogue_put_picture(struct buf *out, const struct product *product);

#endif
