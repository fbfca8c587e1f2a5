#include "import/forms/stored_record.h"

#include "base/ascii.h"
#include "import/correlate/value_shape.h"
#include "import/naming.h"

#define DEPTH_MAX     2u /* of the object that was stored: $.data.note */
#define ENDING_MAX    5u /* of a file name */
#define TOKEN_SHAPE   3
#define SEGMENT_BYTES 256u

/* ---- texts of the response */

struct str stored_record_text(struct stored_record *r, const struct json_item *item)
{
	if (json_type(item) != JSON_STRING && json_type(item) != JSON_KEY)
		return json_raw(&r->tape, item);
	buf_clear(&r->conversion->scratch);
	return arena_str(&r->conversion->job->arena,
			 json_text(&r->tape, item, &r->conversion->scratch));
}

const struct json_item *stored_record_member(const struct stored_record *r, struct str name)
{
	return r->object ? json_member(&r->tape, r->object, name) : NULL;
}

bool stored_record_is_scalar(const struct json_item *item)
{
	return json_type(item) != JSON_OBJECT && json_type(item) != JSON_ARRAY;
}

const struct json_item *stored_record_next(const struct stored_record *r,
					   const struct json_item *key)
{
	uint32_t at;

	if (!r->object)
		return NULL;
	at = key ? key[1].next : (uint32_t)(r->object - r->tape.items) + 1;
	return at < r->object->next ? &r->tape.items[at] : NULL;
}

static bool is_date_time(struct str text)
{
	static const char pattern[] = "0000-00-00 00:00";

	if (text.len < sizeof pattern - 1)
		return false;
	for (size_t i = 0; i + 1 < sizeof pattern; i++) {
		char c = text.ptr[i];

		if (pattern[i] == '0' ? !ascii_is_digit(c)
				      : c != pattern[i] && !(pattern[i] == ' ' && c == 'T'))
			return false;
	}
	return true;
}

/* "p_4fzrghk3.txt", "/media/p.png": no address of a host or a person, and not a sentence. */
static bool is_file_name(struct str text)
{
	static const char *const hosts[] = {"com", "org", "net", "io", "dev", "app", NULL};
	size_t dot = text.len, from;
	bool letter = false;
	struct str ending;

	while (dot > 0 && text.ptr[dot - 1] != '.')
		dot--;
	ending = str_slice(text, dot, text.len);
	if (dot < 2 || ending.len < 2 || ending.len > ENDING_MAX || text.ptr[dot - 2] == ' ' ||
	    str_find_char(text, '@', 0) != NOT_FOUND || str_find_char(text, '\n', 0) != NOT_FOUND ||
	    is_date_time(text))
		return false;
	for (size_t i = 0; i < ending.len; i++) {
		if (!ascii_is_alnum(ending.ptr[i]))
			return false;
		letter = letter || ascii_is_letter(ending.ptr[i]);
	}
	for (int i = 0; hosts[i]; i++)
		if (str_ieq(ending, str_of(hosts[i])))
			return false;
	from = str_find(text, STR("://"), 0);
	return letter && (from == NOT_FOUND || str_find_char(text, '/', from + 3) != NOT_FOUND);
}

/* Members that describe a file, whatever the field is called that it was sent in. */
static bool describes_file(struct str name)
{
	static const char *const names[] = {"name", "file_name", "filename", "url",  "path", "href",
					    "src",  "location",	 "key",	     "link", NULL};

	for (int i = 0; names[i]; i++)
		if (str_ieq(name, str_of(names[i])))
			return true;
	return false;
}

/* The name or address of a file, or several, or an object that describes one. */
static bool is_stored_file(struct stored_record *r, const struct json_item *item)
{
	uint32_t at = (uint32_t)(item - r->tape.items), step = 1;

	if (json_type(item) == JSON_STRING)
		return is_file_name(stored_record_text(r, item));
	if (stored_record_is_scalar(item))
		return false;
	if (json_type(item) == JSON_OBJECT)
		step = 2;
	for (uint32_t i = at + step; i < item->next; i = r->tape.items[i].next + step - 1) {
		const struct json_item *one = &r->tape.items[i];

		if (step == 2 && !describes_file(stored_record_text(r, one - 1)))
			continue;
		if ((step == 1 || json_type(one) == JSON_STRING) && is_stored_file(r, one))
			return true;
	}
	return false;
}

/* Whether the member may have the name of a field with a file. */
bool stored_record_is_file(struct stored_record *r, const struct json_item *key)
{
	return !describes_file(stored_record_text(r, key)) && is_stored_file(r, key + 1);
}

/* ---- members that the server made */

