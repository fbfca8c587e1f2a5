/* The body of a request as written: a form, JSON, parts, text, or a file beside the scenario. */
#include <math.h>

#include "base/ascii.h"
#include "import/writer/scenario_writer.h"

#define LARGE	   (32u << 10) /* a longer JSON body is not written as keys */
#define CONSTANT   (4u << 10)  /* a longer body without variables is written to its own file */
#define DEEP	   40u
#define KEY_MAX	   200u	 /* bytes; YAML does not read longer keys without special syntax */
#define FILE_BYTES 1024u /* size of a placeholder if it is not in the recording */

/* ---- JSON */

static struct str item_text(struct conversion *conversion, const struct conversion_step *step,
			    uint32_t index)
{
	return arena_str(&conversion->job->arena,
			 conversion_text(conversion, step, LOCATION_JSON, index));
}

static struct yaml_writer_node *json_leaf(struct conversion *conversion,
					  const struct conversion_step *step, uint32_t index)
{
	struct arena *a = &conversion->job->arena;
	const struct json_item *item = &step->json->items[index];
	struct str text;

	if (json_type(item) == JSON_NULL || json_type(item) == JSON_TRUE ||
	    json_type(item) == JSON_FALSE)
		return yaml_writer_word(a, json_raw(step->json, item));
	text = item_text(conversion, step, index);
	if (scenario_writer_is_bound(step, LOCATION_JSON, index, 0, SIZE_MAX))
		return yaml_writer_text(a, scenario_writer_text(conversion, step, LOCATION_JSON,
								index, text, 0, false));
	/* Readers of YAML 1.1 read 1e5 as a text: then the body is written as a text. */
	if (json_type(item) == JSON_NUMBER)
		return str_find_char(text, 'e', 0) == NOT_FOUND &&
			       str_find_char(text, 'E', 0) == NOT_FOUND
			   ? yaml_writer_word(a, text)
			   : NULL;
	return yaml_writer_typed(
	    a, scenario_writer_text(conversion, step, LOCATION_JSON, index, text, 0, false));
}

/* A \ud800 without its other half: decoded, it would become U+FFFD. */
static bool has_single_surrogate(const struct conversion_step *step, const struct json_item *item,
				 struct buf *scratch)
{
	struct str raw = json_raw(step->json, item);

	if (!json_escaped(item) || str_find(raw, STR("\xef\xbf\xbd"), 0) != NOT_FOUND ||
	    str_icontains(raw, STR("\\ufffd")))
		return false;
	buf_clear(scratch);
	return str_find(json_text(step->json, item, scratch), STR("\xef\xbf\xbd"), 0) != NOT_FOUND;
}

/* Why the JSON is written as a text, so that its bytes are sent as recorded: readers of JSON
 * change such values. NULL if none changes. */
static const char *unsafe_json(struct conversion *conversion, const struct conversion_step *step)
{
	for (uint32_t i = 0; i < step->json->count; i++) {
		const struct json_item *item = &step->json->items[i];
		enum json_type type = json_type(item);

		if (type == JSON_NUMBER && isinf(json_number(step->json, item)))
			return "a number too large for a 64-bit float";
		if ((type == JSON_STRING || type == JSON_KEY) &&
		    has_single_surrogate(step, item, &conversion->scratch))
			return "half of a surrogate pair";
	}
	return NULL;
}

/* NULL if YAML cannot express it: a duplicate key, too deep, a template in a key, a number that
 * readers of YAML read differently. */
static struct yaml_writer_node *json_node(struct conversion *conversion,
					  const struct conversion_step *step, uint32_t index,
					  unsigned depth)
{
	struct arena *a = &conversion->job->arena;
	const struct json_item *items = step->json->items;
	enum json_type type = json_type(&items[index]);
	struct yaml_writer_node *node;

	if (type != JSON_OBJECT && type != JSON_ARRAY)
		return json_leaf(conversion, step, index);
	if (depth > DEEP)
		return NULL;
	node = type == JSON_OBJECT ? yaml_writer_map(a) : yaml_writer_list(a);
	node->flow = depth > 0 && json_count(&items[index]) <= 6 && items[index].bytes < 70;
	for (uint32_t i = index + 1; i < items[index].next; i = items[i].next) {
		struct yaml_writer_node *value;
		struct str key = STR_NULL;

		if (type == JSON_OBJECT) {
			key = item_text(conversion, step, i++);
			if (!key.len || key.len > KEY_MAX || yaml_writer_find(node, key) ||
			    str_find(key, STR("${"), 0) != NOT_FOUND ||
			    str_find(key, STR("{{"), 0) != NOT_FOUND)
				return NULL;
		}
		value = json_node(conversion, step, i, depth + 1);
		if (!value)
			return NULL;
		if (type == JSON_OBJECT)
			yaml_writer_put(a, node, key, value);
		else
			yaml_writer_add(a, node, value);
	}
	return node;
}

