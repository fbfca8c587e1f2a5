/* Proposals for a value of a JSON body. */
#include "base/ascii.h"
#include "doc/jsonpath.h"
#include "finder/proposal_private.h"

#define NAME_TEXT_MAX 60u /* of a text that identifies an item of a list */

/* The last index of PATH, as [*OPEN, *CLOSE] with its brackets; false if it has none. */
static bool last_index(struct str path, size_t *open, size_t *close)
{
	for (size_t i = path.len; i-- > 0;) {
		if (path.ptr[i] != '[' || i + 1 == path.len || !ascii_is_digit(path.ptr[i + 1]))
			continue;
		*open = i;
		*close = str_find_char(path, ']', i);
		return *close != NOT_FOUND;
	}
	return false;
}

static struct extractor_spec jsonpath_spec(struct str path, enum match_which match)
{
	return (struct extractor_spec){.kind = STR("jsonpath"), .value = path, .match = match};
}

/* ---- the one whose name is … */

struct sibling_choice {
	bool preferred; /* only names that usually identify something */
	struct str value, name, text;
	struct arena *arena;
};

static bool accepts(void *arg, struct str name, struct str text)
{
	static const char *const names[] = {"name", "title", "label", "slug",	  "key",
					    "code", "email", "user",  "username", "sku"};
	struct sibling_choice *choice = arg;
	bool preferred = false;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		preferred |= str_ieq(name, str_of(names[i]));
	if (preferred != choice->preferred || !text.len || text.len > NAME_TEXT_MAX ||
	    str_eq(text, choice->value) || str_find_char(text, '\n', 0) != NOT_FOUND)
		return false;
	/* The last one that is accepted is used, if it identifies the item. */
	choice->name = arena_str(choice->arena, name);
	choice->text = arena_str(choice->arena, text);
	return true;
}

static void add_named(struct proposal_search *s, struct str path)
{
	struct sibling_choice choice = {.value = s->out->value, .arena = s->f->out};
	struct extractor_spec spec;

	for (int i = 0; i < 2; i++) {
		choice.preferred = i == 0;
		if (!finder_sibling(s->f, path, s->out->value, accepts, &choice, &spec))
			continue;
		proposal_add(s, PROPOSAL_JSON_NAME, spec,
			     arena_printf(s->f->out, "The one whose %.*s is \"%.*s\"",
					  STR_ARG(choice.name), STR_ARG(choice.text)));
		return;
	}
}

/* ---- lists */

/* PATH with [*] instead of its last index, or of all its indexes. */
static struct str without_indexes(struct proposal_search *s, struct str path, bool all)
{
	size_t open, close;
	struct str rest = STR("");

	while (last_index(path, &open, &close)) {
		rest = arena_printf(
		    s->f->out, "[*]%.*s%.*s",
		    STR_ARG(finder_short_path(s->f, str_slice(path, close + 1, path.len))),
		    STR_ARG(rest));
		path = str_slice(path, 0, open);
		if (!all)
			break;
	}
	return arena_printf(s->f->out, "%.*s%.*s", STR_ARG(finder_short_path(s->f, path)),
			    STR_ARG(rest));
}

void proposal_json(struct proposal_search *s, struct str path)
{
	struct str whole = finder_short_path(s->f, path), inner, all;
	size_t open, close;
	int64_t index = 0;

	if (!last_index(path, &open, &close)) {
		proposal_add(s, PROPOSAL_JSON_NAME, jsonpath_spec(whole, MATCH_FIRST),
			     arena_printf(s->f->out, "The value at %.*s", STR_ARG(whole)));
		return;
	}
	inner = without_indexes(s, path, false);
	all = without_indexes(s, path, true);
	(void)str_to_int(str_slice(path, open + 1, close), &index);
	proposal_add(s, PROPOSAL_JSON_NAME, jsonpath_spec(inner, MATCH_RANDOM),
		     STR("Any of these %zu"));
	add_named(s, path);
	proposal_add(s, PROPOSAL_JSON_NAME, jsonpath_spec(inner, MATCH_ALL),
		     STR("All of these %zu, as a list"));
	if (!str_eq(inner, all))
		proposal_add(s, PROPOSAL_JSON_NAME, jsonpath_spec(all, MATCH_RANDOM),
			     STR("Any of all %zu"));
	proposal_add(
	    s, PROPOSAL_JSON_PLACE, jsonpath_spec(whole, MATCH_FIRST),
	    arena_printf(s->f->out, "The %.*s", STR_ARG(proposal_ordinal(s, (size_t)index + 1))));
}

/* ---- places */

struct str proposal_json_path(struct proposal_search *s, struct str path, struct buf *error)
{
	struct finder *f = s->f;
	struct jsonpath_error wrong;
	struct jsonpath_work work;
	struct str found = STR_NULL;
	const struct jsonpath *compiled;

	if (!f->is_json) {
		buf_add(error, STR("the body is not JSON"));
		return STR_NULL;
	}
	compiled = jsonpath_new(f->out, path, &wrong);
	if (!compiled) {
		buf_printf(error, "'%.*s' is not a JSONPath: %s", STR_ARG(path), wrong.text);
		return STR_NULL;
	}
	jsonpath_work_init(&work, f->scratch.regex);
	if (jsonpath_find(compiled, &f->tape, &work) == JSONPATH_OK && work.count) {
		buf_clear(&f->text);
		jsonpath_normalized(&f->tape, work.nodes[0], &f->text);
		found = arena_str(f->out, buf_str(&f->text));
	} else {
		buf_printf(error, "the body has no value at %.*s", STR_ARG(path));
	}
	jsonpath_work_release(&work);
	jsonpath_release(compiled);
	return found;
}

struct str proposal_json_path_at(struct proposal_search *s, size_t begin, size_t end)
{
	struct finder *f = s->f;

	for (uint32_t i = 0; f->is_json && i < f->tape.count; i++) {
		const struct json_item *item = &f->tape.items[i];
		size_t from = item->begin, to = from + item->bytes;
		bool quoted = json_type(item) == JSON_STRING;

		if (json_type(item) == JSON_KEY)
			continue;
		/* The whole value, with or without its quotes. */
		if ((begin == from && end == to) ||
		    (quoted && begin + 1 == from && end == to + 1)) {
			buf_clear(&f->text);
			jsonpath_normalized(&f->tape, i, &f->text);
			return arena_str(f->out, buf_str(&f->text));
		}
	}
	return STR_NULL;
}
