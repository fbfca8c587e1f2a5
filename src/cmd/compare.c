/* `reprise compare`: compares two results, and separates real changes from noise. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/units.h"
#include "cmd/comparison.h"
#include "result/http_versions.h"
#include "result/saved_result.h"
#include "cmd/options.h"

static enum exit_status compare_main(const struct options *options);

static const char *const formats[] = {"text", "json", "markdown", NULL};

static const struct option compare_options[] = {
    {.name = "allow", .value = "SHARE", .prose = "tolerated regression (default: 5%)"},
    {.name = "format",
     .value = "FORMAT",
     .choices = formats,
     .prose = "output format: text, json or markdown (default: text)"},
    {.name = "junit", .value = "FILE", .prose = "write one JUnit test case per compared value"},
    {.name = NULL},
};

const struct command compare_command = {
    .name = "compare",
    .synopsis = "compare A B",
    .sentence = "Compares result B with result A and separates real changes from noise.",
    .options = compare_options,
    .more =
	"A and B are result folders, written by --out of `run` or `merge`. The random variation\n"
	"of each value is estimated by resampling blocks of seconds of each run (bootstrap); 1 %\n"
	"is added, because two equal runs also differ. A change is real if it is larger than this\n"
	"variation. If nothing changed, at most 5 in 100 comparisons report a change. The column\n"
	"`detectable` shows the smallest change that the comparison can detect; it is smaller for\n"
	"longer runs. A percentile needs a minimum number of requests in both runs: 20 for p50, "
	"200\n"
	"for p95, 1000 for p99. Requests per second are those of the complete seconds; the report "
	"of\n"
	"a run divides by its whole time, in which the last requests end. Runs with WebSockets or "
	"`listen` have rows for all handshakes and all\n"
	"messages, with the times of the waits. If the scenarios, the loads, the targets or the "
	"versions\n"
	"of HTTP of A and B differ, the comparison says so, because that may be the reason of a "
	"change.\n"
	"\n"
	"Exit status: 0 no regression; 1 a regression larger than --allow; 2 A or B is not a\n"
	"result or has no data; 5 an output could not be written.\n"
	"\n"
	"  reprise compare before after\n"
	"  reprise compare --allow 10% --junit compare.xml main branch",
    .main = compare_main,
};

/* ---- reading */

static void read_end(struct comparison_side *side, const struct saved_result *saved,
		     enum archive_item item, struct arena *a)
{
	const struct verdict_validity *v = &saved->reader.validity;

	side->ended = item == ARCHIVE_END;
	side->valid = side->ended && v->valid;
	side->doubt = STR("");
	if (!side->ended)
		side->doubt = STR("the run was killed");
	else if (v->count)
		side->doubt = arena_str(a, str_of(v->reasons[0]));
}

/* Number of seconds of a run without the last one, which is incomplete. */
static unsigned count_seconds(struct saved_result *saved)
{
	struct archive_reader reader;
	struct summary second;
	struct arena arena;
	enum archive_item item;
	unsigned seconds = 0;
	const char *why;

	arena_init(&arena, 0);
	if (archive_open(&reader, &arena, saved->file.text, &why)) {
		summary_init(&second, &reader.table);
		while ((item = archive_next(&reader, &second)) < ARCHIVE_END) {
			if (item == ARCHIVE_SECOND)
				seconds += !reader.interval.last;
			summary_clear(&second);
		}
		summary_release(&second);
	}
	archive_close(&reader);
	arena_release(&arena);
	return seconds;
}

static void read_side(struct comparison *c, unsigned i, struct saved_result *saved,
		      struct compare_side *side)
{
	struct comparison_side *about = &c->sides[i];
	struct summary second;
	enum archive_item item;

