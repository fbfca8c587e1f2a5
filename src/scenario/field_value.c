#include "scenario/field_value.h"

#include <math.h>

#include "base/log.h"
#include "base/units.h"
#include "scenario/value_fixit.h"

/* "one, two or three", quoted: "'one', 'two' or 'three'". */
static struct str alternatives(struct arena *a, const char *const *words)
{
	struct str list = STR("");

	for (size_t i = 0; words[i]; i++) {
		const char *before = i == 0 ? "" : words[i + 1] ? ", " : " or ";

		list = arena_printf(a, "%.*s%s'%s'", STR_ARG(list), before, words[i]);
	}
	return list;
}

struct str field_value_expected(struct arena *a, const struct field *field)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_TEMPLATE:
		return STR("text");
	case FIELD_EXPRESSION:
		return STR("exactly one ${…}");
	case FIELD_BOOL:
		return STR("yes or no");
	case FIELD_INT:
		return STR("a whole number");
	case FIELD_NUMBER:
		return STR("a number");
	case FIELD_DURATION:
		return STR("a duration such as 2s or 500ms");
	case FIELD_SIZE:
		return STR("a size such as 10KB");
	case FIELD_RATE:
		return STR("a rate such as 20/s");
	case FIELD_SHARE:
		return STR("a percentage such as 5%");
	case FIELD_ENUM:
		return alternatives(a, field->choices);
	case FIELD_OBJECT:
	case FIELD_MAP:
	case FIELD_EXTRACTS:
	case FIELD_EXPECTS:
		return STR("a mapping");
	case FIELD_LIST:
		return STR("a list");
	case FIELD_STEPS:
		return STR("a list of steps");
	case FIELD_SPECIAL:
		return str_of(field->special->name);
	}
	BUG("field type %d", (int)field->type);
}

/* "; write 2 or 3" for '2.5', which is not a whole number. */
static struct str whole_numbers_near(struct arena *a, struct str text)
{
	double value;

	if (!str_to_double(str_trim(text), &value) || value < 0 || value > 1e9 ||
	    value == (double)(int64_t)value)
		return STR("; write digits, such as 10");
	return arena_printf(a, "; write %lld or %lld", (long long)value, (long long)value + 1);
}

/* "'1:30' is not a duration; write 1m30s", with error->fix if it is set. */
static bool wrong(struct arena *a, struct str text, const struct field *field, enum diag_code code,
		  struct parse_error *error)
{
	static const struct {
		enum field_type type;
		const char *what, *expected;
	} types[] = {
	    {FIELD_BOOL, "yes or no", ""},
	    {FIELD_INT, "a whole number", NULL},
	    {FIELD_NUMBER, "a number", "; write digits, such as 1.5"},
	    {FIELD_DURATION, "a duration",
	     "; write a number and its unit, such as 30s, 500ms or 1m30s"},
	    {FIELD_SIZE, "a size", "; write a number and its unit, such as 10KB or 2MiB"},
	    {FIELD_RATE, "a rate", "; write a number and its unit, such as 20/s or 300/m"},
	    {FIELD_SHARE, "a percentage", "; write a number and its sign, such as 5%"},
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (types[i].type != field->type)
			continue;
		struct str expected =
		    types[i].expected ? str_of(types[i].expected) : whole_numbers_near(a, text);

		if (error->fix.len)
			expected = arena_printf(a, "; write %.*s", STR_ARG(error->fix));
		error->text = arena_printf(a, "'%.*s' is not %s%.*s", STR_ARG(text), types[i].what,
					   STR_ARG(expected));
	}
	error->code = code;
	return false;
}

static bool unit_wrong(struct arena *a, struct str text, const struct field *field,
		       enum units_error unit, struct parse_error *error)
{
	struct str bare = str_trim(text);

	if (unit != UNIT_BARE_NUMBER)
		error->fix = value_fixit(a, field->type, bare);
	if (unit == UNIT_ORDER || unit == UNIT_RANGE) {
		error->code = DIAG_E301;
		error->text = arena_printf(
		    a,
		    unit == UNIT_RANGE
			? "'%.*s' is too large"
			: "'%.*s' has its units in the wrong order; write the larger unit "
			  "first and each unit once, such as 1m30s",
		    STR_ARG(text));
		return false;
	}
	if (unit != UNIT_BARE_NUMBER)
		return wrong(a, text, field, DIAG_E301, error);
	error->code = DIAG_E300;
	error->fix = value_fixit(a, field->type, bare);
	error->text =
	    arena_printf(a, "'%.*s' has no unit; write %.*s%s", STR_ARG(text), STR_ARG(error->fix),
			 field->type == FIELD_DURATION ? " or, for milliseconds, " : "");
	if (field->type == FIELD_DURATION)
		error->text = arena_printf(a, "%.*s%.*sms", STR_ARG(error->text), STR_ARG(bare));
	if (field->type == FIELD_RATE)
		error->text = arena_printf(a, "%.*s (per second) or %.*s/m (per minute)",
					   STR_ARG(error->text), STR_ARG(bare));
	return false;
}

