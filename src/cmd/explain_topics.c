#include "cmd/explain_topics.h"

#include <string.h>

#include "base/diag.h"
#include "cmd/all_tables.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/field.h"
#include "interface/function.h"
#include "interface/step.h"
#include "program/expr.h"
#include "program/other_tools_syntax.h"
#include "scenario/other_tools.h"
#include "scenario/reference.h"
#include "scenario/scenario_file.h"
#include "stats/threshold.h"
#include "stats/verdict.h"

struct explain_term {
	const char *words; /* separated by |; the first one is the name */
	const char *text, *example, *see;
};

#define TERM(words, text, example, see) {words, text, example, see},
static const struct explain_term terms[] = {
#include "cmd/explain_terms.def"
};
#define TERM_COUNT (sizeof terms / sizeof *terms)

/* ---- words */

static char plain(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + 'a' - 'A');
	return c == '-' || c == '_' ? ' ' : c;
}

static bool is_same_word(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (plain(a.ptr[i]) != plain(b.ptr[i]))
			return false;
	return true;
}

/* The next of the words that | separates, or STR_NULL; *AT starts at 0. */
static struct str next_word(const char *words, size_t *at)
{
	struct str all = str_of(words), word;

	if (*at >= all.len)
		return STR_NULL;
	size_t end = str_find_char(all, '|', *at);
	word = str_slice(all, *at, end == NOT_FOUND ? all.len : end);
	*at += word.len + 1;
	return word;
}

static const struct explain_term *find_term(struct str word)
{
	for (size_t i = 0; i < TERM_COUNT; i++) {
		size_t at = 0;

		for (struct str known; (known = next_word(terms[i].words, &at)).ptr;)
			if (is_same_word(known, word))
				return &terms[i];
	}
	return NULL;
}

/* ---- entries */

static void put_head(struct buf *out, bool *more, struct str word, const char *kind)
{
	if (*more)
		buf_add_char(out, '\n');
	*more = true;
	buf_printf(out, "%.*s: %s\n", STR_ARG(word), kind);
}

static void put_example(struct buf *out, const char *example)
{
	struct str all = str_of(example);

	if (all.len)
		buf_add_char(out, '\n');
	for (size_t at = 0; at < all.len;) {
		struct str line = str_slice(all, at, str_find_char(all, '\n', at));

		buf_printf(out, "    %.*s\n", STR_ARG(line));
		at += line.len + 1;
	}
}

static void put_term(struct buf *out, bool *more, const struct explain_term *term, struct str word)
{
	size_t at = 0;
	struct str name = next_word(term->words, &at);
	struct buf line;

	buf_init(&line, 0);
	if (is_same_word(name, word)) {
		put_head(out, more, name, "a term of load testing");
	} else {
		buf_printf(&line, "see %.*s", STR_ARG(name));
		put_head(out, more, word, line.data);
	}
	reference_wrap(out, str_of(term->text), 2);
	put_example(out, term->example);
	buf_clear(&line);
	buf_add(&line, STR("See also: "));
	for (const char *c = term->see; *c; c++)
		buf_add(&line, *c == ' ' ? STR(", ") : str_n(c, 1));
	buf_add_char(out, '\n');
	reference_wrap(out, buf_str(&line), 2);
	buf_release(&line);
}

static bool is_percentile(struct str word)
{
	double value;

	return word.len > 1 && plain(word.ptr[0]) == 'p' &&
	       str_to_double(str_slice(word, 1, word.len), &value) && value > 0 && value < 100;
}

/* Finds WORD in the table of words; "p95" matches every percentile. */
static void put_threshold_words(struct buf *out, bool *more, struct str word, const char *what,
				const struct threshold_word *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct str own = str_of(words[i].word);

		if (!str_ieq(own, word) && !(is_percentile(own) && is_percentile(word)))
			continue;
		put_head(out, more, word, what);
		reference_wrap(out, str_of(words[i].sentence), 2);
		buf_printf(out, "\n    thresholds:\n      - %s\n", words[i].example);
	}
}

static void put_thresholds(struct buf *out, bool *more, struct str word)
{
	size_t count;
	const struct threshold_word *words = threshold_metrics(&count);

	put_threshold_words(out, more, word, "a metric of thresholds", words, count);
	words = threshold_statistics(&count);
	put_threshold_words(out, more, word, "a statistic of thresholds", words, count);
	words = threshold_modifiers(&count);
	put_threshold_words(out, more, word, "a modifier of thresholds", words, count);
}

static void put_builtins(struct buf *out, bool *more, struct str word)
{
	size_t count;
	const struct builtin_word *w = expr_builtin_words(&count);

	for (size_t i = 0; i < count; i++) {
		bool environment =
		    str_starts(word, STR("env.")) && str_starts(str_of(w[i].word), STR("env."));

		if (!str_ieq(str_of(w[i].word), word) && !environment)
			continue;
		put_head(out, more, word, "a built-in name");
		reference_wrap(out, str_of(w[i].sentence), 2);
		put_example(out, w[i].example);
	}
}

