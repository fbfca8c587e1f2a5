#include "scenario/parameters.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/file.h"
#include "base/units.h"
#include "scenario/env_file.h"
#include "scenario/field_value.h"
#include "scenario/reader_private.h"

#define MAX_VALUE_FILE (1u << 20)

static const char *const type_words[] = {"text", "number", "duration", "rate", "yes_no", NULL};
static const char *const type_meanings[] = {"any text",		 "a number such as 5",
					    "a time such as 5s", "a rate such as 20/s",
					    "yes or no",	 NULL};

static void read_default(struct reader *r, const struct node *node, void *out)
{
	if (node->kind == NODE_SCALAR && node_is_empty(node))
		reader_wrong_shape(r, node, "a value (write \"\" for an empty text)");
	else
		reader_literal(r, node, "text, a number, a duration or yes or no", out);
}

static const struct field_special default_special = {
    .widget = "json",
    .name = "text, a number, a duration or yes or no",
    .read = read_default,
    .schema = "{\"type\": [\"string\", \"number\", \"boolean\"]}",
};

static const struct field parameter_fields[] = {
    FIELD(struct parameter, fallback, "default", FIELD_SPECIAL, .special = &default_special,
	  .example = "hat", .prose = "Default value."),
    FIELD(struct parameter, required, "required", FIELD_BOOL, .fallback = "no", .example = "yes",
	  .prose = "Whether a run needs a value for it."),
    FIELD(struct parameter, secret, "secret", FIELD_BOOL, .fallback = "no", .example = "yes",
	  .prose = "Masks the value in all output."),
    FIELD(struct parameter, type, "type", FIELD_ENUM, .meanings = type_meanings,
	  .choices = type_words, .example = "number",
	  .prose = "Type of the value; by default the type of the default value."),
    FIELD(struct parameter, description, "description", FIELD_TEXT,
	  .example = "Search term of the visitors",
	  .prose = "Description for the users of the file, one sentence."),
    FIELD_END,
};

/* A mapping with KEY only, as if it had been written around VALUE. */
static const struct node *mapping_of(struct reader *r, const struct node *value, const char *key,
				     const struct node *as)
{
	struct node *map = ARENA_NEW(r->arena, struct node);
	struct node *name = ARENA_NEW(r->arena, struct node);
	struct node_pair *pair = ARENA_NEW(r->arena, struct node_pair);

	*name = (struct node){.kind = NODE_SCALAR, .span = as->span, .text = str_of(key)};
	*pair = (struct node_pair){.key = name, .value = value};
	*map = (struct node){.kind = NODE_MAP, .span = as->span, .pairs = pair, .count = 1};
	return map;
}

#define PARAMETER "a default such as hat, or a mapping such as {default: hat, secret: yes}"

/* `WHAT: hat` is short for {default: hat}, and `WHAT:` for {required: yes}. */
static void read_parameter(struct reader *r, const struct node *node, void *out)
{
	if (node->kind == NODE_LIST) {
		reader_wrong_shape(r, node, PARAMETER);
		return;
	}
	if (node->kind == NODE_SCALAR && node_is_empty(node) && !node->truncated) {
		struct node *yes = ARENA_NEW(r->arena, struct node);

		*yes = (struct node){.kind = NODE_SCALAR, .span = node->span, .text = STR("yes")};
		node = mapping_of(r, yes, "required", node);
	} else if (node->kind == NODE_SCALAR) {
		node = mapping_of(r, node, "default", node);
	}
	reader_object(r, node, parameter_fields, out);
}

static const struct field_special parameter_special = {
    .widget = "parameter",
    .name = PARAMETER,
    .read = read_parameter,
    .schema = "{\"type\": [\"string\", \"number\", \"boolean\", \"null\"]}",
    .fields = parameter_fields,
    .definition = "parameter",
};

const struct field parameter_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(struct parameter), .special = &parameter_special};

/* ---- names */

static const char *const taken[] = {
    "CI",	"COLUMNS", "DEBUG", "DISPLAY", "EDITOR",  "GROUP",   "HOME",   "HOST",
    "HOSTNAME", "IFS",	   "LANG",  "LINES",   "LOGNAME", "MAIL",    "OLDPWD", "PATH",
    "PORT",	"PPID",	   "PS1",   "PWD",     "RANDOM",  "SECONDS", "SHELL",  "SHLVL",
    "TERM",	"TMPDIR",  "TZ",    "UID",     "USER",	  "USERNAME"};

bool parameters_name_valid(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!ascii_is_upper(c) && !(i > 0 && (ascii_is_digit(c) || c == '_')))
			return false;
	}
	return name.len > 0;
}

