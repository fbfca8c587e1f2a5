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

/* Reports where the key of PAIR belongs if another table has it. */
static bool belongs_elsewhere(struct reader *r, const struct node_pair *pair,
			      const struct field *fields)
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
	    find_below(r, r->root, word, fields, 0, &path)) {
		struct str value = short_value(pair->value);

		reader_error(
		    r, key->span, DIAG_E142,
		    value.len ? "'%.*s' is not allowed here; move it under '%.*s', such as "
				"%.*s: {%.*s: %.*s, …}"
			      : "'%.*s' is not allowed here; move it under '%.*s'",
		    STR_ARG(word), STR_ARG(path), STR_ARG(path), STR_ARG(word), STR_ARG(value));
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

void reader_unknown_key(struct reader *r, const struct node_pair *pair, const struct field *fields,
			const struct field *more)
{
	struct str word = pair->key->text, known = STR("");

	if (pair->key->reported || pair->value->reported)
		return;
	const char *instead = other_tools_hint_in(fields, word);
	if (!instead && belongs_elsewhere(r, pair, fields))
		return;
	instead = instead ? instead : other_tools_hint(word);
	struct str nearest = nearest_key(r, word, fields, more);

	if (instead) {
		reader_error(r, pair->key->span, DIAG_E101, "unknown key '%.*s'; use %s",
			     STR_ARG(word), instead);
		return;
	}
	if (nearest.ptr) {
		reader_error(r, pair->key->span, DIAG_E101,
			     "unknown key '%.*s'; did you mean '%.*s'?", STR_ARG(word),
			     STR_ARG(nearest));
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
