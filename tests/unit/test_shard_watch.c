/* Results that grow by any number of bytes, seen by the watch; what is named, and when. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/random.h"
#include "result/shard_notices.h"

#define SECONDS 80u
/* The requests of shard INDEX. */
#define REQUESTS(index) (SECONDS * (index) + SECONDS * (SECONDS - 1) / 2)
#define STARTED		(1000 * NS_PER_S)
#define LATE		(3 * NS_PER_S)

struct place {
	char folder[64];
	struct shard_watch watch;
	struct shard_notices notices;
	const char *operands[1];
	ns_t now;
};

static int begin(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	snprintf(p->folder, sizeof p->folder, "/tmp/reprise-watch-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	p->operands[0] = p->folder;
	p->now = NS_PER_S;
	shard_watch_init(&p->watch, p->operands, 1, NULL, LATE);
	shard_notices_init(&p->notices);
	log_set_level(LOG_QUIET);
	*state = p;
	return 0;
}

static const char *path_of(const struct place *p, unsigned index)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%u/" ARCHIVE_FILE_NAME, p->folder, index);
	return path;
}

static int end(void **state)
{
	struct place *p = *state;

	output_set_cancel(&p->watch.r.outputs);
	shard_watch_release(&p->watch);
	shard_notices_release(&p->notices);
	for (unsigned i = 1; i < 10; i++) {
		char *slash;
		char path[128];

		snprintf(path, sizeof path, "%s", path_of(p, i));
		unlink(path);
		slash = strrchr(path, '/');
		*slash = '\0';
		rmdir(path);
	}
	assert_int_equal(rmdir(p->folder), 0);
	free(p);
	return 0;
}

static size_t head_length; /* of the last result that was made */

/* The bytes of shard INDEX of OF, with INDEX + number of the second requests in each second. CUT:
 * the end is not written. */
static void make_result(struct buf *file, unsigned index, unsigned of, ns_t started, bool cut)
{
	static const struct series_def step = {.name = {"GET /", 5}, .scenario = {"", 0}};
	struct verdict_validity validity = {.valid = true};
	struct verdict verdict = {.outcome = VERDICT_UNJUDGED, .validity = &validity};
	struct label label;
	struct series_table table;
	struct archive_writer writer;
	struct summary second;
	struct run_facts facts;
	struct arena arena;

	arena_init(&arena, 0);
	label = (struct label){STR("shard"), arena_printf(&arena, "%u/%u", index, of)};
	series_table_init(&table, &arena);
	series_table_add(&table, &step);
	facts = (struct run_facts){.version = STR("0.2.0"),
				   .name = STR("Shop"),
				   .scenario = STR("abc"),
				   .started = started,
				   .labels = &label,
				   .label_count = 1,
				   .table = &table};
	archive_writer_init(&writer, &facts);
	summary_init(&second, &table);
	archive_put_head(&writer, file);
	head_length = file->len;
	for (unsigned i = 0; i < SECONDS; i++) {
		struct run_interval m = {.begin = i * NS_PER_S,
					 .length = NS_PER_S,
					 .lag_p99 = -1,
					 .users = 2,
					 .why = ""};

		second.series[0].touched = true;
		second.series[0].counts.started = second.series[0].counts.ok = index + i;
		archive_put_second(&writer, &second, &m, true, file);
		summary_clear(&second);
	}
	if (!cut)
		archive_put_end(&writer, &second, &verdict, file);
	summary_release(&second);
	archive_writer_release(&writer);
	arena_release(&arena);
}

/* Appends BYTES to the result of shard INDEX, in a folder that is created. */
static void append(const struct place *p, unsigned index, struct str bytes)
{
	char folder[128];
	FILE *out;

	snprintf(folder, sizeof folder, "%s/%u", p->folder, index);
	mkdir(folder, 0700);
	out = fopen(path_of(p, index), "a");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, out), bytes.len);
	assert_int_equal(fclose(out), 0);
}

