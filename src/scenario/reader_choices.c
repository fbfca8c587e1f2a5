/* Keys that cannot be used together, by the choices of the field tables. */
#include "scenario/reader_private.h"

/* Whether LIST, words with spaces between them, has WORD. */
static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
		if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

/* Why KEY cannot be used with OTHER; swaps them if the reason is that of the other order. */
static const char *reason(const struct field_choice *choice, const char **key, const char **other)
{
	for (const struct field_clash *c = choice->clashes; c && c->key; c++) {
		bool same = strcmp(c->key, *key) == 0 && strcmp(c->other, *other) == 0;
		bool swapped = strcmp(c->key, *other) == 0 && strcmp(c->other, *key) == 0;

		if (!same && !swapped)
			continue;
		*key = c->key;
		*other = c->other;
		return c->why;
	}
	return choice->why ? choice->why : "";
}

static bool report_clash(struct reader *r, const struct keys *keys, const struct field *row,
			 const struct field *used)
{
	const char *key = row->key, *other = used->key;
	const char *why = reason(row->choice, &key, &other);

	reader_error(r, keys_span(keys, key), (enum diag_code)row->choice->code,
		     "'%s' cannot be used with '%s'%s", key, other, why);
	return false;
}

bool reader_check_choices(struct reader *r, const struct keys *keys, const struct field *fields)
{
	for (const struct field *used = fields; used->key; used++) {
		if (!used->choice || used->with || !keys_has(keys, fields, used->key))
			continue;
		for (const struct field *row = fields; row->key; row++) {
			bool clashes = row->with ? !has_word(row->with, used->key) : row > used;

			if (row->choice == used->choice && clashes &&
			    keys_has(keys, fields, row->key))
				return report_clash(r, keys, row, used);
		}
	}
	return true;
}
