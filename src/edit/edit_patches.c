/* Sets of replaced byte ranges: applying, inverting and joining them; digests; UTF-16 offsets. */
#include "base/buf.h"
#include "base/digest.h"
#include "edit/edit.h"

struct str edit_patches_apply(struct arena *a, struct str text, struct edit_patches patches)
{
	size_t bytes = text.len, from = 0, len = 0;

	for (size_t i = 0; i < patches.count; i++)
		bytes += patches.items[i].text.len;
	char *out = arena_alloc(a, bytes + 1);
	for (size_t i = 0; i < patches.count; i++) {
		const struct edit_patch *patch = &patches.items[i];

		memcpy(out + len, text.ptr + from, patch->begin - from);
		len += patch->begin - from;
		if (patch->text.len)
			memcpy(out + len, patch->text.ptr, patch->text.len);
		len += patch->text.len;
		from = patch->end;
	}
	if (text.len > from)
		memcpy(out + len, text.ptr + from, text.len - from);
	len += text.len - from;
	out[len] = '\0';
	return str_n(out, len);
}

struct edit_patches edit_patches_invert(struct arena *a, struct str text,
					struct edit_patches patches)
{
	struct edit_patch *inverse = ARENA_ARRAY(a, patches.count, struct edit_patch);
	uint32_t shift = 0; /* of the new text, modulo 2^32 */

	for (size_t i = 0; i < patches.count; i++) {
		const struct edit_patch *patch = &patches.items[i];
		uint32_t begin = patch->begin + shift, bytes = (uint32_t)patch->text.len;

		inverse[i] = (struct edit_patch){
		    begin, begin + bytes, arena_str(a, str_slice(text, patch->begin, patch->end))};
		shift += bytes - (patch->end - patch->begin);
	}
	return (struct edit_patches){inverse, patches.count};
}

static bool is_character_start(struct str text, uint32_t at)
{
	return at >= text.len || ((unsigned char)text.ptr[at] & 0xc0) != 0x80;
}

bool edit_patches_fit(struct str text, struct edit_patches patches)
{
	uint32_t from = 0;

	for (size_t i = 0; i < patches.count; i++) {
		const struct edit_patch *patch = &patches.items[i];

		if (patch->begin < from || patch->end < patch->begin || patch->end > text.len)
			return false;
		if (!is_character_start(text, patch->begin) ||
		    !is_character_start(text, patch->end))
			return false;
		from = patch->end;
	}
	return true;
}

/* ---- joining */

/* A part of a text: the bytes [begin, end) of the first text, or a text of a patch. */
struct piece {
	bool is_copy;
	uint64_t begin, end;
	struct str text;
};

struct piece_list {
	struct arena *arena;
	VEC(struct piece) list;
};

/* After the end of any text: the copy of the rest. */
#define TO_THE_END (UINT64_C(1) << 40)

static uint64_t piece_length(const struct piece *piece)
{
	return piece->is_copy ? piece->end - piece->begin : piece->text.len;
}

static void add_copy(struct piece_list *p, uint64_t begin, uint64_t end)
{
	struct piece piece = {.is_copy = true, .begin = begin, .end = end};

	if (end > begin)
		VEC_PUSH(p->arena, &p->list, piece);
}

static void add_text(struct piece_list *p, struct str text)
{
	struct piece piece = {.text = text};

	if (text.len)
		VEC_PUSH(p->arena, &p->list, piece);
}

/* Where the reading of a list of pieces is: each part begins at or after the end of the last one.
 */
struct piece_cursor {
	const struct piece_list *from;
	size_t index;
	uint64_t at; /* of the piece INDEX in the text */
};

/* Adds the bytes [begin, end) of the text that the pieces of CURSOR describe. */
static void add_part(struct piece_list *p, struct piece_cursor *cursor, uint64_t begin,
		     uint64_t end)
{
	for (; cursor->index < cursor->from->list.count && cursor->at < end; cursor->index++) {
		const struct piece *piece = &cursor->from->list.items[cursor->index];
		uint64_t at = cursor->at, length = piece_length(piece);
		uint64_t first = begin > at ? begin - at : 0;
		uint64_t last = end - at < length ? end - at : length;

		if (first < last && piece->is_copy)
			add_copy(p, piece->begin + first, piece->begin + last);
		else if (first < last)
			add_text(p, str_slice(piece->text, first, last));
		if (end - at < length)
			return; /* the next part can begin in this piece */
		cursor->at += length;
	}
}

static struct piece_list patched(struct arena *a, const struct piece_list *old,
				 struct edit_patches patches)
{
	struct piece_list out = {.arena = a};
	struct piece_cursor cursor = {.from = old};
	uint64_t from = 0;

	for (size_t i = 0; i < patches.count; i++) {
		add_part(&out, &cursor, from, patches.items[i].begin);
		add_text(&out, patches.items[i].text);
		from = patches.items[i].end;
	}
	add_part(&out, &cursor, from, TO_THE_END);
	return out;
}

struct edit_patches edit_patches_join(struct arena *a, struct edit_patches first,
				      struct edit_patches second)
{
	struct piece_list whole = {.arena = a}, middle, all;
	VEC(struct edit_patch) joined = {NULL, 0, 0};
	uint64_t at = 0;
	struct buf text;

	add_copy(&whole, 0, TO_THE_END);
	middle = patched(a, &whole, first);
	all = patched(a, &middle, second);
	buf_init(&text, 0);
	for (size_t i = 0; i < all.list.count; i++) {
		const struct piece *piece = &all.list.items[i];

		if (!piece->is_copy) {
			buf_add(&text, piece->text);
			continue;
		}
		if (piece->begin != at || text.len) {
			struct edit_patch patch = {(uint32_t)at, (uint32_t)piece->begin,
						   arena_str(a, buf_str(&text))};
			VEC_PUSH(a, &joined, patch);
		}
		buf_clear(&text);
		at = piece->end;
	}
	buf_release(&text);
	return (struct edit_patches){joined.items, joined.count};
}

/* ---- digests and offsets */

struct str edit_digest(struct arena *a, struct str text)
{
	unsigned char raw[DIGEST_MAX];
	size_t bytes = digest_hash(DIGEST_SHA256, text, raw);
	struct buf hex;

	buf_init(&hex, 0);
	buf_add_hex(&hex, str_n((const char *)raw, bytes));
	struct str digest = arena_str(a, buf_str(&hex));
	buf_release(&hex);
	return digest;
}

/* Bytes of the character at AT, and its UTF-16 units. */
static uint32_t character_at(struct str text, uint32_t at, uint32_t *units)
{
	size_t step = str_utf8_step(text, at);

	*units = step == 4 ? 2 : 1;
	return step ? (uint32_t)step : 1;
}

uint32_t edit_utf16_offset(struct str text, uint32_t at)
{
	uint32_t count = 0, units;

	for (uint32_t i = 0; i < at && i < text.len; count += units)
		i += character_at(text, i, &units);
	return count;
}

uint32_t edit_byte_offset(struct str text, uint32_t units)
{
	uint32_t at = 0, count = 0;

	while (at < text.len) {
		uint32_t more, step = character_at(text, at, &more);

		if (count + more > units)
			break;
		count += more;
		at += step;
	}
	return at;
}
