#include "edit/edit_json.h"

#include "base/diag.h"
#include "doc/json_node.h"

enum member {
	MEMBER_PATH = 1 << 0,
	MEMBER_FROM = 1 << 1,
	MEMBER_KEY = 1 << 2,
	MEMBER_BEFORE = 1 << 3,
	MEMBER_AFTER = 1 << 4,
	MEMBER_VALUE = 1 << 5,
	MEMBER_STYLE = 1 << 6,
	MEMBER_ALIASES = 1 << 7,
	MEMBER_ITEM = 1 << 8,
	MEMBER_DIGEST = 1 << 9,
	MEMBER_EDITS = 1 << 10,
};

static const char *const member_names[] = {"path",  "from",    "key",  "before", "after", "value",
					   "style", "aliases", "item", "digest", "edits"};

/* In the order of enum edit_kind. */
static const struct {
	const char *name;
	unsigned required, optional;
} kinds[] = {
    {"set", MEMBER_PATH, MEMBER_VALUE | MEMBER_STYLE | MEMBER_ALIASES},
    {"add", MEMBER_PATH | MEMBER_VALUE, MEMBER_BEFORE | MEMBER_AFTER | MEMBER_ALIASES},
    {"insert", MEMBER_PATH | MEMBER_VALUE, MEMBER_ALIASES},
    {"remove", MEMBER_PATH, MEMBER_ALIASES},
    {"move", MEMBER_FROM | MEMBER_PATH, MEMBER_BEFORE | MEMBER_AFTER | MEMBER_ALIASES},
    {"duplicate", MEMBER_PATH, MEMBER_KEY | MEMBER_ALIASES},
    {"disable", MEMBER_PATH, MEMBER_ALIASES},
    {"enable", MEMBER_PATH | MEMBER_ITEM, MEMBER_ALIASES},
    {"rename", MEMBER_PATH | MEMBER_KEY, MEMBER_ALIASES},
    {"scenarios", 0, MEMBER_KEY},
    {"undo", MEMBER_DIGEST | MEMBER_EDITS, 0},
};