	about->folder = saved->folder;
	about->name = saved->reader.facts.name;
	about->load = saved->reader.facts.load;
	about->target = saved->reader.facts.target;
	about->scenario = saved->reader.facts.scenario;
	about->seconds = count_seconds(saved);
	compare_side_init(side, &saved->reader.table, about->seconds);
	summary_init(&second, &saved->reader.table);
	while ((item = archive_next(&saved->reader, &second)) < ARCHIVE_END) {
		if (item != ARCHIVE_SECOND)
			continue;
		summary_close_second(&second,
				     saved->reader.interval.begin + saved->reader.interval.length);
		about->has_data |= verdict_has_data(&second);
		recorder_series_counts_add(&about->counts, &second.all.counts);
		if (!saved->reader.interval.last)
			compare_side_add(side, &second);
		summary_clear(&second);
	}
	summary_release(&second);
	read_end(about, saved, item, &c->arena);
}

/* ---- comparing */

/* The index of the same step in TABLE; COMPARE_ALL if there is none. */
static unsigned find_step(const struct series_table *table, const struct series_def *def)
{
	for (unsigned i = 0; i < table->defs.count; i++) {
		const struct series_def *own = &table->defs.items[i];

		if (own->kind == SERIES_STEP && str_eq(own->name, def->name) &&
		    str_eq(own->scenario, def->scenario))
			return i;
	}
	return COMPARE_ALL;
}

static unsigned count_pairs(const struct compare_side *sides)
{
	unsigned pairs = 0;

	for (size_t i = 0; i < sides[0].table->defs.count; i++) {
		const struct series_def *def = &sides[0].table->defs.items[i];

		pairs += def->kind == SERIES_STEP && find_step(sides[1].table, def) != COMPARE_ALL;
	}
	return pairs;
}

static void count_line(struct comparison *c, const struct comparison_line *line)
{
	for (unsigned i = 0; i < COMPARE_STAT_COUNT; i++) {
		const struct compare_value *v = &line->row.values[i];

		c->real += v->real;
		c->regressions += compare_is_regression((enum compare_stat)i, v, c->allow);
	}
}

/* Rows for sockets and streams, if both sides have had them. */
static const struct {
	unsigned series;
	const char *name, *rate;
} sockets[] = {
    {COMPARE_HANDSHAKES, "all handshakes", "handshakes/s"},
    {COMPARE_MESSAGES, "all messages", "messages/s"},
};
#define SOCKETS (sizeof sockets / sizeof *sockets)

static unsigned count_sockets(const struct compare_side *sides)
{
	unsigned rows = 0;

	for (size_t i = 0; i < SOCKETS; i++)
		rows += compare_has(&sides[0], &sides[1], sockets[i].series);
	return rows;
}

static void compare_sockets(struct comparison *c, const struct compare_side *sides, unsigned rows)
{
	for (size_t i = 0; i < SOCKETS; i++) {
		struct comparison_line line = {.name = str_of(sockets[i].name),
					       .rate = sockets[i].rate};

		if (!compare_has(&sides[0], &sides[1], sockets[i].series))
			continue;
		compare_series(&sides[0], sockets[i].series, &sides[1], sockets[i].series, rows,
			       &line.row);
		VEC_PUSH(&c->arena, &c->lines, line);
	}
}

/* Finds differences between the tests of both results. */
static void compare_tests(struct comparison *c)
{
	const struct comparison_side *a = &c->sides[0], *b = &c->sides[1];

	c->other_load = !str_eq(a->load, b->load);
	c->other_target = !str_eq(a->target, b->target);
	c->other_http_version = http_versions_differ(&a->counts, &b->counts);
	c->other_scenario =
	    !str_eq(a->name, b->name) || (!c->other_load && !c->other_target && a->scenario.len &&
					  b->scenario.len && !str_eq(a->scenario, b->scenario));
}

static bool has_p95(const struct comparison *c)
{
	for (size_t i = 0; i < c->lines.count; i++)
		if (c->lines.items[i].row.values[COMPARE_p95].known)
			return true;
	return false;
}

