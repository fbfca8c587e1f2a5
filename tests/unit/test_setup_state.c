/* The values of setup, written as text and read again; invalid text is rejected with a reason. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"
#include "program/setup_state.h"

#define SLOTS 7u

static const struct str names[SLOTS] = {{"token", 5}, {"list", 4}, {"object", 6}, {"bytes", 5},
					{"none", 4},  {"inf", 3},  {"flag", 4}};
static const struct value first[SLOTS];
static const struct program program = {
    .slot_names = names, .slot_first = first, .slot_count = SLOTS};

static struct value lexeme(double number, const char *text)
{
	struct value v = value_number(number);

	v.text = str_of(text);
	return v;
}

static void put(struct buf *out, const struct value *slots)
{
	const struct setup_state h = {.version = STR("1.0"), .scenario = STR("abc")};

	buf_init(out, 0);
	setup_state_put(out, &h, &program, slots);
}

/* The reason why TEXT is rejected; "" if it is accepted. */
static const char *taken(struct arena *a, struct str text, struct value *slots)
{
	struct setup_state h = {.version = STR("1.0"), .scenario = STR("abc")};
	struct buf error;
	bool fine;
	const char *why;

	buf_init(&error, 0);
	fine = setup_state_read(a, text, &program, &h, slots, &error);
	why = arena_cstr(a, buf_str(&error));
	assert_int_equal(fine, *why == '\0');
	buf_release(&error);
	return why;
}

static void every_value_is_restored(void **state)
{
	const struct value inner[] = {lexeme(1.5, "1.50"), value_text(STR("a\"\n\xc3\xbc")),
				      VALUE_NOTHING, value_bool(false)};
	const struct value members[] = {
	    value_text(STR("b")), lexeme(1, "1"),
	    value_text(STR("a")), value_number(0.1),
	    value_text(STR("b")), {.type = VALUE_LIST, .items = inner, .count = 4}};
	struct value slots[SLOTS] = {
	    value_text(STR("")),
	    {.type = VALUE_LIST, .items = inner, .count = 4},
	    {.type = VALUE_OBJECT, .items = members, .count = 3, .secret = true},
	    value_text(STR("\xff\0\x01")),
	    VALUE_NOTHING,
	    value_number(-HUGE_VAL),
	    value_bool(true)};
	struct value back[SLOTS] = {{0}};
	struct arena a;
	struct buf text, again;

	(void)state;
	arena_init(&a, 0);
	put(&text, slots);
	assert_string_equal(taken(&a, buf_str(&text), back), "");
	put(&again, back);
	assert_string_equal(text.data, again.data);
	assert_int_equal(back[0].type, VALUE_TEXT);
	assert_int_equal(back[1].items[0].text.len, 4);
	assert_true(back[2].secret && back[2].items[5].items[1].secret && !back[1].secret);
	assert_int_equal(back[3].text.len, 3);
	assert_memory_equal(back[3].text.ptr, "\xff\0\x01", 3);
	assert_int_equal(back[4].type, VALUE_NULL);
	assert_true(isinf(back[5].number) && back[5].number < 0);
	buf_release(&text);
	buf_release(&again);
	arena_release(&a);
}

static void values_of_another_scenario_are_rejected(void **state)
{
#define HEAD "{\"reprise\":\"1.0\",\"scenario\":\"abc\",\"values\":"
	static const struct {
		const char *text, *why;
	} rows[] = {
	    {"", "at byte"},
	    {"[]", "it is from reprise ''"},
	    {"{\"reprise\":\"0.9\"}", "it is from reprise '0.9', and this is 1.0"},
	    {"{\"reprise\":\"1.0\",\"scenario\":\"abd\"}", "another scenario, load or target"},
	    {"{\"reprise\":\"1.0\",\"scenario\":\"abc\"}", "does not belong to this scenario"},
	    {HEAD "{}}", "does not belong to this scenario"},
	    {HEAD "[1]}", "does not belong to this scenario"},
	    {HEAD "[{\"slot\":7,\"name\":\"token\",\"value\":1}]}",
	     "does not belong to this scenario"},
	    {HEAD "[{\"slot\":-1,\"name\":\"token\",\"value\":1}]}",
	     "does not belong to this scenario"},
	    {HEAD "[{\"slot\":0,\"name\":\"list\",\"value\":1}]}",
	     "does not belong to this scenario"},
	    {HEAD "[{\"slot\":0,\"name\":\"token\"}]}", "does not belong to this scenario"},
	    {HEAD "[{\"slot\":0,\"name\":\"token\",\"value\":{\"a\":1}}]}",
	     "does not belong to this scenario"},
	    {HEAD "[{\"slot\":0,\"name\":\"token\",\"value\":{}}]}",
	     "does not belong to this scenario"},
	    {HEAD "[{\"slot\":0,\"name\":\"token\",\"value\":{\"object\":[1]}}]}",
	     "does not belong to this scenario"},
	    {HEAD "[{\"slot\":0,\"name\":\"token\",\"value\":{\"base64\":\"*\"}}]}",
	     "does not belong to this scenario"},
	    {HEAD "[", "at byte"},
	};
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct value slots[SLOTS] = {{0}};
		const char *why = taken(&a, str_of(rows[i].text), slots);

		if (!strstr(why, rows[i].why))
			fail_msg("%s: '%s' is not in '%s'", rows[i].text, rows[i].why, why);
	}
	arena_release(&a);
}

static void a_failure_is_passed_on_without_values(void **state)
{
	const struct setup_state failed = {.version = STR("1.0"),
					   .scenario = STR("abc"),
					   .failed = true,
					   .failure = STR("status")};
	struct setup_state h = {.version = STR("1.0"), .scenario = STR("abc")};
	struct value slots[SLOTS] = {{0}};
	struct arena a;
	struct buf text, error;

	(void)state;
	arena_init(&a, 0);
	buf_init(&text, 0);
	buf_init(&error, 0);
	setup_state_put(&text, &failed, &program, slots);
	assert_true(setup_state_read(&a, buf_str(&text), &program, &h, slots, &error));
	assert_true(h.failed);
	assert_true(str_eq(h.failure, STR("status")));
	buf_release(&text);
	buf_release(&error);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_value_is_restored),
	    cmocka_unit_test(values_of_another_scenario_are_rejected),
	    cmocka_unit_test(a_failure_is_passed_on_without_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