/* Checks VALUE, in the unit of the table's range. */
static bool in_range(struct arena *a, struct str text, const struct field *field, double value,
		     struct parse_error *error)
{
	bool low = value < field->low;
	const char *unit = field->type == FIELD_DURATION ? "s"
			   : field->type == FIELD_RATE	 ? "/s"
			   : field->type == FIELD_SHARE	 ? "%"
							 : "";
	double scale = field->type == FIELD_SHARE ? 100 : 1;

	if ((field->low == 0 && field->high == 0) || (!low && value <= field->high))
		return true;
	error->code = DIAG_E302;
	error->text = arena_printf(a, "'%.*s' is too %s; the %s is %.15g%s", STR_ARG(text),
				   low ? "small" : "large", low ? "minimum" : "maximum",
				   (low ? field->low : field->high) * scale, unit);
	return false;
}

static bool parse_word(struct arena *a, struct str text, const struct field *field, int *out,
		       struct parse_error *error)
{
	VEC(struct str) words = {NULL, 0, 0};

	for (int i = 0; field->choices[i]; i++) {
		if (str_eq(text, str_of(field->choices[i]))) {
			*out = i;
			return true;
		}
		VEC_PUSH(a, &words, str_of(field->choices[i]));
	}
	struct str nearest = diag_nearest(text, words.items, words.count);

	error->code = DIAG_E303;
	error->fix = nearest;
	if (nearest.ptr)
		error->text = arena_printf(a, "'%.*s' is not one of %.*s; did you mean '%.*s'?",
					   STR_ARG(text), STR_ARG(alternatives(a, field->choices)),
					   STR_ARG(nearest));
	else
		error->text = arena_printf(a, "'%.*s' is not one of %.*s", STR_ARG(text),
					   STR_ARG(alternatives(a, field->choices)));
	return false;
}

static bool parse_bool(struct arena *a, struct str text, const struct field *field, bool *out,
		       struct parse_error *error)
{
	static const struct {
		const char *word;
		bool yes;
	} words[] = {{"true", true}, {"yes", true}, {"false", false}, {"no", false}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_eq(text, str_of(words[i].word))) {
			*out = words[i].yes;
			return true;
		}
	}
	error->fix = value_fixit(a, FIELD_BOOL, str_trim(text));
	return wrong(a, text, field, DIAG_E305, error);
}

static bool parse_int(struct arena *a, struct str text, const struct field *field, int64_t *out,
		      struct parse_error *error)
{
	int64_t value;

	if (!str_to_int(text, &value)) {
		error->fix = value_fixit(a, FIELD_INT, str_trim(text));
		return wrong(a, text, field, DIAG_E304, error);
	}
	if (!in_range(a, text, field, (double)value, error))
		return false;
	*out = value;
	return true;
}

static bool parse_double(struct arena *a, struct str text, const struct field *field, double *out,
			 struct parse_error *error)
{
	enum units_error unit = UNIT_OK;
	double value = 0;

	if (field->type == FIELD_RATE)
		unit = units_rate(text, &value);
	else if (field->type == FIELD_SHARE)
		unit = units_share(text, &value);
	else if (!str_to_double(text, &value))
		return wrong(a, text, field, DIAG_E304, error);
	if (unit != UNIT_OK)
		return unit_wrong(a, text, field, unit, error);
	if (!in_range(a, text, field, value, error))
		return false;
	*out = value;
	return true;
}

static bool parse_length(struct arena *a, struct str text, const struct field *field, int64_t *out,
			 struct parse_error *error)
{
	bool duration = field->type == FIELD_DURATION;
	int64_t value = 0;
	enum units_error unit = duration ? units_duration(text, &value) : units_size(text, &value);

	if (unit != UNIT_OK)
		return unit_wrong(a, text, field, unit, error);
	if (!in_range(a, text, field, (double)value / (duration ? (double)NS_PER_S : 1.0), error))
		return false;
	*out = value;
	return true;
}

bool field_value_parse(struct arena *a, struct str text, const struct field *field, void *out,
		       struct parse_error *error)
{
	*error = (struct parse_error){0};
	switch (field->type) {
	case FIELD_TEXT:
		*(struct str *)out = arena_str(a, text);
		return true;
	case FIELD_TEMPLATE:
		*(struct text *)out = (struct text){.raw = arena_str(a, text)};
		return true;
	case FIELD_BOOL:
		return parse_bool(a, text, field, out, error);
	case FIELD_INT:
		return parse_int(a, text, field, out, error);
	case FIELD_NUMBER:
	case FIELD_RATE:
	case FIELD_SHARE:
		return parse_double(a, text, field, out, error);
	case FIELD_DURATION:
	case FIELD_SIZE:
		return parse_length(a, text, field, out, error);
	case FIELD_ENUM:
		return parse_word(a, text, field, out, error);
	case FIELD_EXPRESSION:
	case FIELD_OBJECT:
	case FIELD_LIST:
	case FIELD_MAP:
	case FIELD_STEPS:
	case FIELD_EXTRACTS:
	case FIELD_EXPECTS:
	case FIELD_SPECIAL:
		break;
	}
	BUG("field type %d is not a scalar", (int)field->type);
}
