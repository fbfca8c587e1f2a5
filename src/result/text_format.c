#include "result/text_format.h"

#include "base/ascii.h"
#include <math.h>

#include "base/escape.h"
#include "base/units.h"
#include "base/width.h"
#include "stats/summary.h"

#define MARKS_MAX 2 /* combining characters on one letter */

static const char *escape_of_style(enum text_style style)
{
	switch (style) {
	case TEXT_STYLE_GOOD:
		return "\x1b[32m";
	case TEXT_STYLE_BAD:
		return "\x1b[31m";
	case TEXT_STYLE_WARN:
		return "\x1b[33m";
	case TEXT_STYLE_FAINT:
		return "\x1b[2m";
	case TEXT_STYLE_STRONG:
		return "\x1b[1m";
	case TEXT_STYLE_NONE:
		break;
	}
	return NULL;
}

void text_format_style(struct buf *out, const struct terminal *term, enum text_style style,
		       const char *text)
{
	const char *color = term->color ? escape_of_style(style) : NULL;

	if (color)
		buf_add(out, str_of(color));
	buf_add(out, str_of(text));
	if (color)
		buf_add(out, STR("\x1b[0m"));
}

static void pad(struct buf *out, size_t columns)
{
	while (columns-- > 0)
		buf_add_char(out, ' ');
}

/* ---- text from outside */

/* Replacement in ASCII for C; NULL: none. */
static const char *ascii_substitute(uint32_t c)
{
	static const struct {
		uint32_t c;
		const char *text;
	} rows[] = {{0xa0, " "},    {0xb5, "u"},    {0xb7, "-"},     {0xd7, "x"},
		    {0x2013, "-"},  {0x2014, "-"},  {0x2018, "'"},   {0x2019, "'"},
		    {0x201c, "\""}, {0x201d, "\""}, {0x2026, "..."}, {0x2192, "->"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].c == c)
			return rows[i].text;
	return NULL;
}

/* Joiners, selectors, tags and skin tones: some terminals show joined characters as one, others
 * as several. */
static bool is_joiner(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200d) || (c >= 0x2060 && c <= 0x206f) || c == 0x61c ||
	       c == 0xfeff || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0x1f3fb && c <= 0x1f3ff) ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

/* Letters written from right to left, which a terminal may reorder with the digits after them. */
static bool is_right_to_left(uint32_t c)
{
	return (c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfdff) ||
	       (c >= 0xfe70 && c <= 0xfefe) || (c >= 0x10800 && c <= 0x10fff) ||
	       (c >= 0x1e800 && c <= 0x1efff);
}

static void put_ascii(struct buf *out, uint32_t c)
{
	const char *text = ascii_substitute(c);

	if (text)
		buf_add(out, str_of(text));
	else
		buf_add(out, str_n("??", width_of(c)));
}

/* CLEAN, well-formed and without control characters, in a form that all terminals measure
 * equally. */
static void put_normalized(struct buf *out, const struct terminal *term, struct str clean)
{
	unsigned marks = MARKS_MAX; /* none without a letter before it */
	bool right_to_left = false;
	size_t step;

	for (size_t i = 0; i < clean.len; i += step) {
		uint32_t c;

		step = str_utf8_step(clean, i);
		c = width_code_point(clean.ptr + i, step);
		if (is_joiner(c))
			continue;
		if (width_of(c) == 0 && marks++ >= MARKS_MAX)
			continue;
		if (width_of(c))
			marks = 0;
		right_to_left |= is_right_to_left(c);
		if (c >= 0x1f1e6 && c <= 0x1f1ff) /* a flag: its letters */
			buf_add_char(out, (char)('A' + (c - 0x1f1e6)));
		else if (c == 0xad) /* a hyphen that only some terminals show */
			buf_add_char(out, '-');
		else if (term->ascii && c >= 0x80)
			put_ascii(out, c);
		else
			buf_add(out, str_slice(clean, i, i + step));
	}
	if (right_to_left && !term->ascii)
		buf_add(out, STR("\xe2\x80\x8e"));
}

void text_format_text(struct buf *out, const struct terminal *term, struct str text)
{
	struct buf clean;

	buf_init(&clean, 0);
	escape_terminal(&clean, text);
	put_normalized(out, term, buf_str(&clean));
	buf_release(&clean);
}

size_t text_format_name_width(const struct terminal *term, struct str text)
{
	struct buf even;
	size_t columns;

	buf_init(&even, 0);
	text_format_text(&even, term, text);
	columns = width_text(buf_str(&even));
	buf_release(&even);
	return columns;
}

void text_format_name(struct buf *out, const struct terminal *term, struct str text, size_t columns,
		      bool padded)
{
	struct str ellipsis = term->ascii ? STR("...") : STR("\xe2\x80\xa6");
	size_t from = out->len, wide, dots = width_text(ellipsis);
	struct buf even;

	buf_init(&even, 0);
	text_format_text(&even, term, text);
	wide = width_text(buf_str(&even));
	if (wide <= columns) {
		buf_add(out, buf_str(&even));
	} else if (columns > 2 * dots) {
		text_format_clip(out, buf_str(&even), columns - dots);
		buf_add(out, ellipsis);
	} else {
		text_format_clip(out, buf_str(&even), columns);
	}
	buf_release(&even);
	wide = width_text(str_n(out->data + from, out->len - from));
	if (padded && wide < columns)
		pad(out, columns - wide);
}

