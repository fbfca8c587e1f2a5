/* Reports keys that a table does not have: suggests the nearest key, or says where the key belongs.
 */
#include "scenario/extract_common.h"
#include "scenario/other_tools.h"
#include "scenario/reader_private.h"

const struct field *field_find(const struct field *fields, struct str key)
{
	for (const struct field *row = fields; row->key; row++) {
		if (key.len && row->key[0] == key.ptr[0] &&
		    strncmp(row->key, key.ptr, key.len) == 0 && !row->key[key.len])
			return row;
	}
	return NULL;
}

static bool has_key(const struct field *fields, struct str key)
{
	return fields && field_find(fields, key) != NULL;
}

/* Finds the mapping below FIELDS that has KEY, such as "load" or "load: stages"; the table `here`
 * is not searched. */
static bool find_below(struct reader *r, const struct field *fields, struct str key,
		       const struct field *here, int depth, struct str *path)
{
	for (const struct field *row = fields; row->key && depth < 5; row++) {
		const struct field *inner = row->element ? row->element : row;

		if (!inner->fields || inner->fields == here)
			continue;
		if (has_key(inner->fields, key)) {
			*path = str_of(row->key);
			return true;
		}
		if (find_below(r, inner->fields, key, here, depth + 1, path)) {
			*path = arena_printf(r->arena, "%s: %.*s", row->key, STR_ARG(*path));
			return true;
		}
	}
	return false;
}

static bool is_step_table(const struct reader *r, const struct field *fields)
{
	for (size_t i = 0; i < r->tables->step_count; i++) {
		if (r->tables->steps[i]->fields == fields)
			return true;
	}
	return false;
}

/* The first kind of step that has KEY, or NULL. */
static const struct step_kind *step_with(const struct reader *r, struct str key,
					 const struct field *not_this)
{
	for (size_t i = 0; i < r->tables->step_count; i++) {
		const struct field *fields = r->tables->steps[i]->fields;

		if (fields != not_this && has_key(fields, key))
			return r->tables->steps[i];
	}
	return NULL;
}

static const char *first_action(const struct step_kind *kind)
{
	const struct field *row = kind->fields;

	while (row->key && !(row->flags & FIELD_ACTION))
		row++;
	return row->key;
}

/* Reports a key that belongs to another extractor. */
static bool belongs_to_extractor(struct reader *r, const struct node *key)
{
	for (size_t i = 0; i < r->tables->extract_count; i++) {
		const struct extract_kind *kind = r->tables->extracts[i];

		if (!has_key(kind->fields, key->text))
			continue;
		reader_error(r, key->span, DIAG_E142,
			     "'%.*s' is not allowed here; it is a key of the extractor '%s'",
			     STR_ARG(key->text), kind->name);
		return true;
	}
	return false;
}

#define SHORT_VALUE 30u

/* The text of a short value for a message; empty if it is not one. */
static struct str short_value(const struct node *value)
{
	return value->kind == NODE_SCALAR && value->style == NODE_PLAIN &&
		       value->text.len <= SHORT_VALUE &&
		       str_find(value->text, STR("${"), 0) == NOT_FOUND
		   ? value->text
		   : STR("");
}

/* PAIR, and the other short pairs of NODE that belong under PATH too: "users: 5, duration: 1m". */
static struct str moved_pairs(struct reader *r, const struct node *node,
			      const struct node_pair *pair, const struct field *fields,
			      struct str path)
{
	struct str all = STR("");

	for (size_t i = 0; i < node->count; i++) {
		const struct node_pair *other = &node->pairs[i];
		struct str word = other->key->text, value = short_value(other->value), place;

		if (other != pair &&
		    (!value.len || field_find(fields, word) || other_tools_hint_in(fields, word) ||
		     !find_below(r, r->root, word, fields, 0, &place) || !str_eq(place, path)))
			continue;
		all = arena_printf(r->arena, "%.*s%s%.*s: %.*s", STR_ARG(all), all.len ? ", " : "",
				   STR_ARG(word), STR_ARG(value));
	}
	return node_find(node, path) ? arena_printf(r->arena, "%.*s, …", STR_ARG(all)) : all;
}

static struct str nearest_key(struct reader *r, struct str found, const struct field *fields,
			      const struct field *more)
{
	VEC(struct str) keys = {NULL, 0, 0};

	for (const struct field *row = fields; row && row->key; row++)
		VEC_PUSH(r->arena, &keys, str_of(row->key));
	for (const struct field *row = more; row && row->key; row++)
		VEC_PUSH(r->arena, &keys, str_of(row->key));
	return diag_nearest(found, keys.items, keys.count);
}