bool parameters_name_reserved(struct str name)
{
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		if (str_eq(name, str_of(taken[i])))
			return true;
	}
	return str_starts(name, STR("REPRISE_")) || str_starts(name, STR("LC_")) ||
	       str_starts(name, STR("GITHUB_")) || str_starts(name, STR("KUBERNETES_"));
}

/* Whether a parameter named NAME probably contains a secret: PASSWORD, SHOP_TOKEN, API_KEY. */
static bool looks_secret(struct str name)
{
	static const char *const ends[] = {"PASSWORD",	  "PASSWD",	"PASS",	   "PASSPHRASE",
					   "PWD",	  "SECRET",	"TOKEN",   "CREDENTIAL",
					   "CREDENTIALS", "APIKEY",	"API_KEY", "ACCESS_KEY",
					   "PRIVATE_KEY", "SECRET_KEY", "JWT"};

	while (name.len && name.ptr[name.len - 1] >= '0' && name.ptr[name.len - 1] <= '9')
		name.len--;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct str end = str_of(ends[i]);

		if (str_ends(name, end) &&
		    (name.len == end.len || name.ptr[name.len - end.len - 1] == '_'))
			return true;
	}
	return false;
}

/* `PASSWORD:` with its missing value. */
static void fix_required(struct reader *r, struct diag *diag, const struct node *key)
{
	struct span span = key->span;
	struct str text = span.source ? span.source->text : STR("");

	while (span.end < text.len && text.ptr[span.end] == ' ')
		span.end++;
	if (span.end++ < text.len)
		diag_fix_in_line(r->diags, diag, span,
				 arena_printf(r->arena, "%.*s: {required: yes, secret: yes}",
					      STR_ARG(key->text)));
}

/* VALUE is the parameter as written. */
static void warn_of_secret(struct reader *r, const struct node *key, const struct node *value)
{
	struct diag *diag = diag_warning(
	    r->diags, key->span, DIAG_W212,
	    "'%.*s' looks like a secret; add 'secret: yes' to mask its value", STR_ARG(key->text));
	struct str written = value->span.source ? str_slice(value->span.source->text,
							    value->span.begin, value->span.end)
						: STR("");

	if (value->kind == NODE_SCALAR && written.len && value->style < NODE_LITERAL)
		reader_fix_value(
		    r, diag, value,
		    arena_printf(r->arena, "{default: %.*s, secret: yes}", STR_ARG(written)));
	else if (value->kind == NODE_SCALAR && !written.len)
		fix_required(r, diag, key);
	else if (value->kind == NODE_MAP && value->flow && str_ends(written, STR("}")))
		reader_fix_value(
		    r, diag, value,
		    arena_printf(r->arena, "%.*s, secret: yes}",
				 STR_ARG(str_trim(str_slice(written, 0, written.len - 1)))));
}

const struct parameter *parameters_find(const struct parameters *p, struct str name)
{
	for (size_t i = 0; p && i < p->count; i++) {
		if (str_eq(p->items[i].name, name))
			return &p->items[i];
	}
	return NULL;
}

static void check_name(struct reader *r, const struct node *key)
{
	if (!parameters_name_valid(key->text)) {
		struct diag *diag = reader_error(
		    r, key->span, DIAG_E210,
		    "'%.*s' is not a valid parameter name; use upper-case letters, digits and _",
		    STR_ARG(key->text));
		char *upper = arena_cstr(r->arena, key->text);

		for (char *c = upper; *c; c++) {
			if (ascii_is_lower(*c))
				*c = (char)(*c - 32);
			else if (*c == '-' || *c == ' ' || *c == '.')
				*c = '_';
		}
		if (parameters_name_valid(str_of(upper)))
			reader_fix_value(r, diag, key, str_of(upper));
	} else if (parameters_name_reserved(key->text)) {
		reader_error(r, key->span, DIAG_E211,
			     "'%.*s' is set by shells and build systems; choose another name for "
			     "the parameter",
			     STR_ARG(key->text));
	}
}

/* ---- values from options, the environment and files */

static bool environment_value(char *const *environment, struct str name, struct str *out)
{
	for (size_t i = 0; environment && environment[i]; i++) {
		struct str entry = str_of(environment[i]);

		if (entry.len > name.len && entry.ptr[name.len] == '=' &&
		    memcmp(entry.ptr, name.ptr, name.len) == 0) {
			*out = str_slice(entry, name.len + 1, entry.len);
			return out->len > 0; /* an empty value counts as not set */
		}
	}
	return false;
}

/* Reads the file at PATH without its last newline. */
static bool value_file(struct reader *r, struct str path, const char *from, struct str *out)
{
	const char *error = NULL;

	if (!file_read(r->arena, arena_cstr(r->arena, path), MAX_VALUE_FILE, out, &error)) {
		reader_error(r, SPAN_NONE, DIAG_E215, "%s: cannot read %.*s: %s", from,
			     STR_ARG(path), error);
		return false;
	}
	if (str_ends(*out, STR("\n")))
		out->len--;
	if (str_ends(*out, STR("\r")))
		out->len--;
	return true;
}

