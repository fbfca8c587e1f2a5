/* Names in expressions: built-in names, the environment, parameters and variables. */
#include <stdlib.h>

#include "base/url.h"
#include "program/build.h"
#include "program/parser.h"
#include "program/scope.h"
#include "program/template_builder.h"
#include "scenario/enum_names.h"

#define BUILTIN(name, text, sentence, example) [BUILTIN_##name] = text,
static const char *const builtin_names[BUILTIN_COUNT] = {
#include "program/builtins.def"
};

#define BUILTIN(name, text, sentence, example) {text, sentence, example},
#define BUILTIN_OTHER(text, sentence, example) {text, sentence, example},
static const struct builtin_word builtin_words[] = {
#include "program/builtins.def"
};

const struct builtin_word *expr_builtin_words(size_t *count)
{
	*count = sizeof builtin_words / sizeof *builtin_words;
	return builtin_words;
}

const char *expr_builtin_name(enum builtin builtin)
{
	return builtin_names[builtin];
}

static void loop_builtin(struct parser *p, struct str member, struct span span)
{
	const struct open_loop *loop =
	    p->e->loops.count ? &p->e->loops.items[p->e->loops.count - 1] : NULL;

	if (!loop) {
		diag_error(p->e->diags, span, DIAG_E204,
			   "`loop.%.*s` is known only inside repeat, for_each and while",
			   STR_ARG(member));
		p->b.failed = true;
	} else if (str_eq(member, STR("index"))) {
		expr_push(&p->b, (struct expr_op){
				     .code = EXPR_COUNTER, .index = loop->counter, .span = span});
	} else {
		const struct tmpl *rounds = build_expr_template(p->e, loop->rounds);

		if (rounds->constant)
			expr_push_value(&p->b, rounds->value, span);
		else
			expr_push(&p->b, (struct expr_op){
					     .code = EXPR_TEMPLATE, .tmpl = rounds, .span = span});
	}
}

/* Whether NAME is a data set, a variable or a parameter. */
static bool is_declared(struct parser *p, struct str name)
{
	const struct model *m = p->e->model;

	for (uint32_t i = 0; i < m->data_count; i++)
		if (str_eq(m->data[i].name, name))
			return true;
	return scope_find(p->e, name) != SLOT_NONE ||
	       name_map_find(&p->e->parameter_map, name) != NAME_NONE;
}

/* `env.NAME`, read while loading. An unset variable is an error unless a default follows. */
static void environment(struct parser *p, struct str name, struct span span)
{
	const char *value = getenv(arena_cstr(p->e->arena, name));
	struct lexer ahead = p->lexer;
	struct token next = lexer_next(&ahead);

	if (value) {
		expr_push_value(&p->b, value_text(arena_str(p->e->arena, str_of(value))), span);
		return;
	}
	if (!lexer_token_is(&p->token, "|") || !lexer_token_is(&next, "default")) {
		diag_error(p->e->diags, span, DIAG_E205,
			   "the environment variable %.*s is not set and has no default; write "
			   "${env.%.*s | default(\"…\")}",
			   STR_ARG(name), STR_ARG(name));
		p->b.failed = true;
	}
	expr_push_value(&p->b, VALUE_NOTHING, span);
}

/* Setup and teardown do not run as a user. */
static void check_owner(struct parser *p, struct str what, struct span span)
{
	enum fixture_kind fixture = p->e->fixture;

	if (fixture != FIXTURE_SETUP && fixture != FIXTURE_TEARDOWN)
		return;
	diag_error(p->e->diags, span, DIAG_E228,
		   "'%.*s' belongs to a user, and %s does not run as one; use before_user for what "
		   "each user does first",
		   STR_ARG(what), fixture_names[fixture]);
	p->b.failed = true;
}

/* For a page of the target, as browsers send it in Origin (RFC 6454 section 6.1). */
static void run_origin(struct parser *p, struct span span)
{
	struct value value = emitter_target(p->e);
	struct url url;

	if (!url_split(value.text, &url)) {
		if (!p->e->target_error_reported)
			diag_error(p->e->diags, span, DIAG_E343,
				   "`run.origin` needs a target; write `target: http://…` at the "
				   "top, or use --target");
		p->e->target_error_reported = true;
		p->b.failed = true;
		expr_push_value(&p->b, VALUE_NOTHING, span);
		return;
	}
	value.text = arena_printf(p->e->arena, url.host_is_ipv6 ? "%.*s://[%.*s]" : "%.*s://%.*s",
				  STR_ARG(url.scheme), STR_ARG(url.host));
	if (url.port != (str_ieq(url.scheme, STR("https")) ? 443 : 80))
		value.text = arena_printf(p->e->arena, "%.*s:%u", STR_ARG(value.text), url.port);
	expr_push_value(&p->b, value, span);
}