static bool is_id_name(struct str name)
{
	static const char *const names[] = {"id", "_id", "uuid", "guid", "pk", "key", NULL};

	for (int i = 0; names[i]; i++)
		if (str_ieq(name, str_of(names[i])))
			return true;
	return str_ends(name, STR("_id")) || str_ends(name, STR("Id")) || str_ends(name, STR("ID"));
}

/* "a-record": a person may have typed it, as a name in addresses. */
static bool is_word(struct str text)
{
	return value_shape_is_words(text) && value_shape_has(text, ascii_is_letter);
}

/* Whether a later request has the text as a part of its path: it is the address of the record. */
bool stored_record_is_address(const struct stored_record *r, struct str text)
{
	char bytes[SEGMENT_BYTES + 3];
	struct buf segment = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes - 1};

	if (!text.len || text.len > SEGMENT_BYTES / 2 || is_word(text))
		return false;
	buf_printf(&segment, "/%.*s", STR_ARG(text));
	for (uint32_t i = r->step; i < r->conversion->steps.count; i++) {
		struct str url = r->conversion->steps.items[i].tx->url;
		size_t end, at = 0;

		while ((at = str_find(url, buf_str(&segment), at)) != NOT_FOUND) {
			end = at + segment.len;
			if (end == url.len || strchr("/?", url.ptr[end]))
				return true;
			at = end;
		}
	}
	return false;
}

/* Whether an earlier response has the member with the same word: it names something that exists. */
static bool is_known_before(struct stored_record *r, struct str name, struct str text)
{
	struct arena *a = &r->conversion->job->arena;
	struct str pair = arena_printf(a, "\"%.*s\":\"%.*s\"", STR_ARG(name), STR_ARG(text));

	if (str_find_char(text, ' ', 0) != NOT_FOUND)
		return false;
	for (uint32_t i = 0; i < r->step; i++) {
		const struct tx_body *body = &r->conversion->steps.items[i].response->body;

		buf_clear(&r->conversion->scratch);
		if (str_find(transaction_body_bytes(body, &r->conversion->scratch), pair, 0) !=
		    NOT_FOUND)
			return true;
	}
	return false;
}

static bool is_measure(struct str name)
{
	static const char *const names[] = {"size",  "bytes",	"width", "height",
					    "count", "version", "mime",	 NULL};

	for (int i = 0; names[i]; i++)
		if (str_icontains(name, str_of(names[i])))
			return true;
	return false;
}

/* Without a page or a request that has the name: whether a client sends such a member. */
bool stored_record_is_of_client(struct stored_record *r, struct str name,
				const struct json_item *item)
{
	struct str text = stored_record_text(r, item);

	if (is_id_name(name) || naming_is_secret(name) || is_measure(name) ||
	    stored_record_is_address(r, text))
		return false;
	if (json_type(item) == JSON_TRUE)
		return true;
	if (json_type(item) == JSON_NUMBER)
		return json_number(&r->tape, item) != 0;
	return json_type(item) == JSON_STRING && text.len && text.ptr[0] != '/' &&
	       str_find(text, STR("://"), 0) == NOT_FOUND && !is_date_time(text) &&
	       !is_file_name(text) && value_shape(text) < TOKEN_SHAPE &&
	       !is_known_before(r, name, text);
}

/* ---- which object was stored */

static bool has_stored_file(struct stored_record *r, const struct json_item *object)
{
	uint32_t at = (uint32_t)(object - r->tape.items);

	for (uint32_t i = at + 1; i < object->next; i = r->tape.items[i + 1].next)
		if (stored_record_is_file(r, &r->tape.items[i]))
			return true;
	return false;
}

/* The object with the name of a file, not deeper than DEPTH; else the outermost one. */
static const struct json_item *find_stored(struct stored_record *r, const struct json_item *object,
					   unsigned depth)
{
	uint32_t at = (uint32_t)(object - r->tape.items);

	if (json_type(object) != JSON_OBJECT)
		return NULL;
	if (has_stored_file(r, object))
		return object;
	for (uint32_t i = at + 1; depth && i < object->next; i = r->tape.items[i + 1].next) {
		const struct json_item *found = find_stored(r, &r->tape.items[i + 1], depth - 1);

		if (found && has_stored_file(r, found))
			return found;
	}
	return object;
}

void stored_record_read(struct stored_record *r, struct conversion *conversion, uint32_t step)
{
	const struct transaction *response = conversion->steps.items[step].response;
	struct buf *scratch = &conversion->scratch;

	*r = (struct stored_record){.conversion = conversion, .step = step};
	json_init(&r->tape);
	buf_clear(scratch);
	if (response->status / 100 == 2 &&
	    json_read(&r->tape, arena_str(&conversion->job->arena,
					  transaction_body_bytes(&response->body, scratch))))
		r->object = find_stored(r, r->tape.items, DEPTH_MAX);
}

void stored_record_release(struct stored_record *r)
{
	json_release(&r->tape);
}