struct yaml_writer_node *scenario_writer_json(struct conversion *conversion,
					      const struct conversion_step *step, uint32_t index)
{
	return unsafe_json(conversion, step) ? NULL : json_node(conversion, step, index, 1);
}

/* ---- forms and parts */

/* A descriptive name that is safe in a file system. */
static struct str safe_name(struct conversion *conversion, struct str name)
{
	size_t slash = name.len;

	while (slash > 0 && name.ptr[slash - 1] != '/' && name.ptr[slash - 1] != '\\')
		slash--;
	name = str_slice(name, slash, name.len);
	buf_clear(&conversion->scratch);
	for (size_t i = 0; i < name.len && conversion->scratch.len < 80; i++) {
		char c = name.ptr[i];
		bool ok = ascii_is_name(c) || c == '-' || (c == '.' && i);

		buf_add_char(&conversion->scratch, ok ? c : '_');
	}
	if (!conversion->scratch.len)
		buf_add(&conversion->scratch, STR("file"));
	return arena_printf(&conversion->job->arena, "%.*s.%.*s", STR_ARG(conversion->file_stem),
			    STR_ARG(buf_str(&conversion->scratch)));
}

/* A placeholder for a lost file, with as many bytes as the recorded request had beyond its known
 * parts. */
static struct str placeholder(struct conversion *conversion, const struct transaction *tx)
{
	struct str length = transaction_header(&tx->request_headers, STR("Content-Length"), 0);
	int64_t bytes = FILE_BYTES, known = 0;
	char *text;

	for (size_t i = 0; i < tx->part_count; i++)
		known += (int64_t)(tx->parts[i].value.len + tx->parts[i].name.len) + 120;
	if (str_to_int(length, &bytes))
		bytes -= known;
	if (bytes < 1 || bytes > (64 << 20))
		bytes = FILE_BYTES;
	text = arena_alloc(&conversion->job->arena, (size_t)bytes);
	memset(text, 'x', (size_t)bytes);
	return str_n(text, (size_t)bytes);
}

/* A file field that was left empty. */
static struct yaml_writer_node *empty_part(struct arena *a, const struct tx_part *part)
{
	struct yaml_writer_node *node = yaml_writer_map(a);

	node->flow = true;
	yaml_writer_put_text(a, node, STR("value"), STR(""));
	if (transaction_is_header_text(part->type))
		yaml_writer_put_text(a, node, STR("type"), part->type);
	yaml_writer_put_text(a, node, STR("filename"), part->file);
	return node;
}

/* A text with its own type, such as JSON beside files. */
static struct yaml_writer_node *typed_part(struct arena *a, const struct tx_part *part,
					   struct yaml_writer_node *text)
{
	struct yaml_writer_node *node;

	if (!transaction_is_header_text(part->type))
		return text;
	node = yaml_writer_map(a);
	node->flow = true;
	yaml_writer_put(a, node, STR("value"), text);
	yaml_writer_put_text(a, node, STR("type"), part->type);
	return node;
}

struct yaml_writer_node *scenario_writer_asked_file(struct arena *a, struct str parameter)
{
	struct yaml_writer_node *map = yaml_writer_map(a);

	map->flow = true;
	yaml_writer_put_text(a, map, STR("file"), arena_printf(a, "${%.*s}", STR_ARG(parameter)));
	return map;
}

struct yaml_writer_node *scenario_writer_file(struct conversion *conversion,
					      const struct conversion_step *step,
					      const struct tx_part *part)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *node = yaml_writer_map(a);
	struct str bytes = part->lost ? placeholder(conversion, step->tx) : part->value;
	struct str name =
	    job_add_file(conversion->job, safe_name(conversion, part->file), bytes, true);

	node->flow = true;
	yaml_writer_put_text(a, node, STR("file"), name);
	if (transaction_is_header_text(part->type))
		yaml_writer_put_text(a, node, STR("type"), part->type);
	yaml_writer_put_text(a, node, STR("filename"), part->file.len ? part->file : STR("file"));
	if (part->lost) {
		job_note(conversion->job, "look at",
			 "%.*s: the file \"%.*s\" is missing in the recording; %zu placeholder "
			 "bytes are sent",
			 STR_ARG(name), STR_ARG(part->file), bytes.len);
		node->beside = STR("a placeholder: the file is missing in the recording");
	} else {
		job_note(conversion->job, "files",
			 "%.*s: uploaded in %.*s; keep it beside the scenario, and share it only "
			 "if it is not private",
			 STR_ARG(name), STR_ARG(part->name));
	}
	return node;
}

/* A name that comes again after another one: a list would change the order. */
static bool is_mixed(const struct transaction *tx)
{
	for (size_t i = 2; i < tx->part_count; i++)
		for (size_t k = 0; k + 1 < i; k++)
			if (str_eq(tx->parts[k].name, tx->parts[i].name) &&
			    !str_eq(tx->parts[i - 1].name, tx->parts[i].name))
				return true;
	return false;
}