/* One second passes. */
static void look(struct place *p)
{
	p->now += NS_PER_S;
	shard_watch_look(&p->watch, p->now);
	shard_notices_update(&p->notices, &p->watch, p->now);
}

static bool names(const struct place *p, const char *text)
{
	for (size_t i = 0; i < p->notices.items.count; i++)
		if (str_find(p->notices.items.items[i], str_of(text), 0) != NOT_FOUND)
			return true;
	return false;
}

static uint64_t started_requests(const struct place *p)
{
	return p->watch.r.total.series[0].counts.started;
}

/* Whatever the sizes of the pieces, nothing is lost or counted twice. */
static void test_pieces(void **state)
{
	struct place *p = *state;
	struct random_stream random = random_stream(7, 0, 0, 0);
	struct buf files[3];
	size_t at[3] = {0};
	bool more = true;

	for (unsigned i = 0; i < 3; i++) {
		buf_init(&files[i], 0);
		make_result(&files[i], i + 1, 3, STARTED + i * NS_PER_S, false);
	}
	while (more) {
		more = false;
		for (unsigned i = 0; i < 3; i++) {
			size_t piece = (size_t)random_below(&random, 400);

			if (piece > files[i].len - at[i])
				piece = files[i].len - at[i];
			append(p, i + 1, str_n(files[i].data + at[i], piece));
			at[i] += piece;
			more |= at[i] < files[i].len;
		}
		look(p);
	}
	look(p);
	assert_true(shard_watch_has_ended(&p->watch));
	assert_int_equal(started_requests(p), REQUESTS(1) + REQUESTS(2) + REQUESTS(3));
	assert_int_equal(p->watch.r.total.duration, (SECONDS + 2) * NS_PER_S);
	assert_int_equal(p->notices.ended, 3);
	assert_int_equal(p->notices.items.count, 0);
	for (unsigned i = 0; i < 3; i++)
		buf_release(&files[i]);
}

/* A silent shard does not keep the others back, and what it writes later is counted. */
static void test_silent(void **state)
{
	struct place *p = *state;
	struct buf file, other;
	size_t half;

	buf_init(&file, 0);
	buf_init(&other, 0);
	make_result(&file, 1, 2, STARTED, true);
	make_result(&other, 2, 2, STARTED + 5 * NS_PER_S, false);
	half = file.len / 4 * 3;
	append(p, 1, str_n(file.data, half));
	look(p);
	assert_true(names(p, "shard 2/2 has not started"));
	append(p, 2, buf_str(&other));
	for (unsigned i = 0; i < 3; i++) {
		look(p);
		assert_false(names(p, "written nothing"));
	}
	look(p);
	assert_true(names(p, "shard 2/2 started 5.0 s after the first one"));
	assert_true(names(p, "shard 1/2 has written nothing for 3s"));
	assert_false(names(p, "not started"));
	look(p);
	assert_true(shard_watch_is_quiet(&p->watch));
	assert_true(started_requests(p) > REQUESTS(2));
	append(p, 1, str_n(file.data + half, file.len - half));
	look(p);
	assert_false(names(p, "written nothing"));
	look(p);
	assert_false(shard_watch_has_ended(&p->watch));
	buf_release(&file);
	buf_release(&other);
}

/* The time at which the result of shard INDEX was written last. */
static void touch(const struct place *p, unsigned index)
{
	const struct timespec times[2] = {{.tv_sec = 1 + p->now / NS_PER_S},
					  {.tv_sec = 1 + p->now / NS_PER_S}};

	assert_int_equal(utimensat(AT_FDCWD, path_of(p, index), times, 0), 0);
}

/* A shard without seconds is not silent while the time of its result changes; in the load, it is,
 * but the watch continues. */
