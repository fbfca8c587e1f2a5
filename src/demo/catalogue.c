#include "demo/catalogue.h"

#define PER_CATEGORY (PRODUCT_COUNT / CATEGORY_COUNT)

/* Ids count from PRODUCT_FIRST. */
#define P(index, name, category, cents, hue)                                                       \
	{                                                                                          \
		PRODUCT_FIRST + (index), {name, sizeof(name) - 1},                                 \
		    {category, sizeof(category) - 1}, cents, hue                                   \
	}

static const struct product products[PRODUCT_COUNT] = {
    P(0, "Red hat", "hats", 1999, 4),
    P(1, "Straw hat", "hats", 2450, 45),
    P(2, "Top hat", "hats", 8900, 260),
    P(3, "Bowler hat", "hats", 5400, 20),
    P(4, "Sun hat", "hats", 1890, 50),
    P(5, "Felt hat", "hats", 4200, 95),
    P(6, "Rain hat", "hats", 2300, 205),
    P(7, "Party hat", "hats", 350, 320),
    P(8, "Chef's hat", "hats", 1250, 60),
    P(9, "Panama hat", "hats", 6400, 40),
    P(10, "Flat cap", "hats", 2900, 30),
    P(11, "Baseball cap", "hats", 1590, 220),
    P(12, "Knitted cap", "hats", 1290, 350),
    P(13, "Blue beret", "hats", 2190, 215),
    P(14, "Green beret", "hats", 2190, 130),
    P(15, "Sailor hat", "hats", 1750, 200),
    P(16, "Hunting hat", "hats", 3350, 85),
    P(17, "Winter hat", "hats", 2790, 190),
    P(18, "Cowboy hat", "hats", 5990, 25),
    P(19, "Detective's hat", "hats", 3990, 35),
    P(20, "Running shoes", "shoes", 7990, 10),
    P(21, "Walking shoes", "shoes", 8990, 28),
    P(22, "Garden shoes", "shoes", 2490, 120),
    P(23, "Dancing shoes", "shoes", 6990, 300),
    P(24, "Red shoes", "shoes", 5990, 2),
    P(25, "Canvas shoes", "shoes", 3490, 210),
    P(26, "Football boots", "shoes", 7490, 140),
    P(27, "Rubber boots", "shoes", 2990, 55),
    P(28, "Hiking boots", "shoes", 11990, 32),
    P(29, "Riding boots", "shoes", 14990, 18),
    P(30, "Ankle boots", "shoes", 9490, 12),
    P(31, "Slippers", "shoes", 1990, 330),
    P(32, "Sandals", "shoes", 2990, 38),
    P(33, "Clogs", "shoes", 3990, 65),
    P(34, "Loafers", "shoes", 8490, 22),
    P(35, "Tennis shoes", "shoes", 6490, 100),
    P(36, "Snow boots", "shoes", 8990, 195),
    P(37, "Ballet shoes", "shoes", 3290, 340),
    P(38, "Work shoes", "shoes", 9990, 42),
    P(39, "Wedding shoes", "shoes", 12990, 58),
    P(40, "Winter coat", "coats", 18990, 225),
    P(41, "Rain coat", "coats", 7990, 52),
    P(42, "Trench coat", "coats", 15990, 36),
    P(43, "Duffle coat", "coats", 13990, 218),
    P(44, "Wool coat", "coats", 16990, 275),
    P(45, "Red coat", "coats", 14990, 0),
    P(46, "Long coat", "coats", 17990, 240),
    P(47, "Short coat", "coats", 11990, 170),
    P(48, "Denim jacket", "coats", 6990, 212),
    P(49, "Leather jacket", "coats", 19990, 16),
    P(50, "Down jacket", "coats", 15490, 188),
    P(51, "Sailing jacket", "coats", 12490, 202),
    P(52, "Ski jacket", "coats", 17490, 180),
    P(53, "Bomber jacket", "coats", 9990, 90),
    P(54, "Fleece jacket", "coats", 4990, 150),
    P(55, "Poncho", "coats", 5990, 312),
    P(56, "Cape", "coats", 8990, 288),
    P(57, "Bath robe", "coats", 3990, 196),
    P(58, "Dressing gown", "coats", 4990, 305),
    P(59, "Lab coat", "coats", 2990, 175),
};

const struct product *catalogue_at(unsigned index)
{
	return &products[index];
}

const struct product *catalogue_find(unsigned id)
{
	bool known = id >= PRODUCT_FIRST && id < PRODUCT_FIRST + PRODUCT_COUNT;
	return known ? &products[id - PRODUCT_FIRST] : NULL;
}

struct str catalogue_category_name(unsigned index)
{
	return products[index * PER_CATEGORY].category;
}

static bool contains_word(struct str text, struct str word)
{
	for (size_t at = 0; at + word.len <= text.len; at++)
		if (str_ieq(str_slice(text, at, at + word.len), word))
			return true;
	return false;
}

bool catalogue_matches(const struct product *product, struct str words, struct str category)
{
	size_t at = 0;

	if (category.len && !str_ieq(category, product->category))
		return false;
	while (at < words.len) {
		size_t end = str_find_char(words, ' ', at);
		struct str word = str_slice(words, at, end);
		if (!contains_word(product->name, word) && !contains_word(product->category, word))
			return false;
		at = end == NOT_FOUND ? words.len : end + 1;
	}
	return true;
}

void catalogue_put_price(struct buf *out, unsigned cents)
{
	buf_printf(out, "%u.%02u", cents / 100, cents % 100);
}

static const char *shape_of(const struct product *product)
{
	if (str_eq(product->category, STR("hats")))
		return "<path d='M20 78q60 22 120 0-12-8-30-10c0-34-6-46-30-46s-30 12-30 46q-18 "
		       "2-30 "
		       "10z'/><path d='M50 62q30 8 60 0' fill='none' stroke='#0003' "
		       "stroke-width='6'/>";
	if (str_eq(product->category, STR("shoes")))
		return "<path d='M24 84V44q14 12 30 4l26 22q34 0 56 8v10H24z'/><path d='M24 "
		       "84h112v8H24z' "
		       "fill='#0004'/>";
	return "<path d='M62 20q18 10 36 0l32 16-12 28-10-4v44H52V60l-10 4-12-28z'/><path d='M80 "
	       "28v76' "
	       "stroke='#0003' stroke-width='4'/>";
}

void catalogue_put_picture(struct buf *out, const struct product *product)
{
	buf_printf(out,
		   "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 160 120'>"
		   "<rect width='160' height='120' fill='hsl(%u 45%% 93%%)'/>"
		   "<g fill='hsl(%u 60%% 48%%)'>%s</g></svg>",
		   product->hue, product->hue, shape_of(product));
}