/* The end of the name of a control that starts at AT: also names such as user[email] and e-mail,
 * without quotes. */
static size_t control_end(struct str text, size_t at)
{
	while (at < text.len && !strchr(" \t\r\n}|()\"',+*/%=<>!", text.ptr[at]))
		at++;
	return at;
}

/* `form.NAME` or `form["NAME"]`, after the first word. */
static void form_control(struct parser *p, size_t from)
{
	struct str name = STR("");

	if (lexer_token_is(&p->token, ".")) {
		size_t at = p->token.to, end = control_end(p->text->raw, at);

		name = str_slice(p->text->raw, at, end);
		p->lexer.at = end;
		parser_advance(p);
	} else if (parser_accept(p, "[") && p->token.kind == TOKEN_TEXT) {
		name = p->token.text;
		parser_advance(p);
		parser_expect(p, "]", "`]`");
	}
	if (!name.len && !p->b.failed)
		parser_fail(p, "the name of a field, such as in form.title or form[\"e-mail\"],");
	if (p->b.failed)
		return;
	expr_push(
	    &p->b,
	    (struct expr_op){
		.code = EXPR_FORM,
		.constant = &template_builder_from_value(p->e, value_text(name), SPAN_NONE)->value,
		.span = parser_place(p, from, p->token.from)});
}

/* True if the word `form` is that of a submit, or was reported. */
static bool is_form(struct parser *p, struct str first, size_t from)
{
	bool part = lexer_token_is(&p->token, ".") || lexer_token_is(&p->token, "[");
	struct span span = parser_place(p, from, from + first.len);

	if (!str_eq(first, STR("form")))
		return false;
	if (p->e->in_form) {
		form_control(p, from);
		return true;
	}
	if (!part || is_declared(p, first))
		return false;
	diag_error(p->e->diags, span, DIAG_E204,
		   "`form.NAME` is a field of the form that `submit` sends; use it only in the "
		   "values of `submit` and in its `add`");
	p->b.failed = true;
	return true;
}

static const char *example_of(struct str first)
{
	if (str_eq(first, STR("env")))
		return "env.NAME";
	if (str_eq(first, STR("loop")))
		return "loop.index";
	for (uint32_t i = 0; i < BUILTIN_COUNT; i++)
		if (str_starts(str_of(builtin_names[i]), first))
			return builtin_names[i];
	return "user.id";
}

bool parser_built_in(struct parser *p, struct str first, size_t from)
{
	static const char *const words[] = {"user", "scenario", "loop", "shard",
					    "run",  "response", "env",	NULL};
	bool known = false;

	if (is_form(p, first, from))
		return true;
	for (int i = 0; words[i]; i++)
		known |= str_eq(first, str_of(words[i]));
	if (str_eq(first, STR("iteration"))) {
		check_owner(p, first, parser_place(p, from, p->lexer.at));
		expr_push(&p->b, (struct expr_op){.code = EXPR_BUILTIN,
						  .index = BUILTIN_ITERATION,
						  .span = parser_place(p, from, p->lexer.at)});
		return true;
	}
	if (!known)
		return false;
	if (!parser_accept(p, ".")) {
		diag_error(p->e->diags, parser_place(p, from, from + first.len), DIAG_E204,
			   "'%.*s' is built in and has no value itself; use a part of it such as "
			   "%s, or rename your variable",
			   STR_ARG(first), example_of(first));
		p->b.failed = true;
		return true;
	}
	if (p->token.kind != TOKEN_NAME) {
		parser_fail(p, "a name, such as in user.id,");
		return true;
	}
	struct str member = p->token.text;
	struct str whole = str_slice(p->text->raw, from, p->token.to);
	struct span span = parser_place(p, from, p->token.to);
	parser_advance(p);
	if (str_eq(first, STR("env"))) {
		environment(p, member, span);
		return true;
	}
	if (str_eq(whole, str_of(builtin_names[BUILTIN_RUN_ORIGIN]))) {
		run_origin(p, span);
		return true;
	}
	if (str_eq(whole, STR("loop.index")) || str_eq(whole, STR("loop.count"))) {
		loop_builtin(p, member, span);
		return true;
	}
	if (str_eq(first, STR("user")) || str_eq(first, STR("scenario")))
		check_owner(p, whole, span);
	for (uint32_t i = 0; i < BUILTIN_COUNT; i++)
		if (str_eq(whole, str_of(builtin_names[i]))) {
			expr_push(&p->b,
				  (struct expr_op){.code = EXPR_BUILTIN, .index = i, .span = span});
			return true;
		}
	scope_unknown(p->e, whole, span);
	p->b.failed = true;
	return true;
}

static const struct data_set *find_data(struct parser *p, struct str name, uint32_t *index)
{
	const struct model *m = p->e->model;

	for (*index = 0; *index < m->data_count; ++*index)
		if (str_eq(m->data[*index].name, name))
			return &m->data[*index];
	return NULL;
}