/* Its parts have more than `form:` or `multipart:` can express, and its text has all bytes. */
static bool is_sent_as_recorded(const struct transaction *tx)
{
	struct str raw = tx->request_body.raw;
	bool unusual = is_mixed(tx);

	for (size_t i = 0; i < tx->part_count; i++) {
		unusual = unusual || tx->parts[i].unusual;
		if (tx->parts[i].lost)
			return false;
	}
	return unusual && raw.len && str_is_utf8(raw, NULL);
}

static bool parts_can_be_keys(const struct transaction *tx)
{
	if (is_sent_as_recorded(tx))
		return false;
	for (size_t i = 0; i < tx->part_count; i++) {
		struct str name = tx->parts[i].name;

		if (!name.len || name.len > KEY_MAX || str_find(name, STR("${"), 0) != NOT_FOUND ||
		    !str_is_utf8(name, NULL))
			return false;
	}
	return tx->part_count > 0;
}

static void put_parts(struct conversion *conversion, struct conversion_step *step,
		      struct yaml_writer_node *node)
{
	const struct transaction *tx = step->tx;
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *map = yaml_writer_map(a), *value;

	for (size_t i = 0; i < tx->part_count; i++) {
		const struct tx_part *part = &tx->parts[i];

		if (part->parameter.len)
			value = scenario_writer_asked_file(a, part->parameter);
		else if (tx->multipart && part->file.ptr && !part->value.len && !part->lost)
			value = empty_part(a, part);
		else if (tx->multipart && part->file.ptr)
			value = scenario_writer_file(conversion, step, part);
		else
			value = yaml_writer_recorded(
			    a, scenario_writer_text(conversion, step, LOCATION_PART, (uint32_t)i,
						    part->value, 0, false));
		if (tx->multipart && !part->file.ptr)
			value = typed_part(a, part, value);
		yaml_writer_append_flow(a, map, part->name, value);
	}
	yaml_writer_put(a, node, tx->multipart ? STR("multipart") : STR("form"), map);
}

/* ---- text and bytes */

static void put_file(struct conversion *conversion, struct conversion_step *step,
		     struct yaml_writer_node *node)
{
	struct str type =
	    transaction_media_type(&step->tx->request_body, &step->tx->request_headers);
	const char *end = "bin";

	if (str_find(type, STR("json"), 0) != NOT_FOUND)
		end = "json";
	else if (str_find(type, STR("xml"), 0) != NOT_FOUND)
		end = "xml";
	else if (str_ieq(str_slice(type, 0, 5), STR("text/")))
		end = "txt";
	struct str name = arena_printf(&conversion->job->arena, "%.*s.body-%u.%s",
				       STR_ARG(conversion->file_stem), step->tx->number, end);

	name = job_add_file(conversion->job, name, step->tx->request_body.raw, true);
	yaml_writer_put_text(&conversion->job->arena, node, STR("body_file"), name);
}

static bool has_variables(const struct conversion_step *step)
{
	for (size_t i = 0; i < step->bindings.count; i++)
		if (step->bindings.items[i].location == LOCATION_JSON)
			return true;
	return false;
}

void scenario_writer_body(struct conversion *conversion, struct conversion_step *step,
			  struct yaml_writer_node *node)
{
	const struct transaction *tx = step->tx;
	struct arena *a = &conversion->job->arena;
	struct str raw = tx->request_body.raw;
	struct yaml_writer_node *json = NULL;
	const char *unsafe;
	bool bound;

	if (parts_can_be_keys(tx)) {
		put_parts(conversion, step, node);
		return;
	}
	if (!raw.len && tx->part_count)
		job_note(conversion->job, "look at",
			 "entry %u: its form has names that cannot be written", tx->number);
	if (step->body_parameter.len)
		yaml_writer_put_text(a, node, STR("body_file"),
				     arena_printf(a, "${%.*s}", STR_ARG(step->body_parameter)));
	if (!raw.len)
		return;
	unsafe = step->json ? unsafe_json(conversion, step) : NULL;
	if (unsafe)
		job_note(conversion->job, "look at",
			 "entry %u: its JSON has %s; it is sent as recorded, as a text", tx->number,
			 unsafe);
	else if (step->json && raw.len <= (has_variables(step) ? LARGE : CONSTANT))
		json = json_node(conversion, step, 0, 0);
	if (json) {
		yaml_writer_put(a, node, STR("json"), json);
		return;
	}
	scenario_writer_rebind(conversion, step);
	bound = scenario_writer_is_bound(step, LOCATION_BODY, 0, 0, SIZE_MAX);
	if (!bound &&
	    (raw.len > CONSTANT || !str_is_utf8(raw, NULL) || memchr(raw.ptr, '\0', raw.len)))
		put_file(conversion, step, node);
	else
		yaml_writer_put_text(
		    a, node, STR("body"),
		    scenario_writer_text(conversion, step, LOCATION_BODY, 0, raw, 0, false));
}
