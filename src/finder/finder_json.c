/* Extractors for a value of a JSON body. */
#include "base/ascii.h"
#include "doc/jsonpath.h"
#include "finder/finder.h"

struct str finder_short_path(struct finder *f, struct str normalized)
{
	buf_clear(&f->text);
	jsonpath_put_short(normalized, &f->text);
	return arena_str(f->out, buf_str(&f->text));
}

/* Whether FULL is the path of a member beside the value: [LIST][i]['name']. */
static bool is_beside(struct str full, struct str element)
{
	return str_starts(full, element) &&
	       str_starts(str_slice(full, element.len, full.len), STR("['")) &&
	       str_find_char(full, '[', element.len + 1) == NOT_FOUND &&
	       jsonpath_is_short_name(str_slice(full, element.len + 2, full.len - 2));
}

/* The item of the tape at PATH, which is normalized; UINT32_MAX if there is none. */
static uint32_t item_at(struct finder *f, struct str path)
{
	struct jsonpath_error error;
	struct jsonpath_work work;
	uint32_t item = UINT32_MAX;
	const struct jsonpath *compiled;

	arena_reset(&f->errors);
	compiled = jsonpath_new(&f->errors, path, &error);
	if (!compiled)
		return item;
	jsonpath_work_init(&work, f->scratch.regex);
	if (jsonpath_find(compiled, &f->tape, &work) == JSONPATH_OK && work.count == 1)
		item = work.nodes[0];
	jsonpath_work_release(&work);
	jsonpath_release(compiled);
	return item;
}

bool finder_sibling(struct finder *f, struct str path, struct str wanted,
		    bool (*accepts)(void *arg, struct str name, struct str text), void *arg,
		    struct extractor_spec *spec)
{
	const struct json_tape *tape = &f->tape;
	struct buf other, text;
	bool done = false;
	size_t open = path.len, close;
	uint32_t element;

	while (open > 0 &&
	       !(path.ptr[open - 1] == '[' && open < path.len && ascii_is_digit(path.ptr[open])))
		open--;
	close = open ? str_find_char(path, ']', open) : NOT_FOUND;
	if (close == NOT_FOUND || !f->is_json)
		return false;
	element = item_at(f, str_slice(path, 0, close + 1));
	if (element == UINT32_MAX)
		return false;
	buf_init(&other, 0);
	buf_init(&text, 0);
	struct str list = finder_short_path(f, str_slice(path, 0, open - 1));
	struct str rest = finder_short_path(f, str_slice(path, close + 1, path.len));
	for (uint32_t i = element + 1; i + 1 < tape->items[element].next && !done; i++) {
		const struct json_item *item = &tape->items[i];
		struct str value, name;

		if (json_type(item) != JSON_KEY || json_escaped(item) ||
		    json_type(&tape->items[i + 1]) != JSON_STRING)
			continue;
		buf_clear(&text);
		name = json_raw(tape, item);
		value = json_text(tape, &tape->items[i + 1], &text);
		if (str_find_char(value, '\'', 0) != NOT_FOUND ||
		    str_find_char(value, '\\', 0) != NOT_FOUND || !accepts(arg, name, value))
			continue;
		buf_clear(&other);
		jsonpath_normalized(tape, i + 1, &other);
		if (!is_beside(buf_str(&other), str_slice(path, 0, close + 1)))
			continue;
		*spec = (struct extractor_spec){.kind = STR("jsonpath")};
		spec->value = arena_printf(f->out, "%.*s[?(@.%.*s == '%.*s')]%.*s", STR_ARG(list),
					   STR_ARG(name), STR_ARG(value), STR_ARG(rest));
		done = finder_try_unique(f, spec, wanted);
	}
	buf_release(&other);
	buf_release(&text);
	return done;
}
