/*
 * Maps the decoded text of a scalar back to its source: the source is read again by the rules of
 * its style, and each piece of decoded text is matched with the source bytes it came from.
 */
#include "base/ascii.h"
#include "doc/node.h"

struct span_walk {
	struct str source; /* the whole text */
	size_t at, end;	   /* the rest of the scalar, without quotes */
	size_t decoded;	   /* bytes of text so far */
	struct node_span_map *map;
	struct arena *arena;
};

static void push_piece(struct span_walk *w, struct node_piece piece)
{
	struct node_span_map *map = w->map;

	if (map->count == map->cap) {
		size_t cap = map->cap ? map->cap * 2 : 16;
		struct node_piece *grown = ARENA_ARRAY(w->arena, cap, struct node_piece);

		if (map->count)
			memcpy(grown, map->pieces, map->count * sizeof(*grown));
		map->pieces = grown;
		map->cap = cap;
	}
	map->pieces[map->count++] = piece;
}

/* BYTES of text come from the source bytes [at, at + taken). */
static void add_piece(struct span_walk *w, size_t bytes, size_t taken)
{
	struct node_span_map *map = w->map;
	struct node_piece *last = map->count ? &map->pieces[map->count - 1] : NULL;

	if (last && bytes == taken && last->decoded == last->source &&
	    last->source_at + last->source == w->at) {
		last->decoded += bytes;
		last->source += taken;
	} else {
		push_piece(w, (struct node_piece){w->decoded, w->at, bytes, taken});
	}
	w->decoded += bytes;
	w->at += taken;
}

static bool is_break(char c)
{
	return c == '\n' || c == '\r';
}

/* Length of the line end at AT: CR LF is one. */
static size_t break_length(const struct span_walk *w, size_t at)
{
	if (at >= w->end || !is_break(w->source.ptr[at]))
		return 0;
	return w->source.ptr[at] == '\r' && at + 1 < w->end && w->source.ptr[at + 1] == '\n' ? 2
											     : 1;
}

/* Spaces and line ends starting at AT; *BREAKS is the number of line ends. */
static size_t white_length(const struct span_walk *w, size_t at, size_t *breaks)
{
	size_t start = at;

	*breaks = 0;
	while (at < w->end) {
		size_t length = break_length(w, at);

		if (length)
			(*breaks)++;
		else if (!ascii_is_blank(w->source.ptr[at]))
			break;
		at += length ? length : 1;
	}
	return at - start;
}

/* Spaces inside a line are kept; one line end is a space, N line ends are N-1 line ends. */
static void fold(struct span_walk *w)
{
	size_t breaks, length = white_length(w, w->at, &breaks);

	if (breaks == 0)
		add_piece(w, length, length);
	else
		add_piece(w, breaks == 1 ? 1 : breaks - 1, length);
}