/* Whether PATH is so far from the place of the key that it is probably not meant. */
static bool is_far(struct str path)
{
	size_t colon = str_find_char(path, ':', 0);

	return colon != NOT_FOUND && str_find_char(path, ':', colon + 1) != NOT_FOUND;
}

/* Reports where the key of PAIR belongs if another table has it. */
static bool belongs_elsewhere(struct reader *r, const struct node *node,
			      const struct node_pair *pair, const struct field *fields)
{
	const struct node *key = pair->key;
	const struct reader_action *action = reader_action_find(r, key->text);
	const struct step_kind *kind = step_with(r, key->text, fields);
	struct str path, word = key->text;

	if (fields == extract_common_fields && belongs_to_extractor(r, key))
		return true;
	if (action && fields == r->root) {
		reader_error(r, key->span, DIAG_E142,
			     "'%.*s' is a step; put it in the list under 'steps', after a dash",
			     STR_ARG(word));
		return true;
	}
	if (action) {
		struct diag *diag = reader_error(
		    r, key->span, DIAG_E142,
		    "'%.*s' is a separate step, not a key that is allowed here", STR_ARG(word));
		if (field_find(fields, STR("pace")))
			diag_note(r->diags, diag, SPAN_NONE,
				  "a scenario needs a list of steps: - steps: [%.*s: …]",
				  STR_ARG(word));
		if (is_step_table(r, fields))
			diag_note(r->diags, diag, SPAN_NONE,
				  "put it in the list of steps, after a dash: - %.*s: …",
				  STR_ARG(word));
		return true;
	}
	if (r->root && fields != r->root && has_key(r->root, word)) {
		reader_error(r, key->span, DIAG_E142,
			     "'%.*s' is not allowed here; move it to the top level of the file",
			     STR_ARG(word));
		return true;
	}
	/* At the top level, a key of both steps and `defaults` belongs to `defaults`. */
	if (r->root && (fields == r->root || !kind) &&
	    find_below(r, r->root, word, fields, 0, &path) && !is_far(path)) {
		struct str value = short_value(pair->value);
		struct str moved = moved_pairs(r, node, pair, fields, path);

		reader_error(r, key->span, DIAG_E142,
			     value.len
				 ? "'%.*s' is not allowed here; move it under '%.*s', such as "
				   "%.*s: {%.*s}"
				 : "'%.*s' is not allowed here; move it under '%.*s'",
			     STR_ARG(word), STR_ARG(path), STR_ARG(path), STR_ARG(moved));
		return true;
	}
	if (kind) {
		reader_error(r, key->span, DIAG_E142,
			     "'%.*s' is not allowed here; move it to a step such as '%s'",
			     STR_ARG(word), first_action(kind));
		return true;
	}
	return false;
}

/* Mappings of other tools whose keys have another meaning together than one by one. */
static const struct {
	const char *place, *keys[3]; /* a mapping with all of these keys, and no others */
	const char *values[3];	     /* the values that keys must have, or NULL */
	const char *format;	     /* % and a digit is the value of that key */
} shapes[] = {
    {"ramp_to", {"duration", "target"}, {NULL}, "{ramp_to: %1, over: %0}"},
    {"aws_sigv4", {"type", "token"}, {"bearer"}, "{bearer: %1}"},
    {"aws_sigv4", {"user", "password"}, {NULL}, "{basic: {user: %0, password: %1}}"},
    {"aws_sigv4", {"username", "password"}, {NULL}, "{basic: {user: %0, password: %1}}"},
    {"aws_sigv4", {"type", "user", "password"}, {"basic"}, "{basic: {user: %1, password: %2}}"},
    {"aws_sigv4", {"type", "username", "password"}, {"basic"}, "{basic: {user: %1, password: %2}}"},
};

/* The format of shape AT with the values of NODE as they are written; empty if NODE is not it. */
static struct str shape_text(struct reader *r, const struct node *node, size_t at)
{
	const struct node *values[3] = {NULL};
	struct str all = STR("");
	size_t count = 0;