/* The column after a data set: `.user` or `["first name"]`; false after an error. */
static bool column_name(struct parser *p, const struct data_set *set, struct span span,
			struct token *out)
{
	bool dot = parser_accept(p, "."), bracket = !dot && parser_accept(p, "[");

	if (!dot && !bracket) {
		struct str first = set->rows.columns ? set->rows.names[0] : STR("column");

		diag_error(p->e->diags, span, DIAG_E223,
			   "'%.*s' is a data set; add a column: %.*s.%.*s", STR_ARG(set->name),
			   STR_ARG(set->name), STR_ARG(first));
		return false;
	}
	*out = p->token;
	if (p->token.kind != (dot ? TOKEN_NAME : TOKEN_TEXT)) {
		parser_fail(p, "the name of a column");
		return false;
	}
	parser_advance(p);
	if (bracket && !parser_accept(p, "]")) {
		parser_fail(p, "]");
		return false;
	}
	return true;
}

#define COLUMNS_SHOWN 12u

static void unknown_column(struct parser *p, const struct data_set *set, struct str name,
			   struct span span)
{
	const struct rows *rows = &set->rows;
	struct str near = diag_nearest(name, rows->names, rows->columns), all = STR("");
	struct diag *diag =
	    near.ptr ? diag_error(p->e->diags, span, DIAG_E223,
				  "%.*s has no column '%.*s'; did you mean '%.*s'?",
				  STR_ARG(set->name), STR_ARG(name), STR_ARG(near))
		     : diag_error(p->e->diags, span, DIAG_E223, "%.*s has no column '%.*s'",
				  STR_ARG(set->name), STR_ARG(name));

	if (near.ptr)
		diag_edit_word(p->e->diags, diag, span, name, near);
	for (unsigned i = 0; i < rows->columns && i < COLUMNS_SHOWN; i++)
		all = arena_printf(p->e->arena, "%.*s%s%.*s", STR_ARG(all), i ? ", " : "",
				   STR_ARG(rows->names[i]));
	diag_note(p->e->diags, diag, SPAN_NONE, "its columns%s: %.*s%s",
		  rows->form == ROWS_CSV ? ", from the first row of the file" : "", STR_ARG(all),
		  rows->columns > COLUMNS_SHOWN ? " …" : "");
	if (rows->form == ROWS_CSV && !near.ptr)
		diag_note(p->e->diags, diag, SPAN_NONE,
			  "if these are values, add a row above them in %.*s with the names of the "
			  "columns: %.*s%s",
			  STR_ARG(set->file), STR_ARG(name),
			  rows->columns > 1 ? " and others" : "");
}

static void parser_cell(struct parser *p, const struct data_set *set, uint32_t index,
			struct span span)
{
	struct token column;

	if (!column_name(p, set, span, &column)) {
		p->b.failed = true;
		return;
	}
	if (!set->rows.columns) {
		p->b.failed = true; /* the file could not be read, which was reported */
		return;
	}
	int at = rows_column(&set->rows, column.text);
	if (at < 0) {
		unknown_column(p, set, column.text, parser_place(p, column.from, column.to));
		p->b.failed = true;
		return;
	}
	expr_push(&p->b,
		  (struct expr_op){
		      .code = EXPR_DATA, .index = index, .count = (uint16_t)at, .span = span});
}

void parser_variable(struct parser *p, struct token name)
{
	struct span span = parser_place(p, name.from, name.to);
	uint32_t parameter = name_map_find(&p->e->parameter_map, name.text);
	uint32_t slot = scope_find(p->e, name.text), index;
	const struct data_set *set = find_data(p, name.text, &index);

	if (set) {
		check_owner(p, name.text, span);
		parser_cell(p, set, index, span);
	} else if (slot != SLOT_NONE) {
		expr_push(&p->b, (struct expr_op){.code = EXPR_SLOT, .index = slot, .span = span});
	} else if (parameter != NAME_NONE) {
		const struct parameter *known = &p->e->model->parameters[parameter];
		struct value v = value_text(known->value);

		v.secret = known->secret;
		if (known->type == PARAMETER_NUMBER && str_to_double(known->value, &v.number))
			v.type = VALUE_NUMBER;
		if (known->type == PARAMETER_YES_NO)
			v = value_bool(str_eq(known->value, STR("yes")) ||
				       str_eq(known->value, STR("true")));
		expr_push_value(&p->b, v, span);
	} else if (str_eq(name.text, str_of(builtin_names[BUILTIN_UNIQUE]))) {
		check_owner(p, name.text, span);
		expr_push(&p->b, (struct expr_op){
				     .code = EXPR_BUILTIN, .index = BUILTIN_UNIQUE, .span = span});
	} else {
		scope_unknown(p->e, name.text, span);
		p->b.failed = true;
	}
}