static size_t utf8_length(uint32_t point)
{
	return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

static uint32_t hex_number(struct str digits)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits.len; i++) {
		char c = digits.ptr[i];

		value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

/* A backslash in double quotes, with the characters of the escape. */
static void escape(struct span_walk *w)
{
	char kind = w->at + 1 < w->end ? w->source.ptr[w->at + 1] : '\\';
	size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;

	if (is_break(kind)) {
		size_t breaks, length = white_length(w, w->at + 1, &breaks);

		add_piece(w, breaks - 1, 1 + length);
	} else if (digits) {
		struct str number = str_slice(w->source, w->at + 2, w->at + 2 + digits);

		add_piece(w, utf8_length(hex_number(number)), 2 + digits);
	} else {
		add_piece(w,
			  kind == 'L' || kind == 'P'   ? 3
			  : kind == 'N' || kind == '_' ? 2
						       : 1,
			  2);
	}
}

static void walk_flow(struct span_walk *w, enum node_style style)
{
	while (w->at < w->end) {
		char c = w->source.ptr[w->at];

		if (ascii_is_blank(c) || is_break(c))
			fold(w);
		else if (style == NODE_SINGLE && c == '\'')
			add_piece(w, 1, 2);
		else if (style == NODE_DOUBLE && c == '\\')
			escape(w);
		else
			add_piece(w, 1, 1);
	}
}

static size_t line_length(const struct span_walk *w, size_t at)
{
	size_t start = at;

	while (at < w->end && !is_break(w->source.ptr[at]))
		at++;
	return at - start;
}

static size_t leading_spaces(struct str s, size_t at)
{
	size_t start = at;

	while (at < s.len && s.ptr[at] == ' ')
		at++;
	return at - start;
}

/* Skips the header of a block text and the empty lines after it; returns the indentation of its
 * lines. */
static size_t block_indent(struct span_walk *w, struct str text, size_t *empty_lines)
{
	size_t first = 0;

	w->at += line_length(w, w->at);
	w->at += break_length(w, w->at);
	*empty_lines = 0;
	for (size_t line = w->at; line < w->end;) {
		size_t spaces = leading_spaces(str_slice(w->source, 0, w->end), line);
		size_t length = break_length(w, line + spaces);

		if (!length)
			break;
		line += spaces + length;
		w->at = line;
		(*empty_lines)++;
	}
	while (first < text.len && text.ptr[first] == '\n')
		first++;
	size_t in_source = leading_spaces(str_slice(w->source, 0, w->end), w->at);
	size_t in_text = leading_spaces(text, first);
	return in_source > in_text ? in_source - in_text : 0;
}

static bool line_is_empty(const struct span_walk *w, size_t indent, size_t at)
{
	size_t spaces = 0;

	while (spaces < indent && at + spaces < w->end && w->source.ptr[at + spaces] == ' ')
		spaces++;
	return at + spaces >= w->end || is_break(w->source.ptr[at + spaces]);
}

/* The line ends between two lines of a block text, which are the source bytes [at, at + taken). */
static void between_lines(struct span_walk *w, bool folded, size_t indent)
{
	size_t at = w->at + break_length(w, w->at), breaks = 1;

	while (at < w->end && line_is_empty(w, indent, at)) {
		size_t length = line_length(w, at);

		if (!break_length(w, at + length))
			break;
		at += length + break_length(w, at + length);
		breaks++;
	}
	size_t line = at + indent;
	bool joins = folded && line < w->end && !ascii_is_blank(w->source.ptr[line]);
	if (joins)
		breaks = breaks > 1 ? breaks - 1 : 1;
	add_piece(w, breaks, at - w->at);
	size_t spaces = leading_spaces(str_slice(w->source, 0, w->end), w->at);
	add_piece(w, 0, spaces < indent ? spaces : indent);
}

static void walk_block(struct span_walk *w, struct str text, bool folded)
{
	size_t empty_lines, indent = block_indent(w, text, &empty_lines);

	w->decoded = empty_lines;
	add_piece(w, 0, indent);
	while (w->at < w->end && w->decoded < text.len) {
		bool blank = ascii_is_blank(w->source.ptr[w->at]);
		size_t length = line_length(w, w->at);

		add_piece(w, length, length);
		if (w->at < w->end)
			between_lines(w, folded && !blank, indent);
	}
}

/* A corrected node: finds its text in the source if it occurs exactly once. */
static struct span find_span(const struct node *node, size_t from, size_t to)
{
	struct str written = str_slice(node->span.source->text, node->span.begin, node->span.end);
	struct str wanted = str_slice(node->text, from, to);
	size_t at = wanted.len ? str_find(written, wanted, 0) : NOT_FOUND;

	if (at == NOT_FOUND || str_find(written, wanted, at + 1) != NOT_FOUND)
		return node->span;
	return (struct span){node->span.source, node->span.begin + (uint32_t)at,
			     node->span.begin + (uint32_t)(at + wanted.len)};
}

/* Reads the source of NODE, a scalar that is not fixed. */
static void map_scalar(struct node_span_map *map, struct arena *arena, const struct node *node)
{
	struct span_walk w = {.source = node->span.source->text,
			      .at = node->span.begin,
			      .end = node->span.end,
			      .map = map,
			      .arena = arena};
	bool block = node->style == NODE_LITERAL || node->style == NODE_FOLDED;
	bool quoted = node->style == NODE_SINGLE || node->style == NODE_DOUBLE;

	map->node = node;
	map->count = 0;
	if (quoted && w.end - w.at >= 2) {
		w.at++;
		w.end--;
	}
	if (block)
		walk_block(&w, node->text, node->style == NODE_FOLDED);
	else
		walk_flow(&w, node->style);
	map->end = w.at < w.end ? w.at : w.end;
	map->is_exact = w.decoded >= node->text.len && (block || w.decoded == node->text.len);
}

/* Number of pieces that begin before AT in the text. */
static size_t pieces_before(const struct node_span_map *map, size_t at)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (map->pieces[middle].text_at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_byte_by_byte(const struct node_piece *p)
{
	return p->decoded == p->source;
}

/* Where the byte AT of the text begins in the source; false if it is after the end. */
static bool find_begin(const struct node_span_map *map, size_t at, size_t *begin)
{
	/* The last piece that begins at or before AT; pieces without text come before it. */
	size_t count = pieces_before(map, at + 1);
	const struct node_piece *p = count ? &map->pieces[count - 1] : NULL;

	if (!p || at >= p->text_at + p->decoded)
		return false;
	*begin = p->source_at + (is_byte_by_byte(p) ? at - p->text_at : 0);
	return true;
}

static size_t find_end(const struct node_span_map *map, size_t begin, size_t to)
{
	size_t count = pieces_before(map, to), end;
	const struct node_piece *p = count ? &map->pieces[count - 1] : NULL;

	if (!p)
		return begin;
	end = p->source_at +
	      (is_byte_by_byte(p) && to < p->text_at + p->decoded ? to - p->text_at : p->source);
	return end > begin ? end : begin;
}

struct span node_span_map_find(struct node_span_map *map, struct arena *arena,
			       const struct node *node, size_t from, size_t to)
{
	size_t begin;

	if (node->kind != NODE_SCALAR || !node->span.source)
		return node->span;
	if (to > node->text.len)
		to = node->text.len;
	if (from > to)
		from = to;
	if (node->fixed)
		return find_span(node, from, to);
	if (map->node != node)
		map_scalar(map, arena, node);
	if (!map->is_exact)
		return node->span;
	if (!find_begin(map, from, &begin))
		return (struct span){node->span.source, (uint32_t)map->end, (uint32_t)map->end};
	return (struct span){node->span.source, (uint32_t)begin,
			     (uint32_t)find_end(map, begin, to)};
}

struct span node_text_span(const struct node *node, size_t from, size_t to)
{
	struct node_span_map map = {.node = NULL};
	struct arena arena;
	struct span span;

	arena_init(&arena, 0);
	span = node_span_map_find(&map, &arena, node, from, to);
	arena_release(&arena);
	return span;
}