static const char *const style_names[] = {"keep", "plain", "single", "double", "literal", "folded"};
static const char *const alias_names[] = {"ask", "everywhere", "here"};
static const char *const refusal_names[] = {"accepted", "no-path", "wrong-operation", "alias",
					    "broken",	"as-text", "other-text",      "conflict"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

const char *edit_json_kind(enum edit_kind kind)
{
	return kinds[kind].name;
}

const char *edit_json_refusal(enum edit_refusal refusal)
{
	return refusal_names[refusal];
}

/* ---- reading */

struct ops_reader {
	struct arena *arena;
	struct edit_json_error *error;
};

static bool fail(struct ops_reader *r, const struct node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(struct ops_reader *r, const struct node *node, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	r->error->reason = arena_vprintf(r->arena, format, args);
	r->error->at = node->span.begin;
	va_end(args);
	return false;
}

static bool is_text(const struct node *node)
{
	return node->kind == NODE_SCALAR && node->style == NODE_DOUBLE;
}

static bool read_text(struct ops_reader *r, const struct node *node, const char *name,
		      struct str *out)
{
	if (!is_text(node))
		return fail(r, node, "'%s' must be a JSON string", name);
	*out = node->text;
	return true;
}

static bool read_word(struct ops_reader *r, const struct node *node, const char *const *words,
		      size_t count, unsigned *out)
{
	for (unsigned i = 0; is_text(node) && i < count; i++)
		if (str_eq(node->text, str_of(words[i]))) {
			*out = i;
			return true;
		}
	struct str list = STR("");

	for (size_t i = 1; i < count; i++)
		list =
		    arena_printf(r->arena, "%.*s%s%s", STR_ARG(list), i > 1 ? ", " : "", words[i]);
	return fail(r, node, "'%.*s' is not valid here; use %.*s", STR_ARG(node->text),
		    STR_ARG(list));
}

static bool read_number(struct ops_reader *r, const struct node *node, const char *name,
			int64_t *out)
{
	if (!node || node->kind != NODE_SCALAR || is_text(node) || !str_to_int(node->text, out) ||
	    *out < 0 || *out > UINT32_MAX)
		return fail(r, node, "'%s' must be a number of at least 0", name);
	return true;
}

static bool read_edits(struct ops_reader *r, const struct node *list, struct edit_patches *out)
{
	struct edit_patch *patches;

	if (list->kind != NODE_LIST)
		return fail(r, list, "'edits' must be a list");
	patches = ARENA_ARRAY(r->arena, list->count, struct edit_patch);
	for (size_t i = 0; i < list->count; i++) {
		const struct node *begin = node_find(list->items[i], STR("begin"));
		const struct node *end = node_find(list->items[i], STR("end"));
		const struct node *text = node_find(list->items[i], STR("text"));
		int64_t from, to;

		if (!begin || !end || !text || list->items[i]->count != 3)
			return fail(r, list->items[i],
				    "an edit has the members 'begin', 'end' and 'text'");
		if (!read_number(r, begin, "begin", &from) || !read_number(r, end, "end", &to) ||
		    !read_text(r, text, "text", &patches[i].text))
			return false;
		patches[i].begin = (uint32_t)from;
		patches[i].end = (uint32_t)to;
	}
	*out = (struct edit_patches){patches, list->count};
	return true;
}

/* The longest text of JSON that YAML accepts as a value. */
static bool read_value(struct ops_reader *r, const struct node *node, unsigned depth)
{
	if (depth > 32)
		return fail(r, node, "the value is nested too deeply; the maximum is 32 levels");
	for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
		if (!read_value(r, node->items[i], depth + 1))
			return false;
	for (size_t i = 0; node->kind == NODE_MAP && i < node->count; i++)
		if (!read_value(r, node->pairs[i].value, depth + 1))
			return false;
	return true;
}

static bool read_member(struct ops_reader *r, const struct node *node, enum member member,
			const char *name, struct edit_op *op)
{
	unsigned word = 0;
	int64_t number;

	switch (member) {
	case MEMBER_PATH:
		return read_text(r, node, name, &op->path);
	case MEMBER_FROM:
		return read_text(r, node, name, &op->from);
	case MEMBER_KEY:
		return read_text(r, node, name, &op->key);
	case MEMBER_BEFORE:
		return read_text(r, node, name, &op->before);
	case MEMBER_AFTER:
		return read_text(r, node, name, &op->after);
	case MEMBER_DIGEST:
		return read_text(r, node, name, &op->digest);
	case MEMBER_VALUE:
		op->value = node;
		return read_value(r, node, 0);
	case MEMBER_STYLE:
		if (!read_word(r, node, style_names, COUNT(style_names), &word))
			return false;
		op->style = (enum edit_style)word;
		return true;
	case MEMBER_ALIASES:
		if (!read_word(r, node, alias_names, COUNT(alias_names), &word))
			return false;
		op->aliases = (enum edit_aliases)word;
		return true;
	case MEMBER_ITEM:
		if (!read_number(r, node, name, &number))
			return false;
		op->item = (size_t)number;
		return true;
	case MEMBER_EDITS:
		return read_edits(r, node, &op->patches);
	}
	return false;
}

static bool read_members(struct ops_reader *r, const struct node *map, struct edit_op *op)
{
	unsigned required = kinds[op->kind].required, known = required | kinds[op->kind].optional;
	unsigned given = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct node_pair *pair = &map->pairs[i];
		size_t m = 0;

		if (str_eq(pair->key->text, STR("op")))
			continue;
		while (m < COUNT(member_names) && !str_eq(pair->key->text, str_of(member_names[m])))
			m++;
		if (m == COUNT(member_names) || !(known & (1u << m)))
			return fail(r, pair->key, "the operation '%s' has no member '%.*s'",
				    kinds[op->kind].name, STR_ARG(pair->key->text));
		given |= 1u << m;
		if (!read_member(r, pair->value, (enum member)(1u << m), member_names[m], op))
			return false;
	}
	for (size_t m = 0; m < COUNT(member_names); m++)
		if ((required & ~given) & (1u << m))
			return fail(r, map, "the operation '%s' needs the member '%s'",
				    kinds[op->kind].name, member_names[m]);
	if (op->kind == EDIT_SET && !op->value && op->style == EDIT_STYLE_KEEP)
		return fail(r, map, "the operation 'set' needs the member 'value', or a 'style'");
	return true;
}

static bool read_op(struct ops_reader *r, const struct node *map, struct edit_op *op)
{
	const struct node *name = node_find(map, STR("op"));

	if (!name)
		return fail(r, map, "an operation is an object with the member 'op'");
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (is_text(name) && str_eq(name->text, str_of(kinds[i].name))) {
			op->kind = (enum edit_kind)i;
			return read_members(r, map, op);
		}
	struct str words[COUNT(kinds)];
	for (size_t i = 0; i < COUNT(kinds); i++)
		words[i] = str_of(kinds[i].name);
	struct str nearest = diag_nearest(name->text, words, COUNT(kinds));
	return fail(r, name, "'%.*s' is not an operation%s%.*s%s", STR_ARG(name->text),
		    nearest.len ? "; did you mean '" : "", STR_ARG(nearest),
		    nearest.len ? "'?" : "");
}

bool edit_json_read(struct arena *a, struct str json, const struct edit_op **ops, size_t *count,
		    struct edit_json_error *error)
{
	struct ops_reader r = {.arena = a, .error = error};
	const struct source *source = source_new(a, STR(""), json);
	const char *why = NULL;
	size_t at = 0;
	const struct node *list = json_node_read(a, source, &at, &why);

	if (!list) {
		*error = (struct edit_json_error){at, str_of(why)};
		return false;
	}
	if (list->kind != NODE_LIST)
		return fail(&r, list, "a list of operations is expected: [{\"op\": \"set\", …}]");
	struct edit_op *all = ARENA_ARRAY(a, list->count, struct edit_op);
	for (size_t i = 0; i < list->count; i++)
		if (!read_op(&r, list->items[i], &all[i]))
			return false;
	*ops = all;
	*count = list->count;
	return true;
}

/* ---- writing */

void edit_json_put_patches(struct json_writer *j, const char *key, struct str text,
			   struct edit_patches patches, enum edit_json_unit unit)
{
	uint32_t at = 0, units = 0;

	json_writer_open_array(j, key);
	for (size_t i = 0; i < patches.count; i++) {
		const struct edit_patch *patch = &patches.items[i];
		uint32_t begin = patch->begin, end = patch->end;

		if (unit == EDIT_JSON_UTF16) {
			begin = units +
				edit_utf16_offset(str_slice(text, at, text.len), patch->begin - at);
			end = begin + edit_utf16_offset(str_slice(text, patch->begin, text.len),
							patch->end - patch->begin);
			at = patch->end;
			units = end;
		}
		json_writer_open(j, NULL);
		json_writer_uint(j, "begin", begin);
		json_writer_uint(j, "end", end);
		json_writer_text(j, "text", patch->text);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

/* The list with the operation `undo`, as the value of KEY. */
static void put_undo(struct json_writer *j, const char *key, struct arena *a, struct str text,
		     struct edit_patches patches)
{
	struct str changed = edit_patches_apply(a, text, patches);

	json_writer_open_array(j, key);
	json_writer_open(j, NULL);
	json_writer_text(j, "op", STR("undo"));
	json_writer_text(j, "digest", edit_digest(a, changed));
	edit_json_put_patches(j, "edits", changed, edit_patches_invert(a, text, patches),
			      EDIT_JSON_BYTES);
	json_writer_close(j);
	json_writer_close_array(j);
}

void edit_json_put_undo(struct buf *out, struct arena *a, struct str text,
			struct edit_patches patches)
{
	struct json_writer j = json_writer_spaced(out);

	put_undo(&j, NULL, a, text, patches);
	buf_add_char(out, '\n');
}

static void put_refusal(struct json_writer *j, const struct edit_op *op,
			const struct edit_result *result)
{
	if (op) {
		json_writer_uint(j, "operation", result->op);
		json_writer_text(j, "path", op->kind == EDIT_MOVE ? op->from : op->path);
	}
	json_writer_text(j, "code", str_of(edit_json_refusal(result->refusal)));
	json_writer_text(j, "message", result->reason);
	if (!result->line)
		return;
	json_writer_uint(j, "line", result->line);
	json_writer_uint(j, "byte", result->at);
}

void edit_json_put_result(struct buf *out, struct arena *a, struct str text,
			  const struct edit_op *ops, size_t count, const struct edit_result *result)
{
	struct json_writer j = json_writer_spaced(out);

	json_writer_open(&j, NULL);
	json_writer_bool(&j, "applied", result->ok);
	if (result->ok) {
		edit_json_put_patches(&j, "edits", text, result->patches, EDIT_JSON_BYTES);
		put_undo(&j, "undo", a, text, result->patches);
	} else {
		put_refusal(&j, count ? &ops[result->op] : NULL, result);
	}
	json_writer_close(&j);
	buf_add_char(out, '\n');
}
