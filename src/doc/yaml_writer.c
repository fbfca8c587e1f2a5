#include "doc/yaml_writer.h"
#include "doc/yaml_types.h"

#include <string.h>

#define LINE 100u

static struct yaml_writer_node *new_node(struct arena *a, enum yaml_writer_shape shape,
					 struct str text)
{
	struct yaml_writer_node *node = ARENA_NEW(a, struct yaml_writer_node);

	node->shape = shape;
	node->text = text;
	return node;
}

struct yaml_writer_node *yaml_writer_map(struct arena *a)
{
	return new_node(a, YAML_MAP, STR_NULL);
}

struct yaml_writer_node *yaml_writer_list(struct arena *a)
{
	return new_node(a, YAML_LIST, STR_NULL);
}

struct yaml_writer_node *yaml_writer_text(struct arena *a, struct str text)
{
	return new_node(a, YAML_TEXT, text);
}

struct yaml_writer_node *yaml_writer_typed(struct arena *a, struct str text)
{
	return new_node(a, YAML_TYPED, text);
}

struct yaml_writer_node *yaml_writer_word(struct arena *a, struct str word)
{
	return new_node(a, YAML_WORD, word);
}

struct yaml_writer_node *yaml_writer_put(struct arena *a, struct yaml_writer_node *map,
					 struct str key, struct yaml_writer_node *value)
{
	VEC_PUSH(a, &map->members, ((struct yaml_writer_member){key, value}));
	return value;
}

struct yaml_writer_node *yaml_writer_add(struct arena *a, struct yaml_writer_node *list,
					 struct yaml_writer_node *value)
{
	VEC_PUSH(a, &list->members, ((struct yaml_writer_member){STR_NULL, value}));
	return value;
}

struct yaml_writer_node *yaml_writer_append(struct arena *a, struct yaml_writer_node *map,
					    struct str key, struct yaml_writer_node *value)
{
	for (size_t i = 0; i < map->members.count; i++) {
		struct yaml_writer_member *member = &map->members.items[i];
		struct yaml_writer_node *list;

		if (!str_eq(member->key, key))
			continue;
		if (member->value->shape != YAML_LIST) {
			list = yaml_writer_list(a);
			yaml_writer_add(a, list, member->value);
			member->value = list;
		}
		yaml_writer_add(a, member->value, value);
		return member->value;
	}
	yaml_writer_put(a, map, key, value);
	return NULL;
}

void yaml_writer_append_flow(struct arena *a, struct yaml_writer_node *map, struct str key,
			     struct yaml_writer_node *value)
{
	struct yaml_writer_node *list = yaml_writer_append(a, map, key, value);

	if (list)
		list->flow = true;
}

struct yaml_writer_node *yaml_writer_set(struct arena *a, const struct str *texts, size_t count)
{
	struct yaml_writer_node *list = yaml_writer_list(a);

	list->flow = true;
	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while (!str_eq(texts[k], texts[i]))
			k++;
		if (k == i)
			yaml_writer_add(a, list, yaml_writer_text(a, texts[i]));
	}
	return list;
}

struct yaml_writer_node *yaml_writer_put_text(struct arena *a, struct yaml_writer_node *map,
					      struct str key, struct str text)
{
	return yaml_writer_put(a, map, key, yaml_writer_text(a, text));
}

void yaml_writer_merge(struct arena *a, struct yaml_writer_node *into,
		       const struct yaml_writer_node *from)
{
	for (size_t i = 0; i < from->members.count; i++)
		if (!yaml_writer_find(into, from->members.items[i].key))
			yaml_writer_put(a, into, from->members.items[i].key,
					from->members.items[i].value);
}

struct yaml_writer_node *yaml_writer_find(const struct yaml_writer_node *map, struct str key)
{
	for (size_t i = 0; i < map->members.count; i++)
		if (str_eq(map->members.items[i].key, key))
			return map->members.items[i].value;
	return NULL;
}

