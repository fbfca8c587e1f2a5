#include "result/archive_schema.h"

#include <string.h>

#include "base/alloc.h"
#include "base/log.h"

/* ---- writing */

void archive_schema_put(struct buf *out)
{
	varint_put_uint(out, ARCHIVE_MESSAGE_COUNT);
	for (size_t i = 0; i < ARCHIVE_MESSAGE_COUNT; i++) {
		const struct archive_table *table = &archive_tables[i];

		varint_put_str(out, str_of(table->name));
		varint_put_uint(out, table->count);
		for (size_t k = 0; k < table->count; k++) {
			varint_put_str(out, str_of(table->fields[k].name));
			buf_add_char(out, table->fields[k].type);
		}
	}
}

static void put_histogram(struct buf *out, const struct histogram *h)
{
	struct histogram_walk walk = histogram_walk(h);
	unsigned filled = 0, before = 0;

	while (histogram_walk_next(&walk))
		filled++;
	varint_put_uint(out, filled);
	if (!filled)
		return;
	walk = histogram_walk(h);
	while (histogram_walk_next(&walk)) {
		varint_put_uint(out, walk.index - before);
		varint_put_uint(out, walk.count);
		before = walk.index;
	}
	varint_put_uint(out, h->m.sum_ns);
	varint_put_int(out, h->m.min_ns);
	varint_put_int(out, h->m.max_ns);
}

static void put_status(struct buf *out, const uint64_t *status)
{
	unsigned used = 0;

	for (unsigned slot = 0; status && slot < STATUS_SLOTS; slot++)
		used += status[slot] != 0;
	varint_put_uint(out, used);
	for (unsigned slot = 0; used && slot < STATUS_SLOTS; slot++) {
		if (!status[slot])
			continue;
		varint_put_uint(out, recorder_slot_status(slot));
		varint_put_uint(out, status[slot]);
	}
}

static uint64_t load_unsigned(const void *at, unsigned size)
{
	uint64_t wide;
	uint32_t half;

	switch (size) {
	case 1:
		return *(const uint8_t *)at;
	case 4:
		memcpy(&half, at, sizeof half);
		return half;
	case 8:
		memcpy(&wide, at, sizeof wide);
		return wide;
	default:
		BUG("a field of %u bytes", size);
	}
}

static int64_t load_signed(const void *at, unsigned size)
{
	uint64_t bits = load_unsigned(at, size);

	return size == 4 ? (int64_t)(int32_t)(uint32_t)bits : (int64_t)bits;
}

static struct str name_of(const struct archive_field *field, const void *at)
{
	uint64_t value = load_unsigned(at, field->size);

	return value < field->name_count ? str_of(field->names[value]) : STR("");
}

static void put_value(struct buf *out, const struct archive_field *field, const void *at)
{
	double number;
	struct str text;
	const uint64_t *status;

	switch (field->type) {
	case 'u':
		varint_put_uint(out, load_unsigned(at, field->size));
		return;
	case 'i':
		varint_put_int(out, load_signed(at, field->size));
		return;
	case 'd':
		memcpy(&number, at, sizeof number);
		varint_put_double(out, number);
		return;
	case 's':
		memcpy(&text, at, sizeof text);
		varint_put_str(out, text);
		return;
	case 'e':
		varint_put_str(out, name_of(field, at));
		return;
	case 'h':
		put_histogram(out, at);
		return;
	case 't':
		memcpy(&status, at, sizeof status);
		put_status(out, status);
		return;
	default:
		BUG("a field of type '%c'", field->type);
	}
}

void archive_schema_put_item(struct buf *out, enum archive_message message, uint64_t number,
			     const void *object)
{
	const struct archive_table *table = &archive_tables[message];
	struct buf values;

	buf_init(&values, 0);
	for (size_t i = 0; i < table->count; i++)
		put_value(&values, &table->fields[i],
			  (const char *)object + table->fields[i].offset);
	varint_put_uint(out, message);
	varint_put_uint(out, number);
	varint_put_str(out, buf_str(&values));
	buf_release(&values);
}

/* ---- reading the schema */

#define SCHEMA_MAX 1000u /* messages, and fields of one */

static size_t get_count(struct varint_reader *u)
{
	return (size_t)varint_get_below(u, SCHEMA_MAX + 1);
}

static int find_message(struct str name)
{
	for (int i = 0; i < ARCHIVE_MESSAGE_COUNT; i++)
		if (str_eq(name, str_of(archive_tables[i].name)))
			return i;
	return -1;
}

/* A field whose type has changed is another field. */
static int find_field(int message, struct str name, char type)
{
	if (message < 0)
		return -1;
	for (size_t i = 0; i < archive_tables[message].count; i++) {
		const struct archive_field *own = &archive_tables[message].fields[i];

		if (own->type == type && str_eq(name, str_of(own->name)))
			return (int)i;
	}
	return -1;
}

