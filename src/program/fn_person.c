/*
 * Generated people: names, addresses and e-mails that look real in a language, of people who do not exist.
 * The words are in people.def. Each e-mail is at a domain that RFC 2606 reserves for examples, so
 * that no mail of a tested application can reach a person.
 */
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "program/fn.h"

#define WORDS_MAX 40u
#define W(...)                                                                                     \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

/* A list ends with NULL, or has WORDS_MAX words. */
static const struct people {
	const char *locale, *country, *street_format;
	const char *first[WORDS_MAX], *last[WORDS_MAX], *streets[WORDS_MAX], *places[WORDS_MAX];
} people[] = {
#define PEOPLE(locale, country, street_format, ...) {#locale, country, street_format, __VA_ARGS__},
#include "program/people.def"
};
#define LOCALES (sizeof people / sizeof *people)

static const struct people *find_people(struct str locale)
{
	for (size_t i = 0; i < LOCALES; i++)
		if (str_eq(locale, str_of(people[i].locale)))
			return &people[i];
	return NULL;
}

static struct str draw(struct eval *eval, const char *const words[WORDS_MAX])
{
	size_t count = 0;

	while (count < WORDS_MAX && words[count])
		count++;
	return str_of(words[random_below(eval->draws, count)]);
}

/* The letters from U+00C0 to U+017F without their marks, in lower case. */
static const char plain_letters[] = "aaaaaaaceeeeiiiidnooooo?ouuuuytsaaaaaaaceeeeiiii"
				    "dnooooo?ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggg"
				    "gggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooo"
				    "oooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* ä is ae in German addresses. */
static const char *german_letters(uint32_t letter)
{
	switch (letter) {
	case 0xc4:
	case 0xe4:
		return "ae";
	case 0xd6:
	case 0xf6:
		return "oe";
	case 0xdc:
	case 0xfc:
		return "ue";
	default:
		return NULL;
	}
}

/* Appends NAME as a part of an e-mail address: lower case letters only. */
static void put_plain(struct buf *out, bool is_german, struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.ptr[i];
		uint32_t letter = c;
		const char *pair;

		if (c >= 0xc3 && c <= 0xc5 && i + 1 < name.len)
			letter = (c & 0x1fu) << 6 | ((unsigned char)name.ptr[++i] & 0x3fu);
		pair = is_german ? german_letters(letter) : NULL;
		if (letter == 0xdf)
			pair = "ss";
		if (pair)
			buf_add(out, str_of(pair));
		else if (letter >= 0xc0 && letter < 0x180)
			buf_add_char(out, plain_letters[letter - 0xc0]);
		else if (ascii_is_letter(name.ptr[i]))
			buf_add_char(out, ascii_to_lower(name.ptr[i]));
	}
}

/* ---- the parts of a person */

static struct str put_email(struct eval *eval, const struct people *p, struct str first,
			    struct str last)
{
	static const char *const domains[] = {"example.com", "example.net", "example.org"};
	bool is_german = strcmp(p->locale, "de") == 0;
	struct buf *out = fn_buf(eval);
	size_t mark = out->len;

	put_plain(out, is_german, first);
	buf_add_char(out, '.');
	put_plain(out, is_german, last);
	buf_printf(out, ".%05u@%s", (unsigned)random_below(eval->draws, 100000),
		   domains[random_below(eval->draws, 3)]);
	return str_n(out->data + mark, out->len - mark);
}

static struct str put_street(struct eval *eval, const struct people *p)
{
	struct buf *out = fn_buf(eval);
	struct str street = draw(eval, p->streets);
	unsigned number = 1 + (unsigned)random_below(eval->draws, 120);
	size_t mark = out->len;

	for (const char *c = p->street_format; *c; c++) {
		if (*c != '%')
			buf_add_char(out, *c);
		else if (*++c == 's')
			buf_add(out, street);
		else
			buf_printf(out, "%u", number);
	}
	return str_n(out->data + mark, out->len - mark);
}

static struct str put_name(struct eval *eval, struct str first, struct str last)
{
	size_t mark = fn_buf(eval)->len;

	buf_printf(fn_buf(eval), "%.*s %.*s", STR_ARG(first), STR_ARG(last));
	return str_n(fn_buf(eval)->data + mark, fn_buf(eval)->len - mark);
}

/* ---- the function */

static bool unknown_locale(struct eval *eval, struct str locale)
{
	char known[8 * LOCALES];
	size_t at = 0;

	for (size_t i = 0; i < LOCALES; i++)
		at += (size_t)snprintf(known + at, sizeof known - at, i ? ", %s" : "%s",
				       people[i].locale);
	return eval_error(eval, "person has no locale '%.*s'; write one of %s", STR_ARG(locale),
			  known);
}

enum person_part { FIRST_NAME, LAST_NAME, NAME, EMAIL, STREET, POSTCODE, CITY, COUNTRY, PARTS };

static bool person_call(struct eval *eval, const struct value *args, unsigned count,
			struct value *out)
{
	static const char *const names[PARTS] = {"first_name", "last_name", "name", "email",
						 "street",     "postcode",  "city", "country"};
	struct str locale = count ? fn_text(eval, args[0]) : STR("en"), place, parts[PARTS];
	const struct people *p = find_people(locale);
	struct value *items;

	if (!p)
		return unknown_locale(eval, locale);
	items = scratch_items(eval->scratch, (size_t)2 * PARTS);
	if (!items)
		return eval_error(eval, "person has no room for its result");
	parts[FIRST_NAME] = draw(eval, p->first);
	parts[LAST_NAME] = draw(eval, p->last);
	parts[NAME] = put_name(eval, parts[FIRST_NAME], parts[LAST_NAME]);
	parts[EMAIL] = put_email(eval, p, parts[FIRST_NAME], parts[LAST_NAME]);
	parts[STREET] = put_street(eval, p);
	place = draw(eval, p->places);
	size_t bar = str_find_char(place, '|', 0);
	parts[POSTCODE] = str_slice(place, 0, bar);
	parts[CITY] = str_slice(place, bar + 1, place.len);
	parts[COUNTRY] = str_of(p->country);
	for (size_t i = 0; i < PARTS; i++) {
		items[2 * i] = value_text(str_of(names[i]));
		items[2 * i + 1] = value_text(parts[i]);
	}
	*out = (struct value){.type = VALUE_OBJECT, .items = items, .count = PARTS};
	return true;
}
PLAIN(person, FUNCTION_DRAWS, 0, 1, "person(locale)",
      "A fictional person, generated from the seed: first_name, last_name, name, email, street, "
      "postcode, city and country. The locale is en, de, fr, es, pt, it, nl or pl.",
      "person('de').country", "Deutschland");