void yaml_writer_remove(struct yaml_writer_node *map, struct str key)
{
	for (size_t i = 0; i < map->members.count; i++)
		if (str_eq(map->members.items[i].key, key)) {
			memmove(map->members.items + i, map->members.items + i + 1,
				(map->members.count - i - 1) * sizeof *map->members.items);
			map->members.count--;
			return;
		}
}

struct yaml_writer_node *yaml_writer_recorded(struct arena *a, struct str text)
{
	return yaml_types_is_word(text) ? yaml_writer_typed(a, text) : yaml_writer_text(a, text);
}

void yaml_writer_order(struct yaml_writer_node *map, const char *const *keys)
{
	size_t done = 0;

	for (size_t k = 0; keys[k]; k++)
		for (size_t i = done; i < map->members.count; i++) {
			struct yaml_writer_member found = map->members.items[i];

			if (!str_eq(found.key, str_of(keys[k])))
				continue;
			memmove(map->members.items + done + 1, map->members.items + done,
				(i - done) * sizeof found);
			map->members.items[done++] = found;
		}
}

void yaml_writer_comment(struct arena *a, struct yaml_writer_node *node, struct str line)
{
	node->above = node->above.ptr
			  ? arena_printf(a, "%.*s\n%.*s", STR_ARG(node->above), STR_ARG(line))
			  : arena_str(a, line);
}

/* ---- scalars */

/* A code point that may be written unquoted in YAML and that our own reader accepts without a
 * message. */
static bool is_plain_code(struct str s, size_t at, size_t step)
{
	const unsigned char *p = (const unsigned char *)s.ptr + at;

	if (step == 1)
		return *p >= ' ' && *p < 0x7f;
	/* C1 and no-break space; General Punctuation with its typographic quotes and invisible
	 * characters. */
	if (step == 2)
		return !(p[0] == 0xc2 && p[1] <= 0xa0);
	if (step == 3)
		return !(p[0] == 0xe2 && (p[1] == 0x80 || p[1] == 0x81)) &&
		       !(p[0] == 0xef && p[1] >= 0xbb) && !(p[0] == 0xe3 && p[1] == 0x80);
	return false;
}

static bool looks_typed(struct str s)
{
	double number;

	return yaml_types_is_word(s) || str_to_double(s, &number);
}

/* Whether the text needs no quotes; FLOW: inside brackets. */
static bool is_plain(struct str s, bool flow, bool key)
{
	size_t step;

	if (!s.len || strchr("-?:,[]{}#&*!|>'\"%@`=<~ ", s.ptr[0]) || s.ptr[s.len - 1] == ' ' ||
	    s.ptr[s.len - 1] == ':')
		return false;
	for (size_t i = 0; i < s.len; i += step) {
		step = str_utf8_step(s, i);
		if (!step || !is_plain_code(s, i, step))
			return false;
		/* Some readers end a text in brackets at a question mark. */
		if (flow && strchr(",[]{}:?#!|>'\"%@`$", s.ptr[i]))
			return false;
		if (key && strchr(":#{}[],\"'", s.ptr[i]))
			return false;
		if (s.ptr[i] == ':' && s.ptr[i + 1] == ' ')
			return false;
		if (s.ptr[i] == '#' && s.ptr[i - 1] == ' ')
			return false;
	}
	return true;
}

void yaml_writer_double(struct buf *out, struct str s)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < s.len;) {
		size_t step = str_utf8_step(s, i);
		unsigned char c = (unsigned char)s.ptr[i];

		if (!step) {
			buf_add(out, STR("\\uFFFD"));
			step = 1;
		} else if (c == '"' || c == '\\') {
			buf_add_char(out, '\\');
			buf_add_char(out, (char)c);
		} else if (c == '\n') {
			buf_add(out, STR("\\n"));
		} else if (c == '\r') {
			buf_add(out, STR("\\r"));
		} else if (c == '\t') {
			buf_add(out, STR("\\t"));
		} else if (step == 1 && (c < ' ' || c == 0x7f)) {
			buf_printf(out, "\\x%02X", c);
		} else if (is_plain_code(s, i, step) || step == 4) {
			buf_add(out, str_slice(s, i, i + step));
		} else {
			uint32_t code = step == 2 ? c & 0x1fu : c & 0x0fu;

			for (size_t k = 1; k < step; k++)
				code = code << 6 | ((unsigned char)s.ptr[i + k] & 0x3fu);
			buf_printf(out, "\\u%04X", code);
		}
		i += step;
	}
	buf_add_char(out, '"');
}

