#include "output/words.h"

#include "base/escape.h"
#include "base/units.h"

void words_paint(struct buf *out, bool color, enum paint paint, const char *text)
{
	static const char *const codes[] = {
	    [PAINT_GOOD] = "\x1b[32m", [PAINT_BAD] = "\x1b[31m",   [PAINT_WARN] = "\x1b[33m",
	    [PAINT_FAINT] = "\x1b[2m", [PAINT_STRONG] = "\x1b[1m",
	};

	if (color)
		buf_add(out, str_of(codes[paint]));
	buf_add(out, str_of(text));
	if (color)
		buf_add(out, STR("\x1b[0m"));
}

static void pad(struct buf *out, size_t columns)
{
	while (columns-- > 0)
		buf_add_char(out, ' ');
}

/* Bytes of the first N code points of well-formed text. */
static size_t bytes_of(struct str text, size_t n)
{
	size_t i = 0;

	while (i < text.len && n-- > 0) {
		size_t step = str_utf8_step(text, i);

		i += step ? step : 1;
	}
	return i;
}

void words_name(struct buf *out, struct str text, size_t columns, bool padded)
{
	struct buf clean;
	size_t wide;

	buf_init(&clean, 0);
	escape_terminal(&clean, text);
	wide = str_columns(buf_str(&clean));
	if (wide > columns) {
		buf_add(out, str_n(clean.data, bytes_of(buf_str(&clean), columns - 1)));
		buf_add(out, STR("\xe2\x80\xa6"));
	} else {
		buf_add(out, buf_str(&clean));
		pad(out, padded ? columns - wide : 0);
	}
	buf_release(&clean);
}

void words_right(struct buf *out, struct str text, size_t columns)
{
	size_t wide = str_columns(text);

	pad(out, wide < columns ? columns - wide : 0);
	buf_add(out, text);
}

void words_time(struct buf *out, ns_t length, size_t columns)
{
	struct buf text;

	buf_init(&text, 0);
	if (length < 0)
		buf_add_char(&text, '-');
	else
		units_put_time(&text, length, false);
	words_right(out, buf_str(&text), columns);
	buf_release(&text);
}

void words_clock(struct buf *out, ns_t length)
{
	long long seconds = length > 0 ? (long long)(length / NS_PER_S) : 0;

	buf_printf(out, "%02lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

void words_percent(struct buf *out, uint64_t part, uint64_t whole)
{
	double percent = whole ? (double)part * 100 / (double)whole : 0;

	buf_printf(out, "%.*f %%", percent < 1 ? 2 : percent < 99.95 ? 1 : 0, percent);
}

void words_share(struct buf *out, uint64_t part, uint64_t whole)
{
	units_put_count(out, part);
	if (part == 0)
		return;
	buf_add(out, STR(" ("));
	words_percent(out, part, whole);
	buf_add_char(out, ')');
}

void words_count(struct buf *out, uint64_t count, const char *one, const char *many)
{
	units_put_count(out, count);
	buf_printf(out, " %s", count == 1 ? one : many);
}

double words_rate(uint64_t count, ns_t length)
{
	return length > 0 ? (double)count * (double)NS_PER_S / (double)length : 0;
}

void words_clip(struct buf *out, struct str line, size_t columns)
{
	size_t i = 0;
	bool painted = false;

	while (i < line.len) {
		size_t step;

		if (line.ptr[i] == '\x1b') {
			size_t end = str_find_char(line, 'm', i);

			buf_add(out, str_slice(line, i, end + 1));
			painted = true;
			i = end + 1;
			continue;
		}
		if (columns-- == 0)
			break;
		step = str_utf8_step(line, i);
		buf_add(out, str_slice(line, i, i + (step ? step : 1)));
		i += step ? step : 1;
	}
	if (i < line.len && painted)
		buf_add(out, STR("\x1b[0m"));
}