static void compare_sides(struct comparison *c, const struct compare_side *sides)
{
	unsigned pairs = count_pairs(sides) + count_sockets(sides);
	struct comparison_line all = {.name = STR("")};

	c->too_short = sides[0].blocks < COMPARE_BLOCKS || sides[1].blocks < COMPARE_BLOCKS;
	compare_series(&sides[0], COMPARE_ALL, &sides[1], COMPARE_ALL, 1, &all.row);
	VEC_PUSH(&c->arena, &c->lines, all);
	compare_sockets(c, sides, pairs);
	for (unsigned s = 0; s < 2; s++) {
		const struct series_table *own = sides[s].table, *other = sides[!s].table;

		for (unsigned i = 0; i < own->defs.count; i++) {
			const struct series_def *def = &own->defs.items[i];
			struct comparison_line line = {.scenario = def->scenario,
						       .name = def->name};
			unsigned there = find_step(other, def);

			if (def->kind != SERIES_STEP || (s && there != COMPARE_ALL))
				continue;
			if (there == COMPARE_ALL) {
				VEC_PUSH(&c->arena, &c->alone[s], def->name);
				continue;
			}
			compare_series(&sides[0], i, &sides[1], there, pairs, &line.row);
			VEC_PUSH(&c->arena, &c->lines, line);
		}
	}
	for (size_t i = 0; i < c->lines.count; i++)
		count_line(c, &c->lines.items[i]);
	c->too_few = !c->too_short && !c->real && !has_p95(c);
}

/* ---- the command */

static bool write_junit(const struct comparison *c, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
	struct buf text;
	bool good;

	buf_init(&text, 0);
	comparison_put_junit(&text, c);
	good = file && fwrite(text.data, 1, text.len, file) == text.len;
	if (file && file != stdout && fclose(file) != 0)
		good = false;
	if (!good)
		log_error("cannot write %s: %s", path, strerror(errno));
	buf_release(&text);
	return good;
}

static bool show(const struct comparison *c, const struct options *options)
{
	const char *format = options_value(options, "format");
	const char *junit = options_value(options, "junit");
	struct terminal term = terminal_detect(STDOUT_FILENO, TERMINAL_COLOR_AUTO);
	struct buf text;

	buf_init(&text, 0);
	if (format && strcmp(format, "json") == 0)
		comparison_put_json(&text, c);
	else if (format && strcmp(format, "markdown") == 0)
		comparison_put_markdown(&text, c);
	else
		comparison_put_text(&text, c, &term);
	fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	return !junit || write_junit(c, junit);
}

void comparison_build(struct comparison *c, struct saved_result *saved)
{
	struct compare_side sides[2];

	for (unsigned i = 0; i < 2; i++)
		read_side(c, i, &saved[i], &sides[i]);
	compare_tests(c);
	compare_sides(c, sides);
	compare_side_release(&sides[0]);
	compare_side_release(&sides[1]);
}

static enum exit_status perform(struct comparison *c, struct saved_result *saved,
				const struct options *options)
{
	bool good;

	comparison_build(c, saved);
	for (unsigned i = 0; i < 2; i++) {
		if (c->sides[i].has_data)
			continue;
		log_error("%.*s has no data: no request was measured", STR_ARG(saved[i].folder));
		return EXIT_USAGE;
	}
	good = show(c, options);
	if (c->regressions)
		return EXIT_FAILED;
	return good ? EXIT_PASSED : EXIT_NOT_WRITTEN;
}

static bool parse_allow(const struct options *options, double *out)
{
	const char *allow = options_value(options, "allow");
	enum units_error wrong;

	*out = 0.05;
	if (!allow)
		return true;
	wrong = units_share(str_of(allow), out);
	if (wrong != UNIT_OK)
		log_error("--allow %s: %s", allow, units_error_text(wrong));
	return wrong == UNIT_OK;
}

static enum exit_status compare_main(const struct options *options)
{
	enum exit_status status = EXIT_USAGE;
	struct comparison c = {.too_short = false};
	struct saved_result saved[2];

	if (options->operand_count != 2) {
		log_error("expected two result folders; usage: reprise %s",
			  compare_command.synopsis);
		return EXIT_USAGE;
	}
	if (!parse_allow(options, &c.allow) || !saved_result_open(&saved[0], options->operands[0]))
		return EXIT_USAGE;
	arena_init(&c.arena, 0);
	if (saved_result_open(&saved[1], options->operands[1])) {
		status = perform(&c, saved, options);
		saved_result_close(&saved[1]);
	}
	saved_result_close(&saved[0]);
	arena_release(&c.arena);
	return status;
}
