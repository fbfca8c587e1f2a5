/* `reprise try`: applies an extractor to a saved response, without a scenario or a request. */
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/log.h"
#include "cmd/options.h"
#include "cmd/all_tables.h"
#include "doc/yaml.h"
#include "doc/node.h"
#include "finder/finder.h"
#include "interface/field.h"
#include "interface/extract.h"
#include "program/eval.h"

#define BYTES_MAX ((size_t)1 << 30)

static enum exit_status try_main(const struct options *options);

static const struct option try_options[] = {
    {.name = "first", .letter = '1', .prose = "print only the first value, as text"},
    {.name = "group", .value = "N", .prose = "regex: capture group, a number or a name"},
    {.name = "attribute", .value = "NAME", .prose = "css: extract this attribute, not the text"},
    {.name = "left", .value = "TEXT", .prose = "boundary: text before the value"},
    {.name = "right", .value = "TEXT", .prose = "boundary: text after the value"},
    {.name = NULL},
};

/* The options above that are keys of an extractor. */
static const char *const own_keys[] = {"group", "attribute", "left", "right"};

const struct command try_command = {
    .name = "try",
    .synopsis = "try KIND EXPRESSION [FILE]",
    .sentence =
	"Tries an extractor on a saved response or standard input, and prints all matches as a "
	"JSON array.",
    .options = try_options,
    .more =
	"  reprise try jsonpath '$.items[*].id' body.json\n"
	"  reprise try regex 'id=(\\d+)' page.html\n"
	"  reprise try css a.next page.html --attribute href\n"
	"  reprise try xpath //a/@href page.html\n"
	"  reprise try boundary '{left: \"token=\", right: \"&\"}' page.html\n"
	"  reprise try boundary --left token= --right '&' page.html\n"
	"  curl -s http://127.0.0.1:8080/login | reprise try form_field csrf_token\n"
	"  curl -si http://127.0.0.1:8080/ | reprise try header Content-Type\n\n"
	"If the file starts with a status line (curl -i), it is read as a response with headers.\n"
	"Exit status: 0 if there is a match, 1 if there is none, 2 if the expression is wrong.",
    .main = try_main,
};

/* One extractor, its expression and the response to search. */
struct attempt {
	struct arena arena;
	struct diag_list diags;
	const struct extract_kind *kind;
	struct node node;
	struct extract extract;
	struct str text; /* the file */
	struct response response;
};

static const struct extract_kind *find_kind(const char *name)
{
	struct str names[32];
	struct str near;
	size_t count = all_tables.extract_count;

	for (size_t i = 0; i < count; i++) {
		names[i] = str_of(all_tables.extracts[i]->name);
		if (strcmp(all_tables.extracts[i]->name, name) == 0)
			return all_tables.extracts[i];
	}
	near = diag_nearest(str_of(name), names, count);
	if (near.ptr) {
		log_error("there is no extractor named '%s'; did you mean '%.*s'?", name,
			  STR_ARG(near));
	} else {
		fprintf(stderr, "error: there is no extractor named '%s'; use one of", name);
		for (size_t i = 0; i < count; i++)
			fprintf(stderr, "%s %.*s", i ? "," : "", STR_ARG(names[i]));
		fputc('\n', stderr);
	}
	return NULL;
}

/* Creates a node for the expression in its own document, so that errors in it have a position. */
static void read_expression(struct attempt *a, const char *expression)
{
	struct str text = str_of(expression);
	const struct source *source = source_new(&a->arena, STR("<expression>"), text);
	struct span span = {source, 0, (uint32_t)text.len};

	a->node =
	    (struct node){.kind = NODE_SCALAR, .style = NODE_PLAIN, .span = span, .text = text};
	a->extract = (struct extract){
	    .kind = a->kind, .span = span, .value = {.raw = text, .node = &a->node}};
}

/* ---- the extractor's own keys */

/* Sets the text KEY in the struct at DATA, described by FIELDS. Returns false if FIELDS have no
 * such key. */
static bool set_own(const struct field *fields, void *data, struct str key, struct str value)
{
	struct keys *keys = data;

	for (const struct field *row = fields; row && row->key; row++) {
		if (!str_eq(str_of(row->key), key) || row->type != FIELD_TEXT)
			continue;
		*(struct str *)(void *)((char *)data + row->offset) = value;
		keys->rows |= (uint64_t)1 << (row - fields);
		return true;
	}
	return false;
}

static bool read_options(struct attempt *a, const struct options *options)
{
	const struct extract_kind *kind = a->kind;

	for (size_t i = 0; i < sizeof own_keys / sizeof *own_keys; i++) {
		const char *value = options_value(options, own_keys[i]);
		struct str key = str_of(own_keys[i]);

		if (!value)
			continue;
		if (set_own(kind->fields, a->extract.data, key, str_of(value)) ||
		    set_own(kind->parts, a->extract.parts, key, str_of(value)))
			continue;
		log_error("--%s cannot be used with %s", own_keys[i], kind->name);
		return false;
	}
	return true;
}

/* Reads the expression of a kind with several parts: a mapping, as in a scenario. */
static bool read_parts(struct attempt *a, const char *expression)
{
	const struct source *source =
	    source_new(&a->arena, STR("<expression>"), str_of(expression));
	const struct node *map = yaml_read(&a->arena, source, &a->diags);

	if (!map)
		return false;
	for (size_t i = 0; map->kind == NODE_MAP && i < map->count; i++) {
		const struct node *key = map->pairs[i].key, *value = map->pairs[i].value;

		if (value->kind == NODE_SCALAR &&
		    set_own(a->kind->parts, a->extract.parts, key->text, value->text))
			continue;
		diag_error(&a->diags, key->span, DIAG_E101, "'%.*s' is not a text key of %s",
			   STR_ARG(key->text), a->kind->name);
		return false;
	}
	if (map->kind != NODE_MAP)
		diag_error(&a->diags, map->span, DIAG_E140, "expected a mapping, such as %s",
			   a->kind->example);
	return map->kind == NODE_MAP;
}

