#include "scenario/think_time.h"

#include "base/ascii.h"
#include "base/units.h"
#include "scenario/field_value.h"
#include "scenario/reader_private.h"
#include "scenario/value_fixit.h"

static const struct {
	const char *word;
	enum think_kind kind;
	bool two;
} forms[] = {
    {"normal", THINK_NORMAL, true},
    {"exponential", THINK_EXPONENTIAL, false},
    {"lognormal", THINK_LOGNORMAL, true},
};

#define EXPECTED "a think time such as 2s, 1s..3s or normal(2s, 500ms)"

static bool duration(struct reader *r, const struct node *node, struct str text, ns_t *out)
{
	static const struct field field = {.type = FIELD_DURATION};
	struct str bare = str_trim(text);
	struct parse_error error;

	if (field_value_parse(r->arena, bare, &field, out, &error))
		return true;
	struct diag *diag = reader_error(r, node->span, error.code, "%.*s", STR_ARG(error.text));

	if (error.fix.len && str_eq(str_trim(node->text), bare))
		reader_fix_value(r, diag, node, error.fix);
	return false;
}

/* `normal(2s, 500ms)`: returns true if TEXT has this form, even if its arguments are not valid. */
static bool read_form(struct reader *r, const struct node *node, struct str text,
		      struct think_time *out)
{
	size_t open = str_find_char(text, '(', 0);

	if (open == NOT_FOUND || !str_ends(text, STR(")")))
		return false;
	struct str word = str_trim(str_slice(text, 0, open));
	struct str inside = str_slice(text, open + 1, text.len - 1);
	size_t comma = str_find_char(inside, ',', 0);
	bool two = comma != NOT_FOUND;

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (!str_eq(word, str_of(forms[i].word)))
			continue;
		if (two != forms[i].two) {
			reader_error(r, node->span, DIAG_E301, "'%s' needs %s", forms[i].word,
				     forms[i].two ? "two durations: mean and deviation"
						  : "one duration: the mean");
			return true;
		}
		if (duration(r, node, str_slice(inside, 0, two ? comma : inside.len), &out->a) &&
		    (!two || duration(r, node, str_slice(inside, comma + 1, inside.len), &out->b)))
			out->kind = forms[i].kind;
		return true;
	}
	return false;
}

/* `1-3s`, `1s - 3s`, `1s to 3s`: reports a range with another separator, with the corrected line.
 */
static bool is_other_range(struct reader *r, const struct node *node, struct str text)
{
	size_t dash = str_find_char(text, '-', 0), to = str_find(text, STR(" to "), 0);
	struct str first, second;
	const char *unit = "";
	ns_t a, b;

	if (to == NOT_FOUND && dash == NOT_FOUND)
		return false;
	first = str_trim(str_slice(text, 0, to == NOT_FOUND ? dash : to));
	second = str_trim(str_slice(text, to == NOT_FOUND ? dash + 1 : to + 4, text.len));
	if (units_duration(second, &b) != UNIT_OK)
		second = value_fixit(r->arena, FIELD_DURATION, second);
	if (units_duration(second, &b) != UNIT_OK)
		return false;
	if (units_duration(first, &a) == UNIT_BARE_NUMBER)
		unit = str_ends(second, STR("ms")) ? "ms" : "s";
	else if (units_duration(first, &a) != UNIT_OK)
		return false;
	reader_fix_value(
	    r,
	    reader_error(r, node->span, DIAG_E301, "write a range with two dots, such as 1s..3s"),
	    node, arena_printf(r->arena, "%.*s%s..%.*s", STR_ARG(first), unit, STR_ARG(second)));
	return true;
}

/* `[1s, 3s]` or `{min: 1s, max: 3s}`. */
static bool is_two_values(struct reader *r, const struct node *node)
{
	const struct node *a, *b;
	ns_t unused;

	if ((node->kind != NODE_LIST && node->kind != NODE_MAP) || node->count != 2)
		return false;
	a = node->kind == NODE_LIST ? node->items[0] : node->pairs[0].value;
	b = node->kind == NODE_LIST ? node->items[1] : node->pairs[1].value;
	if (a->kind != NODE_SCALAR || b->kind != NODE_SCALAR ||
	    units_duration(a->text, &unused) != UNIT_OK ||
	    units_duration(b->text, &unused) != UNIT_OK)
		return false;
	reader_fix_value(
	    r,
	    reader_error(r, node->span, DIAG_E301, "write a range with two dots, such as 1s..3s"),
	    node, arena_printf(r->arena, "%.*s..%.*s", STR_ARG(a->text), STR_ARG(b->text)));
	return true;
}

static void read_think(struct reader *r, const struct node *node, void *place)
{
	struct think_time *out = place;
	struct str text;

	if (is_two_values(r, node))
		return;
	if (!reader_replaced(r, node, EXPECTED, &text))
		return;
	text = str_trim(text);
	out->span = node->span;
	if (read_form(r, node, text, out) || is_other_range(r, node, text))
		return;
	size_t dots = str_find(text, STR(".."), 0);

	if (dots == NOT_FOUND) {
		if (duration(r, node, text, &out->a))
			out->kind = THINK_FIXED;
		return;
	}
	if (!duration(r, node, str_slice(text, 0, dots), &out->a) ||
	    !duration(r, node, str_slice(text, dots + 2, text.len), &out->b))
		return;
	out->kind = THINK_RANGE;
	if (out->a > out->b)
		reader_error(
		    r, node->span, DIAG_E302,
		    "in the range '%.*s' the first duration is longer than the second; swap them",
		    STR_ARG(text));
}

#define SCHEMA                                                                                     \
	"{\"type\": \"string\", \"pattern\": "                                                     \
	"\"^(.*\\\\$\\\\{.*|[0-9.]+ ?[a-z]+.*|(normal|exponential|lognormal)\\\\(.*\\\\)|0)$\"}"

const struct field_special think_time_special = {
    .widget = "think", .name = EXPECTED, .read = read_think, .schema = SCHEMA};

/* Whether TEXT has a ${…} that is not a parameter, whose names are in upper case. */
static bool is_evaluated(struct str text)
{
	for (size_t at = 0; (at = str_find(text, STR("${"), at)) != NOT_FOUND;) {
		for (at += 2; at < text.len && text.ptr[at] != '}'; at++)
			if (!ascii_is_upper(text.ptr[at]) && !ascii_is_digit(text.ptr[at]) &&
			    text.ptr[at] != '_')
				return true;
	}
	return false;
}

static void read_value(struct reader *r, const struct node *node, void *out)
{
	struct think_value *value = out;

	if (node->kind == NODE_SCALAR && is_evaluated(node->text))
		reader_template(r, node, &value->text);
	else
		read_think(r, node, &value->time);
}

const struct field_special think_value_special = {
    .widget = "think", .name = EXPECTED, .read = read_value, .schema = SCHEMA};
