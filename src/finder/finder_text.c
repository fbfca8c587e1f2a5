/* Extractors for a value in a body that is read as a text. */
#include "base/ascii.h"
#include "finder/finder.h"

#define LEFT_LONGEST  60u
#define LEFT_ENOUGH   24u /* long enough to begin within a word */
#define RIGHT_LONGEST 16u

static bool has_digit_run(struct str s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.len; i++) {
		run = ascii_is_digit(s.ptr[i]) ? run + 1 : 0;
		if (run >= 4)
			return true;
	}
	return false;
}

/* Text before AT that does not occur earlier: it grows until it is unique. */
static bool grow_left(struct str text, size_t at, size_t shortest, struct str *left)
{
	for (size_t n = shortest; n <= LEFT_LONGEST && n <= at; n++) {
		struct str candidate = str_slice(text, at - n, at);

		if (memchr(candidate.ptr, '\n', n) || memchr(candidate.ptr, '\r', n) ||
		    has_digit_run(candidate) || !str_is_utf8(candidate, NULL))
			break;
		*left = candidate;
		/* Starting at a word makes it readable. */
		if (str_find(text, candidate, 0) == at - n &&
		    (n == at || !ascii_is_name(text.ptr[at - n - 1]) || n >= LEFT_ENOUGH ||
		     (shortest < FINDER_LEFT_SHORTEST && !ascii_is_alnum(candidate.ptr[0]))))
			return true;
	}
	return left->len > 0;
}

bool finder_boundary(struct finder *f, size_t at, struct str wanted, size_t shortest,
		     struct extractor_spec *spec)
{
	struct str body = f->response.body, left = STR_NULL;
	size_t end = at + wanted.len;

	if (!grow_left(body, at, shortest, &left) || end >= body.len || !str_utf8_step(body, end))
		return false;
	*spec = (struct extractor_spec){.kind = STR("boundary")};
	spec->left = arena_str(f->out, left);
	/* The value may contain the character that follows it: then use more of the following
	 * text. */
	for (size_t to = end, step; to < body.len && to - end < RIGHT_LONGEST; to += step) {
		step = str_utf8_step(body, to);
		if (!step || body.ptr[to] == '\n')
			return false;
		if (str_find(wanted, str_slice(body, end, to + step), 0) != NOT_FOUND)
			continue;
		spec->right = arena_str(f->out, str_slice(body, end, to + step));
		return finder_try(f, spec, wanted, false);
	}
	return false;
}

void finder_put_quoted(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("\\^$.|?*+()[]{}", text.ptr[i]))
			buf_add_char(out, '\\');
		buf_add_char(out, text.ptr[i]);
	}
}

/* All characters but the one that follows the value; any, if the value has that, too. */
static void put_value_class(struct buf *out, struct str wanted, char after)
{
	if (str_find_char(wanted, after, 0) != NOT_FOUND || (unsigned char)after >= 0x80) {
		buf_add(out, STR("(.+?)"));
		finder_put_quoted(out, str_n(&after, (unsigned char)after < 0x80));
	} else {
		buf_printf(out, "([^%s%c%s]+)", strchr("\\]^", after) ? "\\" : "", after,
			   ascii_is_html_space(after) ? "" : "\\s");
	}
}

bool finder_pattern(struct finder *f, size_t at, struct str wanted, size_t shortest,
		    struct extractor_spec *spec)
{
	struct str body = f->response.body, left = STR_NULL;
	size_t end = at + wanted.len;
	bool spaces = false;

	if (!grow_left(body, at, shortest, &left) || end >= body.len || body.ptr[end] == '\0')
		return false;
	for (size_t i = 0; i < wanted.len; i++)
		spaces |= ascii_is_html_space(wanted.ptr[i]);
	buf_clear(&f->text);
	finder_put_quoted(&f->text, left);
	if (spaces) {
		buf_add(&f->text, STR("(.+?)"));
		finder_put_quoted(&f->text, str_slice(body, end, end + str_utf8_step(body, end)));
	} else {
		put_value_class(&f->text, wanted, body.ptr[end]);
	}
	*spec = (struct extractor_spec){.kind = STR("regex")};
	spec->value = arena_str(f->out, buf_str(&f->text));
	return finder_try(f, spec, wanted, false);
}

bool finder_whole_text(struct finder *f, struct str wanted, struct extractor_spec *spec)
{
	if (!str_eq(str_trim(f->response.body), wanted))
		return false;
	*spec = (struct extractor_spec){.kind = STR("regex"), .value = STR("^\\s*(\\S+)\\s*$")};
	return finder_try(f, spec, wanted, false);
}
