#include "base/secret_mask.h"

#include "base/ascii.h"

/* ---- finding */

/* The longest secret that begins at a byte of the text. */
struct longest {
	uint32_t to; /* 0: none */
	bool plain;
	struct str name;
};

struct mask_finder {
	struct secret_mask *mask;
	struct str text;
	const struct secret_forms_text *decoded; /* or NULL: positions are those of the text */
};

static struct longest *longest_at(const struct secret_mask *mask, size_t at)
{
	return (struct longest *)(void *)mask->hits.data + at;
}

static void begin_hits(struct secret_mask *mask, size_t len)
{
	if (mask->hits.len)
		return;
	buf_reserve(&mask->hits, len * sizeof(struct longest));
	mask->hits.len = len * sizeof(struct longest);
	memset(mask->hits.data, 0, mask->hits.len);
}

static void add_hit(void *owner, const struct secret_hit *hit)
{
	struct mask_finder *f = owner;
	size_t from = hit->from, to = hit->to;
	struct longest *longest;

	if (f->decoded) {
		from = secret_forms_place(f->decoded, hit->from).from;
		to = secret_forms_place(f->decoded, hit->to - 1).to;
	}
	begin_hits(f->mask, f->text.len);
	longest = longest_at(f->mask, from);
	if (to < longest->to ||
	    (to == longest->to && !str_eq(longest->name, STR(SECRET_SET_UNNAMED))))
		return;
	*longest = (struct longest){(uint32_t)to, hit->plain && !f->decoded, hit->name};
}

static bool ends_authority(char c)
{
	return (unsigned char)c <= ' ' || strchr("/?#\"'<>\\", c);
}

/* The user names and passwords of URLs in TEXT, decoded or not. */
static void find_logins(struct mask_finder *f, struct str text)
{
	size_t at = 0;

	while ((at = str_find(text, STR("://"), at)) != NOT_FOUND) {
		size_t from = at += 3, end = from;

		for (; at < text.len && !ends_authority(text.ptr[at]); at++)
			if (text.ptr[at] == '@')
				end = at;
		if (end > from)
			add_hit(f, &(struct secret_hit){from, end, STR(SECRET_MASK_LOGIN), true});
	}
}

static void find(struct mask_finder *f, struct str text, const struct secret_set *const *sets,
		 size_t count)
{
	for (size_t i = 0; i < count; i++)
		secret_set_search(sets[i], text, add_hit, f);
	find_logins(f, text);
}

/* ---- replacing */

/* NAME as the name of a shell variable. */
static void put_name(struct buf *out, struct str name)
{
	if (!name.len || ascii_is_digit(name.ptr[0]))
		buf_add_char(out, '_');
	for (size_t i = 0; i < name.len; i++)
		buf_add_char(out, ascii_is_name(name.ptr[i]) ? name.ptr[i] : '_');
}

static void put_replacement(const struct longest *secret, size_t bytes,
			    enum secret_mask_style style, struct buf *out)
{
	switch (style) {
	case SECRET_MASK_HIDDEN:
		buf_add(out, STR("***"));
		return;
	case SECRET_MASK_WIDTH:
		while (bytes--)
			buf_add_char(out, '*');
		return;
	case SECRET_MASK_NAMED:
		buf_add_char(out, SECRET_MASK_MARK);
		put_name(out, secret->name);
		if (!secret->plain)
			buf_add(out, STR("_ENCODED"));
		buf_add_char(out, SECRET_MASK_MARK);
		return;
	}
}

static void put_plain(struct str text, enum secret_mask_style style, struct buf *out)
{
	size_t mark = NOT_FOUND;

	if (style == SECRET_MASK_NAMED)
		mark = str_find_char(text, SECRET_MASK_MARK, 0);
	while (mark != NOT_FOUND) {
		buf_add(out, str_slice(text, 0, mark + 1));
		buf_add_char(out, SECRET_MASK_MARK);
		text = str_slice(text, mark + 1, text.len);
		mark = str_find_char(text, SECRET_MASK_MARK, 0);
	}
	buf_add(out, text);
}

/* The end of the secret that begins at AT and of those that overlap it; the longest of them is in
 * LONGEST. */
static size_t end_of_secrets(const struct secret_mask *mask, size_t at, struct longest *longest)
{
	size_t end = longest_at(mask, at)->to, length = end - at;

	*longest = *longest_at(mask, at);
	for (size_t i = at + 1; i < end; i++) {
		const struct longest *next = longest_at(mask, i);

		if (next->to <= end)
			continue;
		if (next->to - i > length) {
			length = next->to - i;
			*longest = *next;
		}
		longest->plain = false;
		end = next->to;
	}
	return end;
}

static void replace(const struct secret_mask *mask, struct str text, enum secret_mask_style style,
		    struct buf *out)
{
	size_t clean = 0, at = 0;
	struct longest longest;

	while (at < text.len && mask->hits.len) {
		if (!longest_at(mask, at)->to) {
			at++;
			continue;
		}
		put_plain(str_slice(text, clean, at), style, out);
		clean = end_of_secrets(mask, at, &longest);
		put_replacement(&longest, clean - at, style, out);
		at = clean;
	}
	put_plain(str_slice(text, clean, text.len), style, out);
}

/* ---- the mask */

void secret_mask_init(struct secret_mask *mask)
{
	secret_forms_text_init(&mask->decoded);
	buf_init(&mask->hits, 0);
	buf_init(&mask->out, 0);
}

void secret_mask_release(struct secret_mask *mask)
{
	secret_forms_text_release(&mask->decoded);
	buf_release(&mask->hits);
	buf_release(&mask->out);
}

void secret_mask_text(struct secret_mask *mask, const struct secret_set *const *sets, size_t count,
		      enum secret_mask_style style, struct buf *text)
{
	struct mask_finder finder = {.mask = mask, .text = buf_str(text)};

	mask->hits.len = 0;
	find(&finder, finder.text, sets, count);
	if (secret_forms_decode(finder.text, &mask->decoded)) {
		finder.decoded = &mask->decoded;
		find(&finder, buf_str(&mask->decoded.bytes), sets, count);
	}
	if (!mask->hits.len && style != SECRET_MASK_NAMED)
		return;
	buf_clear(&mask->out);
	replace(mask, finder.text, style, &mask->out);
	buf_clear(text);
	buf_add(text, text->max ? str_cut(buf_str(&mask->out), text->max) : buf_str(&mask->out));
}

void secret_mask_once(const struct secret_set *set, struct buf *text)
{
	struct secret_mask mask;

	secret_mask_init(&mask);
	secret_mask_text(&mask, &set, 1, SECRET_MASK_HIDDEN, text);
	secret_mask_release(&mask);
}