static void put_causes(struct buf *out, bool *more, struct str word)
{
	for (int i = 0; i < VERDICT_CAUSE_COUNT; i++) {
		if (!is_same_word(str_of(verdict_cause_names[i]), word))
			continue;
		put_head(out, more, str_of(verdict_cause_names[i]),
			 "a reason why a result is not valid");
		reference_wrap(out, str_of(verdict_cause_sentences[i]), 2);
	}
}

/* ---- lists */

typedef void put_word(void *context, const char *word, const char *form, const char *sentence);

static void each_key(void *context, put_word *put)
{
	for (const struct field *row = scenario_file_fields; row->key; row++)
		put(context, row->key, row->key, row->prose);
}

static void each_step(void *context, put_word *put)
{
	for (size_t i = 0; i < all_tables.step_count; i++) {
		const struct step_kind *kind = all_tables.steps[i];

		for (const struct field *row = kind->fields; row->key; row++)
			if (row->flags & FIELD_ACTION)
				put(context, row->key, row->key, kind->sentence);
	}
}

static void each_extractor(void *context, put_word *put)
{
	for (size_t i = 0; i < all_tables.extract_count; i++)
		put(context, all_tables.extracts[i]->name, all_tables.extracts[i]->name,
		    all_tables.extracts[i]->sentence);
}

static void each_assertion(void *context, put_word *put)
{
	for (size_t i = 0; i < all_tables.expect_count; i++)
		put(context, all_tables.expects[i]->name, all_tables.expects[i]->name,
		    all_tables.expects[i]->sentence);
}

static void each_function(void *context, put_word *put)
{
	for (size_t i = 0; i < all_tables.function_count; i++) {
		const struct function_kind *kind = all_tables.functions[i];

		if (!(kind->flags & FUNCTION_FILTER))
			put(context, kind->name, kind->signature, kind->sentence);
	}
}

static void each_filter(void *context, put_word *put)
{
	for (size_t i = 0; i < all_tables.function_count; i++) {
		const struct function_kind *kind = all_tables.functions[i];

		if (kind->flags & FUNCTION_FILTER)
			put(context, kind->name, kind->signature, kind->sentence);
	}
}

static void each_builtin(void *context, put_word *put)
{
	size_t count;
	const struct builtin_word *w = expr_builtin_words(&count);

	for (size_t i = 0; i < count; i++)
		put(context, w[i].word, w[i].word, w[i].sentence);
}

static void each_metric(void *context, put_word *put)
{
	size_t count;
	const struct threshold_word *w = threshold_metrics(&count);

	for (size_t i = 0; i < count; i++)
		put(context, w[i].word, w[i].example, w[i].sentence);
}

static void each_statistic(void *context, put_word *put)
{
	size_t count;
	const struct threshold_word *w = threshold_statistics(&count);

	for (size_t i = 0; i < count; i++)
		put(context, w[i].word, w[i].example, w[i].sentence);
}

static void each_modifier(void *context, put_word *put)
{
	size_t count;
	const struct threshold_word *w = threshold_modifiers(&count);

	for (size_t i = 0; i < count; i++)
		put(context, w[i].word, w[i].example, w[i].sentence);
}

static void each_cause(void *context, put_word *put)
{
	for (int i = 0; i < VERDICT_CAUSE_COUNT; i++)
		put(context, verdict_cause_names[i], verdict_cause_names[i],
		    verdict_cause_sentences[i]);
}

static void each_term(void *context, put_word *put)
{
	for (size_t i = 0; i < TERM_COUNT; i++) {
		size_t at = 0;
		struct str name = next_word(terms[i].words, &at);
		struct arena a;

		arena_init(&a, 0);
		put(context, arena_cstr(&a, name), arena_cstr(&a, name), terms[i].text);
		arena_release(&a);
	}
}

static void each_code(void *context, put_word *put)
{
	for (int code = 0; code < DIAG_CODE_COUNT; code++)
		put(context, diag_code_name((enum diag_code)code),
		    diag_code_name((enum diag_code)code), diag_code_title((enum diag_code)code));
}