/* The last -p with this name. */
static bool option_value(struct reader *r, struct parameter *p)
{
	const struct parameter_sources *sources = r->parameters->sources;

	for (size_t i = sources->option_count; i-- > 0;) {
		struct str option = str_of(sources->options[i]);
		size_t equals = str_find_char(option, '=', 0);

		if (equals == NOT_FOUND || !str_eq(str_slice(option, 0, equals), p->name))
			continue;
		struct str value = str_slice(option, equals + 1, option.len);

		p->value = value;
		p->origin = STR("option -p");
		if (str_starts(value, STR("@")) &&
		    !value_file(r, str_slice(value, 1, value.len),
				arena_printf(r->arena, "-p %.*s", STR_ARG(p->name)).ptr, &p->value))
			p->value = STR("");
		return true;
	}
	return false;
}

static bool override_value(struct reader *r, struct parameter *p)
{
	const struct parameter_sources *sources = r->parameters->sources;
	struct str file_name = arena_printf(r->arena, "%.*s_FILE", STR_ARG(p->name)), path;
	bool by_variable = environment_value(sources->environment, p->name, &p->value);
	bool by_file = environment_value(sources->environment, file_name, &path);
	unsigned line = 0;

	if (by_variable && by_file)
		reader_error(r, SPAN_NONE, DIAG_E214,
			     "the environment sets both %.*s and %.*s; unset one of them",
			     STR_ARG(p->name), STR_ARG(file_name));
	if (option_value(r, p))
		return true;
	if (by_variable) {
		p->origin = arena_printf(r->arena, "environment %.*s", STR_ARG(p->name));
		return true;
	}
	if (by_file) {
		p->origin = arena_printf(r->arena, "environment %.*s", STR_ARG(file_name));
		return value_file(r, path, file_name.ptr, &p->value);
	}
	if (env_file_value(r->arena, sources->env_file, p->name, &p->value, &line)) {
		p->origin =
		    arena_printf(r->arena, "%.*s:%u", STR_ARG(sources->env_file_name), line);
		return true;
	}
	return false;
}

/* The value in the selected profile, with its position in *PLACE. */
static bool profile_value(struct reader *r, struct parameter *p, struct span *place)
{
	const struct parameter_sources *sources = r->parameters->sources;
	const struct node *value =
	    sources && sources->profile ? node_find(sources->profile, p->name) : NULL;

	if (!value || value->kind != NODE_SCALAR)
		return false;
	p->value = value->text;
	p->origin = arena_printf(r->arena, "profile %.*s", STR_ARG(sources->profile_name));
	*place = value->span;
	return true;
}

/* ---- types */

static const enum field_type field_types[] = {FIELD_TEXT, FIELD_NUMBER, FIELD_DURATION, FIELD_RATE,
					      FIELD_BOOL};

static bool is_of_type(struct reader *r, enum parameter_type type, struct str text,
		       struct parse_error *error)
{
	const struct field field = {.type = field_types[type]};
	union {
		struct str text;
		double number;
		ns_t length;
		bool yes;
	} out;

	return field_value_parse(r->arena, text, &field, &out, error);
}

/* The type of the default as it is written; a quoted default is text. */
static enum parameter_type type_of(struct reader *r, const struct parameter *p)
{
	const struct node *node = keys_value(&p->keys, "default");
	struct parse_error error;

	if (!p->has_default || !node || node_is_quoted(node))
		return PARAMETER_TEXT;
	for (int type = PARAMETER_NUMBER; type <= PARAMETER_YES_NO; type++) {
		if (is_of_type(r, (enum parameter_type)type, p->fallback, &error))
			return (enum parameter_type)type;
	}
	return PARAMETER_TEXT;
}

/* Replaces a value that is not valid with the default, so that its uses are not reported, too. */
static void check_override(struct reader *r, struct parameter *p)
{
	struct parse_error error;

	if (!p->value.ptr || is_of_type(r, p->type, p->value, &error))
		return;
	if (p->secret)
		reader_error(r, SPAN_NONE, DIAG_E216, "the value of %.*s from %.*s is not %s %s",
			     STR_ARG(p->name), STR_ARG(p->origin),
			     p->type == PARAMETER_YES_NO ? "yes or no, as required by its type"
							 : "of its type,",
			     type_words[p->type]);
	else
		reader_error(r, SPAN_NONE, DIAG_E216, "%.*s from %.*s: %.*s", STR_ARG(p->name),
			     STR_ARG(p->origin), STR_ARG(error.text));
	p->value = p->has_default ? p->fallback : STR_NULL;
}