bool archive_schema_get(struct archive_schema *schema, struct arena *a, struct varint_reader *u)
{
	schema->count = get_count(u);
	schema->messages = ARENA_ARRAY(a, schema->count + 1, struct archive_schema_message);
	for (size_t i = 0; i < schema->count && !u->bad; i++) {
		struct archive_schema_message *m = &schema->messages[i];

		m->own = find_message(varint_get_str(u));
		m->count = get_count(u);
		m->fields = ARENA_ARRAY(a, m->count + 1, struct archive_schema_field);
		for (size_t k = 0; k < m->count && !u->bad; k++) {
			struct str name = varint_get_str(u);
			char type = (char)varint_get_below(u, 128);

			u->bad |= !type || !strchr("uidseht", type);
			m->fields[k] =
			    (struct archive_schema_field){type, find_field(m->own, name, type)};
		}
	}
	return !u->bad;
}

/* ---- reading items */

void archive_schema_get_histogram(struct varint_reader *u, struct histogram *h)
{
	struct histogram part;
	uint64_t filled = varint_get_below(u, HISTOGRAM_COUNTERS + 1);
	uint64_t index = 0;

	if (!filled)
		return;
	histogram_init(&part);
	for (uint64_t i = 0; i < filled && !u->bad; i++) {
		uint64_t count;

		index += varint_get_below(u, HISTOGRAM_COUNTERS);
		count = varint_get_uint(u);
		if (index >= HISTOGRAM_COUNTERS) {
			u->bad = true;
			break;
		}
		histogram_add_counter(&part, (unsigned)index, count);
		part.m.count += count;
	}
	part.m.sum_ns = varint_get_uint(u);
	part.m.min_ns = varint_get_int(u);
	part.m.max_ns = varint_get_int(u);
	if (!u->bad && h)
		histogram_add(h, &part);
	histogram_release(&part);
}

static uint64_t *allocate_status(void)
{
	uint64_t *status = alloc_zeroed(STATUS_SLOTS, sizeof *status);

	return status;
}

static void get_status(struct varint_reader *u, uint64_t **status)
{
	uint64_t used = varint_get_below(u, STATUS_SLOTS + 1);

	if (used && status && !*status)
		*status = allocate_status();
	for (uint64_t i = 0; i < used && !u->bad; i++) {
		unsigned code = (unsigned)varint_get_below(u, 600);
		uint64_t count = varint_get_uint(u);

		if (status && !u->bad)
			(*status)[recorder_status_slot(code)] += count;
	}
}

static void store_unsigned(void *at, unsigned size, uint64_t value)
{
	uint32_t half = (uint32_t)value;

	if (size == 1)
		*(uint8_t *)at = value != 0;
	else if (size == 4)
		memcpy(at, &half, sizeof half);
	else
		memcpy(at, &value, sizeof value);
}

/* The value of an unknown name is 0. */
static void store_name(const struct archive_field *field, void *at, struct str name)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < field->name_count; i++)
		if (str_eq(name, str_of(field->names[i])))
			value = i;
	memcpy(at, &value, sizeof value);
}

static void skip_value(struct varint_reader *u, char type)
{
	if (type == 'u' || type == 'i')
		varint_get_uint(u);
	else if (type == 'd')
		varint_get_double(u);
	else if (type == 's' || type == 'e')
		varint_get_str(u);
	else if (type == 'h')
		archive_schema_get_histogram(u, NULL);
	else
		get_status(u, NULL);
}

static void get_value(struct varint_reader *u, const struct archive_field *field, void *at)
{
	double number;
	struct str text;

	switch (field->type) {
	case 'u':
		store_unsigned(at, field->size, varint_get_uint(u));
		return;
	case 'i':
		store_unsigned(at, field->size, (uint64_t)varint_get_int(u));
		return;
	case 'd':
		number = varint_get_double(u);
		memcpy(at, &number, sizeof number);
		return;
	case 's':
		text = varint_get_str(u);
		memcpy(at, &text, sizeof text);
		return;
	case 'e':
		store_name(field, at, varint_get_str(u));
		return;
	case 'h':
		archive_schema_get_histogram(u, at);
		return;
	default:
		get_status(u, at);
		return;
	}
}

bool archive_schema_next(const struct archive_schema *schema, struct varint_reader *u,
			 struct archive_schema_item *item)
{
	uint64_t message;

	if (u->at == u->end)
		return false;
	message = varint_get_below(u, schema->count);
	item->number = varint_get_uint(u);
	item->values = varint_get_str(u);
	if (u->bad)
		return false;
	item->from = &schema->messages[message];
	item->message = item->from->own;
	return true;
}

bool archive_schema_read(const struct archive_schema_item *item, void *object)
{
	struct varint_reader u = varint_reader_of(item->values);
	const struct archive_schema_message *from = item->from;

	for (size_t i = 0; i < from->count && !u.bad; i++) {
		const struct archive_schema_field *f = &from->fields[i];
		const struct archive_field *own;

		if (f->own < 0) {
			skip_value(&u, f->type);
			continue;
		}
		own = &archive_tables[from->own].fields[f->own];
		get_value(&u, own, (char *)object + own->offset);
	}
	return !u.bad;
}
