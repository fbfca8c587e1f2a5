#include "import/postman/bru_file.h"

#include "base/ascii.h"
#include "base/buf.h"

struct bru_reader {
	struct arena *arena;
	const struct source *source;
	size_t at;
};

static bool next_line(struct bru_reader *r, struct str *line)
{
	struct str text = r->source->text;
	size_t end;

	if (r->at >= text.len)
		return false;
	end = str_find_char(text, '\n', r->at);
	*line = str_slice(text, r->at, end == NOT_FOUND ? text.len : end);
	r->at = end == NOT_FOUND ? text.len : end + 1;
	if (str_ends(*line, STR("\r")))
		line->len--;
	return true;
}

static struct span span_of(const struct bru_reader *r, struct str part)
{
	uint32_t begin = (uint32_t)(part.ptr - r->source->text.ptr);

	return (struct span){
	    .source = r->source, .begin = begin, .end = begin + (uint32_t)part.len};
}

/* A value in three quotes can have several lines: PART is what follows the first quotes. */
static struct str long_value(struct bru_reader *r, struct str part)
{
	struct buf out;
	struct str line, result;
	size_t end = str_find(part, STR("'''"), 0);

	if (end != NOT_FOUND)
		return str_slice(part, 0, end);
	buf_init(&out, 0);
	buf_add(&out, str_trim(part));
	while (next_line(r, &line)) {
		end = str_find(line, STR("'''"), 0);
		line = str_slice(line, 0, end);
		if (end == NOT_FOUND || str_trim(line).len) {
			if (out.len)
				buf_add_char(&out, '\n');
			buf_add(&out, str_starts(line, STR("    ")) ? str_slice(line, 4, line.len)
								    : line);
		}
		if (end != NOT_FOUND)
			break;
	}
	result = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* `name: value`, `~name: value` or, in a list, `name,`. */
static void add_pair(struct bru_reader *r, struct bru_block *block, struct str line)
{
	struct bru_pair pair = {.span = span_of(r, line)};
	size_t colon;

	pair.off = str_starts(line, STR("~"));
	line = str_trim(str_slice(line, pair.off, line.len));
	if (str_starts(line, STR("\""))) { /* a name in quotes may have a colon */
		size_t quote = str_find_char(line, '"', 1);

		pair.name = str_slice(line, 1, quote);
		colon = str_find_char(line, ':', quote == NOT_FOUND ? 0 : quote);
	} else {
		colon = str_find_char(line, ':', 0);
		pair.name = str_trim(str_slice(line, 0, colon));
	}
	if (colon != NOT_FOUND)
		pair.value = str_trim(str_slice(line, colon + 1, line.len));
	else if (str_ends(pair.name, STR(",")))
		pair.name.len--;
	if (str_starts(pair.value, STR("'''")))
		pair.value = long_value(r, str_slice(pair.value, 3, pair.value.len));
	if (pair.name.len)
		VEC_PUSH(r->arena, &block->pairs, pair);
}

/* Reads the lines of BLOCK to its closing bracket at the beginning of a line. */
static bool read_block(struct bru_reader *r, struct bru_block *block, char close)
{
	struct buf text;
	struct str line, trimmed;
	bool closed = false;

	buf_init(&text, 0);
	while (!closed && next_line(r, &line)) {
		closed =
		    line.len && line.ptr[0] == close && !str_trim(str_slice(line, 1, line.len)).len;
		trimmed = str_trim(line);
		if (closed)
			break;
		if (text.len)
			buf_add_char(&text, '\n');
		buf_add(&text, str_starts(line, STR("  ")) ? str_slice(line, 2, line.len) : line);
		if (trimmed.len)
			add_pair(r, block, trimmed);
	}
	block->text = arena_str(r->arena, buf_str(&text));
	buf_release(&text);
	return closed;
}

bool bru_file_read(struct arena *a, const struct source *source, struct bru_file *file,
		   unsigned *line_number)
{
	struct bru_reader r = {.arena = a, .source = source};
	struct str line;

	*file = (struct bru_file){.blocks = {.count = 0}};
	while (next_line(&r, &line)) {
		struct bru_block block = {.span = span_of(&r, line)};
		struct str head = str_trim(line);
		char open;

		if (!head.len)
			continue;
		*line_number = source_position(source, block.span.begin).line;
		open = head.ptr[head.len - 1];
		block.name = str_trim(str_slice(head, 0, head.len - 1));
		if (open == '}' && str_ends(block.name, STR("{"))) {
			block.name = str_trim(str_slice(block.name, 0, block.name.len - 1));
		} else if ((open != '{' && open != '[') || !block.name.len ||
			   !ascii_is_letter((unsigned char)block.name.ptr[0]) ||
			   !read_block(&r, &block, open == '{' ? '}' : ']')) {
			return false;
		}
		VEC_PUSH(a, &file->blocks, block);
	}
	return true;
}

const struct bru_block *bru_file_find(const struct bru_file *file, const char *name)
{
	for (size_t i = 0; i < file->blocks.count; i++)
		if (str_eq(file->blocks.items[i].name, str_of(name)))
			return &file->blocks.items[i];
	return NULL;
}

struct str bru_file_value(const struct bru_block *block, const char *name)
{
	for (size_t i = 0; block && i < block->pairs.count; i++)
		if (str_eq(block->pairs.items[i].name, str_of(name)) && !block->pairs.items[i].off)
			return block->pairs.items[i].value;
	return STR_NULL;
}