	for (; count < 3 && shapes[at].keys[count]; count++) {
		const char *wanted = shapes[at].values[count];

		values[count] = node_find(node, str_of(shapes[at].keys[count]));
		if (!values[count] || values[count]->kind != NODE_SCALAR ||
		    !values[count]->span.source || node_is_empty(values[count]) ||
		    (wanted && !str_ieq(values[count]->text, str_of(wanted))))
			return all;
	}
	for (const char *c = shapes[at].format; node->count == count && *c; c++) {
		const struct node *value = *c == '%' ? values[*++c - '0'] : NULL;
		struct str part =
		    value ? str_slice(value->span.source->text, value->span.begin, value->span.end)
			  : str_n(c, 1);

		all = arena_printf(r->arena, "%.*s%.*s", STR_ARG(all), STR_ARG(part));
	}
	return all;
}

/* Reports NODE once if it is such a mapping. */
static bool is_other_shape(struct reader *r, const struct node *node, const struct node_pair *pair,
			   const struct field *fields)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		struct str text =
		    field_find(fields, str_of(shapes[i].place)) ? shape_text(r, node, i) : STR("");

		if (!text.len)
			continue;
		if (pair != node->pairs)
			return true;
		struct diag *diag =
		    reader_error(r, pair->key->span, DIAG_E101, "unknown key '%.*s'; write %.*s",
				 STR_ARG(pair->key->text), STR_ARG(text));
		if (node->flow)
			diag_fix_in_line(r->diags, diag, node->span, text);
		return true;
	}
	return false;
}

/* Whether VALUE has a shape that ROW can have. */
static bool fits(const struct field *row, const struct node *value)
{
	enum field_type type = row->type;

	if (type < FIELD_OBJECT)
		return value->kind == NODE_SCALAR;
	if (type == FIELD_LIST || type == FIELD_STEPS)
		return value->kind == NODE_LIST || (row->flags & FIELD_ONE_OK);
	return type == FIELD_SPECIAL || value->kind == NODE_MAP;
}

/* Adds the edit that gives PAIR of NODE the name KEY, if FIELDS have it and NODE has not. */
static void rename_key(struct reader *r, struct diag *diag, const struct node *node,
		       const struct node_pair *pair, const struct field *fields, struct str key)
{
	const struct field *row = fields ? field_find(fields, key) : NULL;

	if (row && fits(row, pair->value) && !node_find(node, key))
		diag_edit_word(r->diags, diag, pair->key->span, pair->key->text, key);
}

void reader_unknown_key(struct reader *r, const struct node *node, const struct node_pair *pair,
			const struct field *fields, const struct field *more)
{
	struct str word = pair->key->text, known = STR("");

	if (pair->key->reported || pair->value->reported)
		return;
	if (is_other_shape(r, node, pair, fields))
		return;
	const char *instead = other_tools_hint_in(fields, word);
	if (!instead && belongs_elsewhere(r, node, pair, fields))
		return;
	instead = instead ? instead : other_tools_hint(word);
	struct str nearest = nearest_key(r, word, fields, more);

	if (instead && !(nearest.ptr && str_ieq(nearest, word))) {
		struct diag *diag =
		    reader_error(r, pair->key->span, DIAG_E101, "unknown key '%.*s'; use %s",
				 STR_ARG(word), instead);

		/* 'ramp_up', and not a description. */
		rename_key(r, diag, node, pair, fields,
			   str_slice(str_of(instead), 1, strlen(instead) - 1));
		return;
	}
	if (nearest.ptr && str_ieq(nearest, word)) {
		diag_fix_in_line(r->diags,
				 reader_error(r, pair->key->span, DIAG_E101,
					      "unknown key '%.*s'; keys are in lower case: write "
					      "'%.*s'",
					      STR_ARG(word), STR_ARG(nearest)),
				 pair->key->span, nearest);
		return;
	}
	if (nearest.ptr) {
		struct diag *diag = reader_error(r, pair->key->span, DIAG_E101,
						 "unknown key '%.*s'; did you mean '%.*s'?",
						 STR_ARG(word), STR_ARG(nearest));

		rename_key(r, diag, node, pair, field_find(fields, nearest) ? fields : more,
			   nearest);
		return;
	}
	for (const struct field *row = fields; row->key; row++)
		known = arena_printf(r->arena, "%.*s%s%s", STR_ARG(known), known.len ? ", " : "",
				     row->key);
	struct diag *diag =
	    reader_error(r, pair->key->span, DIAG_E101, "unknown key '%.*s'", STR_ARG(word));

	if (known.len)
		diag_note(r->diags, diag, SPAN_NONE, "valid keys: %.*s", STR_ARG(known));
}