static void test_sign_of_life(void **state)
{
	struct place *p = *state;
	struct buf files[2];

	for (unsigned i = 0; i < 2; i++) {
		buf_init(&files[i], 0);
		make_result(&files[i], i + 1, 2, STARTED, false);
	}
	append(p, 1, str_n(files[0].data, files[0].len / 4 * 3));
	append(p, 2, str_n(files[1].data, head_length));
	for (unsigned i = 0; i < 8; i++) {
		touch(p, 1);
		touch(p, 2);
		look(p);
		assert_false(names(p, "shard 2/2 has written nothing"));
		assert_int_equal(p->watch.alive_at, p->now);
	}
	assert_true(names(p, "shard 1/2 has written nothing for 3s"));
	assert_false(shard_watch_is_quiet(&p->watch));
	for (unsigned i = 0; i < 4; i++)
		look(p);
	assert_true(names(p, "shard 2/2 has written nothing for 3s"));
	assert_true(shard_watch_is_quiet(&p->watch));
	assert_int_equal(p->now - p->watch.alive_at, 4 * NS_PER_S);
	for (unsigned i = 0; i < 2; i++)
		buf_release(&files[i]);
}

/* A record that cannot be read, a file that is replaced, and one that is not a result. */
static void test_damaged(void **state)
{
	struct place *p = *state;
	struct buf file, other;

	buf_init(&file, 0);
	buf_init(&other, 0);
	make_result(&file, 1, 2, STARTED, false);
	make_result(&other, 2, 2, STARTED, false);
	append(p, 1, buf_str(&file));
	other.data[other.len / 4 * 3] ^= 1;
	append(p, 2, buf_str(&other));
	append(p, 3, STR("reprise resulting in nothing"));
	for (unsigned i = 0; i < 5; i++)
		look(p);
	assert_true(names(p, "shard 2/2: /tmp/reprise-watch-"));
	assert_true(names(p, "/2: intervals.bin is damaged after byte "));
	assert_true(names(p, "/3: cannot read intervals.bin: it is not a result of reprise"));
	assert_int_equal(p->notices.broken, 1);
	other.data[other.len / 4 * 3] ^= 1;
	assert_int_equal(unlink(path_of(p, 2)), 0);
	append(p, 2, str_n(other.data, other.len / 3));
	look(p);
	append(p, 2, str_n(other.data + other.len / 3, other.len - other.len / 3));
	look(p);
	look(p);
	assert_true(shard_watch_has_ended(&p->watch));
	assert_int_equal(started_requests(p), REQUESTS(1) + REQUESTS(2));
	buf_release(&file);
	buf_release(&other);
}

/* Results that do not belong to the run. */
static void test_other_runs(void **state)
{
	static const struct {
		unsigned index, of;
		ns_t started;
	} all[] = {{1, 2, STARTED},	{2, 2, STARTED - 60 * NS_PER_S},
		   {2, 2, STARTED + 2}, {2, 2, STARTED + 1},
		   {1, 1, STARTED},	{1, 4, STARTED - 1}};
	struct place *p = *state;

	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		struct buf file;

		buf_init(&file, 0);
		make_result(&file, all[i].index, all[i].of, all[i].started, false);
		append(p, i + 1, buf_str(&file));
		buf_release(&file);
	}
	look(p);
	look(p);
	assert_true(names(p, "/4 is shard 2/2 too, and is not merged"));
	assert_true(names(p, "/5 is not the result of a shard"));
	assert_true(names(p, "/6 is one of 4 shards, not of 2"));
	assert_true(shard_watch_has_ended(&p->watch));
	assert_int_equal(started_requests(p), REQUESTS(1) + REQUESTS(2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_pieces, begin, end),
	    cmocka_unit_test_setup_teardown(test_silent, begin, end),
	    cmocka_unit_test_setup_teardown(test_sign_of_life, begin, end),
	    cmocka_unit_test_setup_teardown(test_damaged, begin, end),
	    cmocka_unit_test_setup_teardown(test_other_runs, begin, end),
	};

	return cmocka_run_group_tests_name("shard_watch", tests, NULL, NULL);
}