/* ---- numbers */

void text_format_align_right(struct buf *out, struct str text, size_t columns)
{
	size_t wide = width_text(text);

	pad(out, wide < columns ? columns - wide : 0);
	buf_add(out, text);
}

void text_format_time(struct buf *out, const struct terminal *term, ns_t length, size_t columns)
{
	struct buf text;

	buf_init(&text, 0);
	if (length < 0)
		buf_add_char(&text, '-');
	else
		units_put_time(&text, length, term->ascii);
	text_format_align_right(out, buf_str(&text), columns);
	buf_release(&text);
}

void text_format_clock(struct buf *out, ns_t length)
{
	long long seconds = length > 0 ? (long long)(length / NS_PER_S) : 0;

	buf_printf(out, "%02lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

void text_format_percent(struct buf *out, uint64_t part, uint64_t whole)
{
	double percent = whole ? (double)part * 100 / (double)whole : 0;

	if (part == 0)
		buf_add(out, STR("0 %"));
	else if (percent < 0.005)
		buf_add(out, STR("under 0.01 %"));
	else if (part < whole && percent > 99.9)
		buf_add(out, STR("99.9 %"));
	else
		buf_printf(out, "%.*f %%", percent < 1 ? 2 : percent < 100 ? 1 : 0, percent);
}

void text_format_share(struct buf *out, uint64_t part, uint64_t whole)
{
	units_put_count(out, part);
	if (part == 0)
		return;
	buf_add(out, STR(" ("));
	text_format_percent(out, part, whole);
	buf_add_char(out, ')');
}

void text_format_count(struct buf *out, uint64_t count, const char *one, const char *many)
{
	units_put_count(out, count);
	buf_printf(out, " %s", count == 1 ? one : many);
}

double text_format_rate(uint64_t count, ns_t length)
{
	return length >= SUMMARY_RATE_MIN ? (double)count * (double)NS_PER_S / (double)length : NAN;
}

void text_format_put_rate(struct buf *out, double rate)
{
	if (isnan(rate))
		buf_add_char(out, '-');
	else if (rate < 999.95)
		buf_printf(out, "%.1f", rate);
	else
		units_put_count(out, (uint64_t)(rate + 0.5));
}

const char *text_format_dot(const struct terminal *term)
{
	return term->ascii ? "-" : "\xc2\xb7";
}

const char *text_format_times_sign(const struct terminal *term)
{
	return term->ascii ? "x" : "\xc3\x97";
}

/* ---- lines */

size_t text_format_width(struct str line)
{
	size_t columns = 0, i = 0;

	while (i < line.len) {
		size_t escape = str_find_char(line, '\x1b', i);
		size_t end = escape < line.len ? escape : line.len;

		columns += width_text(str_slice(line, i, end));
		i = escape < line.len ? str_find_char(line, 'm', end) + 1 : end;
	}
	return columns;
}

void text_format_clip(struct buf *out, struct str line, size_t columns)
{
	size_t i = 0, left = columns;
	bool painted = false;

	while (i < line.len) {
		size_t step;
		unsigned wide;

		if (line.ptr[i] == '\x1b') {
			size_t end = str_find_char(line, 'm', i);

			buf_add(out, str_slice(line, i, end + 1));
			painted = true;
			i = end + 1;
			continue;
		}
		step = str_utf8_step(line, i);
		wide = step > 1 ? width_of(width_code_point(line.ptr + i, step)) : 1;
		if (wide > left)
			break;
		left -= wide;
		buf_add(out, str_slice(line, i, i + (step ? step : 1)));
		i += step ? step : 1;
	}
	if (i < line.len && painted)
		buf_add(out, STR("\x1b[0m"));
}

struct text_flow text_format_flow(struct buf *out, size_t columns, size_t indent, size_t at)
{
	return (struct text_flow){.out = out, .columns = columns, .indent = indent, .at = at};
}

void text_format_flow_piece(struct text_flow *flow, struct str piece, size_t gap)
{
	size_t wide = text_format_width(piece);

	if (flow->at + gap + wide > flow->columns && flow->at > flow->indent) {
		buf_add_char(flow->out, '\n');
		pad(flow->out, flow->indent);
		flow->at = flow->indent;
	} else {
		pad(flow->out, gap);
		flow->at += gap;
	}
	buf_add(flow->out, piece);
	flow->at += wide;
}

/* Where the word that starts at FROM ends; a number and its unit are one word. */
static size_t word_end(struct str text, size_t from)
{
	size_t blank = str_find_char(text, ' ', from);

	while (blank < text.len && blank > from && ascii_is_digit(text.ptr[blank - 1]))
		blank = str_find_char(text, ' ', blank + 1);
	return blank < text.len ? blank : text.len;
}

void text_format_flow_text(struct text_flow *flow, struct str text, size_t gap)
{
	size_t from = 0;

	while (from < text.len) {
		size_t end = word_end(text, from);

		text_format_flow_piece(flow, str_slice(text, from, end), gap);
		gap = 1;
		from = end + 1;
	}
}

void text_format_flow_words(struct text_flow *flow, struct buf *text)
{
	text_format_flow_text(flow, buf_str(text), flow->at > flow->indent);
	buf_clear(text);
}

void text_format_flow_unit(struct text_flow *flow, struct buf *text, size_t gap)
{
	text_format_flow_piece(flow, buf_str(text), gap);
	buf_clear(text);
}