/* The kinds of words. `words`: the names of the list, separated by |. */
static const struct {
	const char *heading, *words;
	void (*each)(void *context, put_word *put);
} lists[] = {
    {"Keys of a file", "keys|top level keys|top level", each_key},
    {"Steps", "steps|actions", each_step},
    {"Extractors", "extractors|extract", each_extractor},
    {"Assertions", "assertions|expect|expectations", each_assertion},
    {"Functions", "functions", each_function},
    {"Filters", "filters", each_filter},
    {"Built-in names", "built-in|built-in names|builtins", each_builtin},
    {"Metrics of thresholds", "thresholds|metrics|threshold", each_metric},
    {"Statistics of thresholds", "thresholds|statistics|threshold", each_statistic},
    {"Modifiers of thresholds", "thresholds|modifiers|threshold", each_modifier},
    {"Reasons why a result is not valid",
     "validity|generator.causes|generator causes|causes|not valid|valid|invalid", each_cause},
    {"Terms", "terms|glossary|topics", each_term},
    {"Error codes", "codes|errors|error codes", each_code},
};
#define LIST_COUNT (sizeof lists / sizeof *lists)

#define COLUMNS 79u

/* A list of words in lines of at most COLUMNS and a comma; words are not broken. */
struct word_lines {
	struct buf *out;
	size_t column; /* 0: no word yet */
};

static void add_word(void *context, const char *word, const char *form, const char *sentence)
{
	struct word_lines *lines = context;
	size_t width = strlen(word);

	(void)form;
	(void)sentence;
	if (lines->column && lines->column + 2 + width > COLUMNS) {
		buf_add(lines->out, STR(",\n"));
		lines->column = 0;
	} else if (lines->column) {
		buf_add(lines->out, STR(", "));
		lines->column += 2;
	}
	if (!lines->column) {
		buf_add(lines->out, STR("  "));
		lines->column = 2;
	}
	buf_add(lines->out, str_of(word));
	lines->column += width;
}

void explain_topics_list(struct buf *out)
{
	reference_wrap(out,
		       STR("reprise explain WORD explains a keyword, a term of load "
			   "testing or an error code. Words of other tools are known too, such as "
			   "vus, rps, sleep, csv and insecure."),
		       0);
	for (size_t i = 0; i < LIST_COUNT; i++) {
		size_t at = 0;
		struct str name = next_word(lists[i].words, &at);
		struct word_lines lines = {.out = out};

		buf_printf(out, "\n%s (reprise explain %.*s):\n", lists[i].heading, STR_ARG(name));
		lists[i].each(&lines, add_word);
		buf_add_char(out, '\n');
	}
}

static void put_line(void *context, const char *word, const char *form, const char *sentence)
{
	struct buf *out = context;

	(void)word;
	buf_printf(out, "  %s\n", form);
	reference_wrap(out, str_of(sentence), 6);
}

static bool is_list_name(size_t list, struct str word)
{
	size_t at = 0;

	for (struct str known; (known = next_word(lists[list].words, &at)).ptr;)
		if (is_same_word(known, word))
			return true;
	return false;
}

static void put_lists(struct buf *out, bool *more, struct str word)
{
	for (size_t i = 0; i < LIST_COUNT; i++) {
		if (!is_list_name(i, word))
			continue;
		if (*more)
			buf_add_char(out, '\n');
		*more = true;
		buf_printf(out, "%s:\n", lists[i].heading);
		lists[i].each(out, put_line);
	}
}

/* ---- all of them */

static void put_hint(struct buf *out, bool *more, struct str word)
{
	const char *instead = other_tools_hint(word);
	struct buf line;

	instead = instead ? instead : other_tools_syntax_hint(word);
	if (!instead || *more)
		return;
	put_head(out, more, word, "a word of other tools");
	buf_init(&line, 0);
	buf_printf(&line, "Use %s", instead);
	reference_wrap(out, buf_str(&line), 2);
	buf_release(&line);
}

bool explain_topics_put(struct buf *out, struct str word, bool more)
{
	const struct explain_term *term = find_term(word);

	put_thresholds(out, &more, word);
	put_builtins(out, &more, word);
	put_causes(out, &more, word);
	if (term)
		put_term(out, &more, term, word);
	put_hint(out, &more, word);
	put_lists(out, &more, word);
	return more;
}

struct known_words {
	struct arena *arena;
	VEC(struct str) words;
};

static void collect_word(void *context, const char *word, const char *form, const char *sentence)
{
	struct known_words *list = context;

	(void)form;
	(void)sentence;
	VEC_PUSH(list->arena, &list->words, arena_str(list->arena, str_of(word)));
}

struct str explain_topics_nearest(struct arena *a, struct str word)
{
	struct known_words list = {.arena = a, .words = {NULL, 0, 0}};

	for (size_t i = 0; i < LIST_COUNT; i++)
		lists[i].each(&list, collect_word);
	for (size_t i = 0; i < TERM_COUNT; i++) {
		size_t at = 0;

		for (struct str known; (known = next_word(terms[i].words, &at)).ptr;)
			VEC_PUSH(a, &list.words, known);
	}
	return diag_nearest(word, list.words.items, list.words.count);
}
