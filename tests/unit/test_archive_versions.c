/* Archives of other versions, and files that are not archives. */
#include "archive_rig.h"

#include "base/varint.h"
#include "result/archive_record.h"

static void copy_field(struct varint_reader *u, struct buf *out)
{
	struct str name = varint_get_str(u);

	/* Renamed: to this version, the field is unknown, and its own is missing. */
	varint_put_str(out, str_eq(name, STR("planned")) ? STR("intended") : name);
	varint_put_uint(out, varint_get_uint(u));
}

/* The schema of a version whose messages have one more field and which has one more message. */
static uint64_t change_schema(struct varint_reader *u, struct buf *out)
{
	uint64_t messages = varint_get_uint(u);

	varint_put_uint(out, messages + 1);
	for (uint64_t i = 0; i < messages; i++) {
		uint64_t fields;

		varint_put_str(out, varint_get_str(u));
		fields = varint_get_uint(u);
		varint_put_uint(out, fields + 1);
		for (uint64_t k = 0; k < fields; k++)
			copy_field(u, out);
		varint_put_str(out, STR("later"));
		varint_put_uint(out, 's');
	}
	varint_put_str(out, STR("dream"));
	varint_put_uint(out, 1);
	varint_put_str(out, STR("depth"));
	varint_put_uint(out, 'd');
	return messages;
}

static void change_items(struct varint_reader *u, uint64_t messages, struct buf *out)
{
	struct buf values;

	buf_init(&values, 0);
	while (u->at < u->end) {
		varint_put_uint(out, varint_get_uint(u));
		varint_put_uint(out, varint_get_uint(u));
		buf_clear(&values);
		buf_add(&values, varint_get_str(u));
		varint_put_str(&values, STR("value of the later field"));
		varint_put_str(out, buf_str(&values));
		varint_put_uint(out, messages);
		varint_put_uint(out, 7);
		varint_put_str(out, STR("12345678"));
	}
	buf_release(&values);
	assert_false(u->bad);
}

/* FILE as the other version would have written it. */
static void change_version(struct str file, struct buf *out)
{
	size_t at = str_find_char(file, '\n', str_find_char(file, '\n', 0) + 1) + 1;
	struct buf plain, changed;
	uint64_t messages = 0;
	char type;

	buf_init(&plain, 0);
	buf_init(&changed, 0);
	buf_add(out, str_slice(file, 0, at));
	file = str_slice(file, at, file.len);
	while ((type = archive_record_get(&file, &plain)) != 0) {
		struct varint_reader u = varint_reader_of(buf_str(&plain));

		buf_clear(&changed);
		if (type == ARCHIVE_RECORD_HEAD)
			messages = change_schema(&u, &changed);
		change_items(&u, messages, &changed);
		archive_record_put(out, type, buf_str(&changed));
	}
	buf_release(&plain);
	buf_release(&changed);
}

static void test_other_version(void **state)
{
	struct fixture *f = *state;
	struct archive_reader r;
	struct arena arena;
	struct summary total;
	struct buf other;
	unsigned seconds = 0, events = 0;
	const char *why;

	f->facts.planned = 10 * NS_PER_S;
	write_run(f, 5, 4);
	buf_init(&other, 0);
	change_version(buf_str(&f->file), &other);
	arena_init(&arena, 0);
	assert_true(archive_open(&r, &arena, buf_str(&other), &why));
	assert_true(str_eq(r.facts.name, STR("Shop")));
	assert_int_equal(r.facts.seed, 7);
	assert_int_equal(r.facts.planned, 0);
	summary_init(&total, &r.table);
	assert_int_equal(read_all(&r, &total, &seconds, &events), ARCHIVE_END);
	assert_int_equal(seconds, 5);
	assert_int_equal(events, 1);
	assert_summaries_equal(&f->total, &total);
	assert_true(archive_is_complete(buf_str(&other)));
	other.len--;
	assert_false(archive_is_complete(buf_str(&other)));
	summary_release(&total);
	archive_close(&r);
	arena_release(&arena);
	buf_release(&other);
}

static void assert_refused(struct str file, const char *reason)
{
	struct archive_reader r;
	struct arena arena;
	const char *why;

	arena_init(&arena, 0);
	assert_false(archive_open(&r, &arena, file, &why));
	if (!strstr(why, reason))
		fail_msg("%s", why);
	archive_close(&r);
	arena_release(&arena);
}

static void test_refused(void **state)
{
	struct buf file, head;

	(void)state;
	buf_init(&file, 0);
	buf_init(&head, 0);
	varint_put_u32(&head, 0x12345678);
	varint_put_str(&head, STR("0.0.9"));
	buf_add(&file, STR(ARCHIVE_MAGIC "1\n"));
	archive_record_put(&file, ARCHIVE_RECORD_HEAD, buf_str(&head));
	assert_refused(buf_str(&file), "reprise 0.0.9, an older version; use that version");
	assert_refused(STR(ARCHIVE_MAGIC "3\n0.9.0\nxyz"),
		       "format 3 and was written by reprise 0.9.0");
	assert_refused(STR(ARCHIVE_MAGIC "99999999999999999999\n"), "not a result of reprise");
	assert_refused(STR(ARCHIVE_MAGIC "2\n0.2.0\n"), "ends in its head");
	assert_refused(STR("PK"), "not a result of reprise");
	buf_release(&file);
	buf_release(&head);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_other_version),
	    cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