static void resolve_parameter(struct reader *r, struct parameter *p, struct span name_span)
{
	const struct parameter_sources *sources = r->parameters->sources;
	struct parse_error error;
	struct span place;

	p->has_type = keys_has(&p->keys, parameter_fields, "type");
	p->has_default = keys_has(&p->keys, parameter_fields, "default");
	if (!p->has_type)
		p->type = type_of(r, p);
	if (p->required && p->has_default)
		reader_error(
		    r, keys_span(&p->keys, "default"), DIAG_E306,
		    "a required parameter cannot have a default; remove 'required' or 'default'");
	p->overridden = sources && override_value(r, p);
	if (p->overridden) {
		check_override(r, p);
		return;
	}
	if (profile_value(r, p, &place)) {
		if (!is_of_type(r, p->type, p->value, &error))
			reader_error(r, place, DIAG_E216, "%.*s", STR_ARG(error.text));
		return;
	}
	p->value = p->has_default ? p->fallback : STR("");
	p->origin = source_span_label(r->arena,
				      p->has_default ? keys_span(&p->keys, "default") : name_span);
	if (p->has_default && !is_of_type(r, p->type, p->fallback, &error))
		reader_error(r, keys_value(&p->keys, "default")->span, DIAG_E216, "%.*s",
			     STR_ARG(error.text));
	if (!p->required)
		return;
	p->value = STR_NULL;
	p->missing = sources && sources->required;
	p->name_span = name_span;
}

#define LISTED_MAX 8u

/* "; it has PASSWORD and SEARCH", "; it has no parameters". */
static struct str list_names(struct reader *r, const struct str *names, size_t count)
{
	struct str list = STR("; it has no parameters");

	for (size_t i = 0; i < count && i < LISTED_MAX; i++)
		list = arena_printf(r->arena, "%.*s%s%.*s", i ? (int)list.len : 0, list.ptr,
				    !i		     ? "; it has "
				    : i + 1 == count ? " and "
						     : ", ",
				    STR_ARG(names[i]));
	return count > LISTED_MAX ? arena_printf(r->arena, "%.*s …", STR_ARG(list)) : list;
}

/* Checks for options with an unknown parameter. */
static void check_options(struct reader *r)
{
	const struct parameters *all = r->parameters;
	VEC(struct str) names = {NULL, 0, 0};

	for (size_t i = 0; i < all->count; i++)
		VEC_PUSH(r->arena, &names, all->items[i].name);
	for (size_t i = 0; all->sources && i < all->sources->option_count; i++) {
		struct str option = str_of(all->sources->options[i]);
		size_t equals = str_find_char(option, '=', 0);
		struct str name = str_slice(option, 0, equals);

		if (equals == NOT_FOUND) {
			reader_error(r, SPAN_NONE, DIAG_E213,
				     "-p %.*s: the value is missing; write -p %.*s=VALUE",
				     STR_ARG(option), STR_ARG(option));
			continue;
		}
		if (parameters_find(all, name))
			continue;
		struct str nearest = diag_nearest(name, names.items, names.count);

		if (nearest.ptr)
			reader_error(r, SPAN_NONE, DIAG_E213,
				     "-p %.*s: unknown parameter; did you mean %.*s?",
				     STR_ARG(name), STR_ARG(nearest));
		else
			reader_error(r, SPAN_NONE, DIAG_E213,
				     "-p %.*s: the file has no such parameter%.*s", STR_ARG(name),
				     STR_ARG(list_names(r, names.items, names.count)));
	}
}

void parameters_reject_options(struct reader *r)
{
	check_options(r);
}

static const struct field parameter_map = {
    .type = FIELD_MAP, .bytes = sizeof(struct field_map), .element = &parameter_element};

/* Parameters are resolved even after errors, so that their names are known in the rest of the file.
 */
static void read_parameters(struct reader *r, const struct node *node, void *out)
{
	struct field_map *map = out;

	if (!reader_value(r, node, &parameter_map, map) && !map->pairs)
		return;
	r->parameters->items = ARENA_ARRAY(r->arena, map->count, struct parameter);
	for (size_t i = 0; i < map->count; i++) {
		struct parameter *p = map->pairs[i].value;

		p->name = map->pairs[i].key;
		check_name(r, node->pairs[i].key);
		resolve_parameter(r, p, map->pairs[i].key_span);
		if (p->secret) {
			diag_secret(r->diags, p->value);
			diag_secret(r->diags, p->fallback);
		}
		if (looks_secret(p->name) && !keys_has(&p->keys, parameter_fields, "secret"))
			warn_of_secret(r, node->pairs[i].key, node->pairs[i].value);
		r->parameters->items[r->parameters->count++] = *p;
	}
	check_options(r);
}

const struct field_special parameters_special = {
    .name = "a mapping of names to defaults, such as SEARCH: hat",
    .read = read_parameters,
};