/* Whether options replace the expression. */
static bool parts_by_options(const struct attempt *a, const struct options *options)
{
	return a->kind->parts && (options_has(options, "left") || options_has(options, "right"));
}

static size_t head_end(struct str text, size_t *skip)
{
	size_t crlf = str_find(text, STR("\r\n\r\n"), 0), lf = str_find(text, STR("\n\n"), 0);

	*skip = crlf < lf ? 4 : 2;
	return crlf < lf ? crlf : lf;
}

/* Parses a status line and headers before the body, as printed by `curl -i`; skips interim
 * responses. */
static void read_response(struct attempt *a)
{
	struct str rest = a->text;
	size_t end, skip;

	a->response = (struct response){.status = 200, .body = rest};
	while (str_starts(rest, STR("HTTP/")) && (end = head_end(rest, &skip)) != NOT_FOUND) {
		size_t line = str_find_char(rest, '\n', 0);
		int64_t status;
		size_t space = str_find_char(rest, ' ', 0);
		if (str_to_int(str_slice(rest, space + 1, space + 4), &status))
			a->response.status = (int)status;
		a->response.headers =
		    line < end ? str_slice(rest, line + 1, end + skip / 2) : STR("");
		rest = str_slice(rest, end + skip, rest.len);
		a->response.body = rest;
	}
}

static void print_nothing_found(const struct attempt *a, struct str why)
{
	if (why.len)
		log_error("no match: %.*s", STR_ARG(why));
	else
		log_error("no match in %zu bytes", extract_subject(a->kind, &a->response).len);
}

static void print_values(const struct matches *matches, bool first)
{
	struct buf out;

	buf_init(&out, 0);
	if (!first)
		value_put(&out, (struct value){.type = VALUE_LIST,
					       .items = matches->items,
					       .count = matches->count});
	else if (matches->count)
		value_put(&out, matches->items[0]);
	printf("%.*s\n", STR_ARG(buf_str(&out)));
	buf_release(&out);
}

static enum exit_status print_matches(const struct attempt *a, const void *plan, bool first)
{
	struct finder finder;
	enum finder_outcome outcome;
	enum exit_status status = EXIT_PASSED;
	struct buf why;

	finder_init(&finder, &all_tables, NULL);
	buf_init(&why, 0);
	outcome = finder_search(&finder, &a->response, &a->extract, plan, first ? 1 : 0, &why);
	if (outcome == FINDER_LIMIT) {
		log_error("the expression needs too much time on this text for a load test");
		status = EXIT_FAILED;
	} else if (!finder.last.count) {
		print_nothing_found(a, buf_str(&why));
		status = EXIT_FAILED;
	}
	print_values(&finder.last, first);
	buf_release(&why);
	finder_release(&finder);
	return status;
}

static void print_errors(const struct attempt *a)
{
	struct buf out;

	buf_init(&out, 0);
	diag_print(&a->diags, DIAG_TEXT, false, &out);
	fprintf(stderr, "%.*s", STR_ARG(buf_str(&out)));
	buf_release(&out);
}

static void print_usage(void)
{
	log_error("expected an extractor and an expression, as in: reprise try jsonpath "
		  "'$.items[*].id' body.json");
}

static enum exit_status attempt_run(struct attempt *a, const struct options *options)
{
	enum exit_status status = EXIT_USAGE;
	const char *file, *why;
	const void *plan;

	a->kind = find_kind(options->operands[0]);
	if (!a->kind)
		return EXIT_USAGE;
	bool by_options = parts_by_options(a, options);
	size_t operands = by_options ? 1 : 2;
	if (options->operand_count < operands || options->operand_count > operands + 1) {
		print_usage();
		return EXIT_USAGE;
	}
	read_expression(a, by_options ? "" : options->operands[1]);
	a->extract.data = arena_alloc(&a->arena, a->kind->bytes + sizeof(struct keys));
	a->extract.parts = arena_alloc(&a->arena, a->kind->parts_bytes + sizeof(struct keys));
	if (!read_options(a, options))
		return EXIT_USAGE;
	if (a->kind->parts && !by_options && !read_parts(a, options->operands[1])) {
		print_errors(a);
		return EXIT_USAGE;
	}
	file = options->operand_count > operands ? options->operands[operands] : "-";
	plan = a->kind->prepare(&a->arena, &a->diags, &a->extract, false);
	if (!plan) {
		print_errors(a);
		return EXIT_USAGE;
	}
	if (file_read(&a->arena, file, BYTES_MAX, &a->text, &why)) {
		read_response(a);
		status = print_matches(a, plan, options_has(options, "first"));
	} else {
		log_error("%s: %s", file, why);
	}
	if (a->kind->release)
		a->kind->release(plan);
	return status;
}

static enum exit_status try_main(const struct options *options)
{
	struct attempt attempt = {0};
	enum exit_status status = EXIT_USAGE;

	arena_init(&attempt.arena, 0);
	diag_init(&attempt.diags, &attempt.arena);
	if (options->operand_count)
		status = attempt_run(&attempt, options);
	else
		print_usage();
	arena_release(&attempt.arena);
	return status;
}