static void put_single_quoted(struct buf *out, struct str s)
{
	buf_add_char(out, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\'')
			buf_add_char(out, '\'');
		buf_add_char(out, s.ptr[i]);
	}
	buf_add_char(out, '\'');
}

static bool is_one_clean_line(struct str s)
{
	size_t step;

	for (size_t i = 0; i < s.len; i += step) {
		step = str_utf8_step(s, i);
		if (!step || !is_plain_code(s, i, step))
			return false;
	}
	return true;
}

void yaml_writer_scalar(struct buf *out, enum yaml_writer_shape shape, struct str s, bool flow,
			bool key)
{
	/* Other readers of YAML must read the same text. */
	bool typed = (shape == YAML_TYPED && looks_typed(s)) || yaml_types_is_changed(s);

	if (shape == YAML_WORD || (!typed && is_plain(s, flow, key)))
		buf_add(out, s);
	else if (is_one_clean_line(s) && str_find_char(s, '"', 0) == NOT_FOUND &&
		 str_find_char(s, '\\', 0) == NOT_FOUND)
		yaml_writer_double(out, s);
	else if (is_one_clean_line(s))
		put_single_quoted(out, s);
	else
		yaml_writer_double(out, s);
}

bool yaml_writer_single(struct buf *out, struct str text)
{
	if (!is_one_clean_line(text))
		return false;
	put_single_quoted(out, text);
	return true;
}

bool yaml_writer_fits_block(struct str s)
{
	size_t step, lines = 0;

	if (!s.len || s.ptr[0] == '\n' || s.ptr[0] == ' ')
		return false;
	for (size_t i = 0; i < s.len; i += step) {
		step = str_utf8_step(s, i);
		if (!step || (s.ptr[i] != '\n' && !is_plain_code(s, i, step)))
			return false;
		if (s.ptr[i] != '\n')
			continue;
		lines++;
		/* Many editors remove a space at the end of a line when they save the file. */
		if (i && s.ptr[i - 1] == ' ')
			return false;
	}
	return lines > 0 && !str_ends(s, STR("\n\n"));
}

/* ---- lines */

static void indent(struct buf *out, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		buf_add(out, STR("  "));
}

static void put_block(struct buf *out, struct str s, unsigned depth)
{
	bool ends = str_ends(s, STR("\n"));

	buf_add(out, ends ? STR("|\n") : STR("|-\n"));
	for (size_t at = 0; at < s.len;) {
		size_t end = str_find_char(s, '\n', at);

		end = end == NOT_FOUND ? s.len : end;
		if (end > at)
			indent(out, depth);
		buf_add(out, str_slice(s, at, end));
		buf_add_char(out, '\n');
		at = end + 1;
	}
}

static bool has_quote(struct str s)
{
	return str_find_char(s, '"', 0) != NOT_FOUND || str_find_char(s, '\'', 0) != NOT_FOUND;
}

/* Writes a comment line; characters that could end it or be invisible are replaced. */
static void put_comment_text(struct buf *out, struct str line)
{
	for (size_t i = 0; i < line.len;) {
		size_t step = str_utf8_step(line, i);

		if (step && is_plain_code(line, i, step))
			buf_add(out, str_slice(line, i, i + step));
		else
			buf_add_char(out, '?');
		i += step ? step : 1;
	}
}

