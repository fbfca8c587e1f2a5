/* Messages of WebSockets: their frames, what they are recognized by, and what they repeat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "import/message_frame.h"

#include "arena_fixture.h"

/* "$.type=ping $.op=2 /pattern/ =whole (word)" */
static const char *describe(const struct message_keys *keys)
{
	struct buf text;

	buf_init(&text, 0);
	for (size_t i = 0; i < keys->count; i++)
		buf_printf(&text, "%.*s%s%.*s ", STR_ARG(keys->items[i].path),
			   keys->items[i].is_number ? ":" : "=", STR_ARG(keys->items[i].value));
	if (keys->pattern.len)
		buf_printf(&text, "/%.*s/ ", STR_ARG(keys->pattern));
	if (keys->whole.len)
		buf_printf(&text, "=%.*s ", STR_ARG(keys->whole));
	buf_printf(&text, "(%.*s)", STR_ARG(keys->word));
	const char *copy = arena_cstr(&arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

static void test_keys(void **state)
{
	static const char *const rows[][2] = {
	    {"{\"type\":\"joined\",\"id\":\"a81\"}", "$.type=joined (joined)"},
	    {"{\"op\":10,\"d\":{}}", "$.op:10 ()"},
	    {"{\"event\":\"posted\",\"status\":\"OK\"}", "$.event=posted $.status=OK (posted)"},
	    {"{\"jsonrpc\":\"2.0\",\"method\":\"tick\"}", "$.method=tick (tick)"},
	    /* An id is not a kind, and a sentence is not one either. */
	    {"{\"type\":\"c0ffee81\"}", "()"},
	    {"{\"msg\":\"Hello, how are you?\"}", "()"},
	    {"{\"price\":12}", "()"},
	    {"[\"1\",\"2\",\"room:lobby\",\"phx_reply\",{}]",
	     "$[2]=room:lobby $[3]=phx_reply (phx_reply)"},
	    {"42[\"chat message\",{\"a\":1}]", "/^42\\[/ ()"},
	    {"42[\"said\",{\"a\":1}]", "/^42\\[\"said\"/ (said)"},
	    {"42/admin,7[\"said\"]", "/^42/admin,7\\[\"said\"/ (said)"},
	    {"0{\"sid\":\"x\"}", "/^0\\{/ ()"},
	    {"2", "=2 (2)"},
	    {"3probe", "=3probe (3probe)"},
	    {"pong", "=pong (pong)"},
	    {"1700000000", "()"},
	    {"CONNECTED\nversion:1.2\n\n", "/^CONNECTED\\n/ (CONNECTED)"},
	    {"some other text", "()"},
	    {"{broken", "()"},
	    {"", "()"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct message_keys keys;

		message_frame_keys(&arena, str_of(rows[i][0]), &keys);
		assert_string_equal(describe(&keys), rows[i][1]);
		assert_int_equal(message_frame_has_keys(&keys), rows[i][1][0] != '(');
	}
}

static void test_echoes(void **state)
{
	static const struct {
		const char *sent, *received, *expected;
		bool follows;
	} rows[] = {
	    {"{\"id\":7,\"method\":\"list\"}", "{\"id\":7,\"result\":[]}", "$.id:7 ()", true},
	    {"{\"id\":7}", "{\"id\":8}", "()", false},
	    /* Equal texts and numbers are different values. */
	    {"{\"id\":7}", "{\"id\":\"7\"}", "()", false},
	    {"{\"type\":\"say\",\"text\":\"Do you have hats?\"}",
	     "{\"type\":\"said\",\"message\":{\"body\":\"Do you have hats?\"}}",
	     "$.type=said $.message.body=Do you have hats? (said)", true},
	    {"{\"jsonrpc\":\"2.0\",\"id\":1}", "{\"jsonrpc\":\"2.0\",\"method\":\"tick\"}",
	     "$.method=tick (tick)", false},
	    {"{\"type\":\"join\",\"room\":7}", "{\"type\":\"joined\",\"room\":7}",
	     "$.type=joined $.room:7 (joined)", false},
	    {"[\"4\",\"5\",\"room\",\"phx_join\"]", "[\"4\",\"5\",\"room\",\"phx_reply\"]",
	     "$[2]=room $[3]=phx_reply $[0]=4 $[1]=5 (phx_reply)", true},
	    {"hello there", "hello there", "()", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct message_keys keys;

		message_frame_keys(&arena, str_of(rows[i].received), &keys);
		assert_int_equal(message_frame_add_echoes(&arena, str_of(rows[i].sent),
							  str_of(rows[i].received), &keys),
				 rows[i].follows);
		assert_string_equal(describe(&keys), rows[i].expected);
	}
}

static void test_frames(void **state)
{
	static const struct {
		const char *text, *prefix, *json;
	} rows[] = {
	    {"{\"a\":1}", "", "{\"a\":1}"},
	    {" [1] ", "", "[1]"},
	    {"42[1]", "42", "[1]"},
	    {"451-/nsp,12[1,{\"_placeholder\":true,\"num\":0}]", "451-/nsp,12",
	     "[1,{\"_placeholder\":true,\"num\":0}]"},
	    {"42[1", "", ""},
	    {"4 2[1]", "", ""},
	    {"a[1]", "", ""},
	    {"42", "", ""},
	};
	struct json_tape tape;

	(void)state;
	json_init(&tape);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct message_frame frame = message_frame_read(str_of(rows[i].text), &tape);

		assert_true(str_eq(frame.prefix, str_of(rows[i].prefix)));
		assert_true(str_eq(frame.json, str_of(rows[i].json)));
	}
	json_release(&tape);
}

static void test_acknowledgements(void **state)
{
	(void)state;
	assert_true(message_frame_is_acknowledgement(STR("421[\"a\"]"), STR("431[{}]")));
	assert_true(message_frame_is_acknowledgement(STR("42/n,12[\"a\"]"), STR("43/n,12[]")));
	assert_false(message_frame_is_acknowledgement(STR("421[\"a\"]"), STR("432[{}]")));
	assert_false(message_frame_is_acknowledgement(STR("42[\"a\"]"), STR("43[{}]")));
	assert_false(message_frame_is_acknowledgement(STR("42/n,[\"a\"]"), STR("43/n,[]")));
	assert_false(message_frame_is_acknowledgement(STR("421[\"a\"]"), STR("421[\"a\"]")));
}

static void test_words(void **state)
{
	struct message_keys ping, other;

	(void)state;
	message_frame_keys(&arena, STR("{\"type\":\"ping\",\"n\":1}"), &ping);
	message_frame_keys(&arena, STR("{\"type\":\"typing\"}"), &other);
	assert_true(message_frame_is_ping(&ping));
	assert_false(message_frame_is_ping(&other));
	assert_true(message_frame_is_announcement(&other));
	assert_false(message_frame_same_keys(&ping, &other));
	message_frame_keys(&arena, STR("{\"type\":\"ping\",\"n\":2}"), &other);
	assert_true(message_frame_same_keys(&ping, &other));
	message_frame_keys(&arena, STR("3"), &other);
	assert_true(message_frame_is_pong(&other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys),   cmocka_unit_test(test_echoes),
	    cmocka_unit_test(test_frames), cmocka_unit_test(test_acknowledgements),
	    cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, arena_fixture_begin, arena_fixture_end);
}