static void put_above(struct buf *out, const struct yaml_writer_node *node, unsigned depth)
{
	struct str s = node->above;

	if (node->blank)
		buf_add_char(out, '\n');
	for (size_t at = 0; s.ptr && at <= s.len;) {
		size_t end = str_find_char(s, '\n', at);

		end = end == NOT_FOUND ? s.len : end;
		indent(out, depth);
		buf_add_char(out, '#');
		if (end > at)
			buf_add_char(out, ' ');
		put_comment_text(out, str_slice(s, at, end));
		buf_add_char(out, '\n');
		at = end + 1;
	}
}

static void put_end(struct buf *out, const struct yaml_writer_node *node)
{
	if (node->beside.len) {
		buf_add(out, STR("   # "));
		put_comment_text(out, node->beside);
	}
	buf_add_char(out, '\n');
}

/* True if it, or a value inside it, has a comment or several lines. */
static bool needs_lines(const struct yaml_writer_node *node)
{
	for (size_t i = 0; i < node->members.count; i++) {
		const struct yaml_writer_node *member = node->members.items[i].value;

		if (member->above.ptr || member->beside.len || needs_lines(member))
			return true;
	}
	return false;
}

static void put_flow(struct buf *out, const struct yaml_writer_node *node)
{
	bool map = node->shape == YAML_MAP;

	if (node->shape != YAML_MAP && node->shape != YAML_LIST) {
		yaml_writer_scalar(out, node->shape, node->text, true, false);
		return;
	}
	buf_add_char(out, map ? '{' : '[');
	for (size_t i = 0; i < node->members.count; i++) {
		if (i)
			buf_add(out, STR(", "));
		if (map) {
			yaml_writer_scalar(out, YAML_TYPED, node->members.items[i].key, true, true);
			buf_add(out, STR(": "));
		}
		put_flow(out, node->members.items[i].value);
	}
	buf_add_char(out, map ? '}' : ']');
}

static void put_node(struct buf *out, const struct yaml_writer_node *node, unsigned depth,
		     bool in_list);

static void put_member(struct buf *out, const struct yaml_writer_member *member, unsigned depth)
{
	yaml_writer_scalar(out, YAML_TYPED, member->key, false, true);
	buf_add_char(out, ':');
	put_node(out, member->value, depth + 1, false);
}

static void put_members(struct buf *out, const struct yaml_writer_node *node, unsigned depth,
			bool in_list)
{
	for (size_t i = 0; i < node->members.count; i++) {
		const struct yaml_writer_member *member = &node->members.items[i];

		/* The first key is on the line of the dash. */
		if (!in_list || i) {
			put_above(out, member->value, depth);
			indent(out, depth);
		}
		if (node->shape == YAML_MAP) {
			put_member(out, member, depth);
		} else {
			buf_add_char(out, '-');
			put_node(out, member->value, depth + 1, true);
		}
	}
}

/* Writes the value after a colon or a dash, with the line end. */
static void put_node(struct buf *out, const struct yaml_writer_node *node, unsigned depth,
		     bool in_list)
{
	bool container = node->shape == YAML_MAP || node->shape == YAML_LIST;

	if (!container) {
		buf_add_char(out, ' ');
		if (node->shape != YAML_WORD && yaml_writer_fits_block(node->text)) {
			put_block(out, node->text, depth);
			return;
		}
		/* Before a comment, a single quote would seem to include it. */
		yaml_writer_scalar(out, node->shape, node->text, false,
				   node->beside.len && has_quote(node->text));
		put_end(out, node);
		return;
	}
	if (!node->members.count || (node->flow && !needs_lines(node))) {
		size_t mark = out->len, line = mark;

		buf_add_char(out, ' ');
		put_flow(out, node);
		while (line && out->data[line - 1] != '\n')
			line--;
		if (!node->members.count || out->len - line <= LINE) {
			put_end(out, node);
			return;
		}
		out->len = mark;
	}
	if (in_list && node->shape == YAML_MAP) {
		buf_add_char(out, ' ');
		put_members(out, node, depth, true);
		return;
	}
	put_end(out, node);
	put_members(out, node, depth, false);
}

void yaml_writer_print(const struct yaml_writer_node *root, struct buf *out)
{
	put_above(out, root, 0);
	put_members(out, root, 0, false);
}
