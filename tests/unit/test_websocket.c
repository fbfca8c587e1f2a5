/* WebSockets without a connection (net/websocket.h): frames, messages, compression, the handshake.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/websocket.h"
#include "net/websocket_handshake.h"

#define MAX_MESSAGE ((size_t)1 << 20)

/* One side and what its handler was given. */
struct side {
	struct websocket s;
	struct websocket_shared shared;
	struct buf written, messages; /* messages: "T:text;" "B:bytes;" */
	unsigned count, closed, failed;
	char reason[128];
	const char *why;
	uint64_t wire;
};

static void on_message(void *owner, bool text, struct str payload, uint64_t wire)
{
	struct side *side = owner;

	side->count++;
	side->wire += wire;
	buf_add(&side->messages, text ? STR("T:") : STR("B:"));
	buf_add(&side->messages, payload);
	buf_add(&side->messages, STR(";"));
}

static void on_write(void *owner, struct str bytes)
{
	buf_add(&((struct side *)owner)->written, bytes);
}

static void on_closed(void *owner, unsigned code, struct str reason)
{
	struct side *side = owner;

	side->closed = code;
	memcpy(side->reason, reason.ptr, reason.len);
	side->reason[reason.len] = '\0';
}

static void on_failed(void *owner, unsigned code, const char *why)
{
	struct side *side = owner;

	side->failed = code;
	side->why = why;
}

static const struct websocket_handler handler = {on_message, on_write, on_closed, on_failed};

static void begin(struct side *side, bool is_server)
{
	*side = (struct side){.count = 0};
	websocket_shared_init(&side->shared);
	websocket_init(&side->s, &handler, side, &side->shared, is_server, MAX_MESSAGE);
	buf_init(&side->written, 0);
	buf_init(&side->messages, 0);
}

static void end(struct side *side)
{
	websocket_release(&side->s);
	websocket_shared_release(&side->shared);
	buf_release(&side->written);
	buf_release(&side->messages);
}

/* Feeds BYTES in pieces of PIECE, each in memory of exactly its size. */
static void feed(struct side *side, struct str bytes, size_t piece)
{
	for (size_t at = 0; at < bytes.len; at += piece) {
		struct str part = str_slice(bytes, at, at + piece);
		char *copy = malloc(part.len);

		assert_non_null(copy);
		memcpy(copy, part.ptr, part.len);
		websocket_feed(&side->s, str_n(copy, part.len));
		free(copy);
	}
}

static void same(struct str got, const char *wanted)
{
	if (!str_eq(got, str_of(wanted)))
		fail_msg("'%.*s' is not '%s'", STR_ARG(got), wanted);
}

/* ---- frames that a server sends */

struct row {
	struct str bytes;
	const char *messages;
	unsigned closed, failed;
};

#define ROW(bytes, messages, closed, failed)                                                       \
	{                                                                                          \
		STR(bytes), messages, closed, failed                                               \
	}

static const struct row rows[] = {
    ROW("\x81\x05hello", "T:hello;", 0, 0),
    ROW("\x82\x02\xff\x00", "", 0, 0), /* compared below: it has a NUL */
    ROW("\x81\x00", "T:;", 0, 0),
    ROW("\x01\x02he\x00\x01l\x80\x02lo", "T:hello;", 0, 0),
    ROW("\x01\x02he\x89\x01p\x80\x03llo", "T:hello;", 0, 0),
    ROW("\x01\x00\x80\x00", "T:;", 0, 0),
    ROW("\x8a\x01x\x81\x01y", "T:y;", 0, 0),
    ROW("\x81\x06\xe2\x82\xac\xc3\xa4z", "T:\xe2\x82\xac\xc3\xa4z;", 0, 0),
    ROW("\x01\x01\xe2\x80\x02\x82\xac", "T:\xe2\x82\xac;", 0, 0),
    ROW("\x88\x00", "", 1005, 0),
    ROW("\x88\x02\x03\xe8\x81\x01x", "", 1000, 0),
    ROW("\x88\x05\x0f\xa1"
	"bye",
	"", 4001, 0),
    /* broken rules */
    ROW("\x91\x01x", "", 0, 1002),		   /* a reserved bit */
    ROW("\xc1\x01x", "", 0, 1002),		   /* compressed, but not negotiated */
    ROW("\x83\x01x", "", 0, 1002),		   /* opcodes */
    ROW("\x8b\x00", "", 0, 1002),		   /* */
    ROW("\x81\x81\x01\x02\x03\x04x", "", 0, 1002), /* masked */
    ROW("\x09\x00", "", 0, 1002),		   /* a fragmented ping */
    ROW("\x89\x7e\x00\x7e", "", 0, 1002),	   /* a long ping */
    ROW("\x80\x01x", "", 0, 1002),		   /* continues nothing */
    ROW("\x01\x01x\x81\x01y", "", 0, 1002),	   /* a message in a message */
    ROW("\x81\x7e\x00\x05hello", "", 0, 1002),	   /* a longer form of the length */
    ROW("\x81\x7f\xff\x00\x00\x00\x00\x00\x00\x00", "", 0, 1002),
    ROW("\x82\x7f\x00\x00\x00\x01\x00\x00\x00\x00", "", 0, 1009), /* 4 GiB */
    ROW("\x81\x02\xc3\x28", "", 0, 1007),
    ROW("\x81\x01\xc3", "", 0, 1007), /* cut */
    ROW("\x81\x03\xed\xa0\x80", "", 0, 1007),
    ROW("\x81\x04\xf4\x90\x80\x80", "", 0, 1007),
    ROW("\x81\x02\xc0\xaf", "", 0, 1007),
    ROW("\x88\x01\x03", "", 0, 1002),
    ROW("\x88\x02\x03\xed", "", 0, 1002), /* 1005 is never sent */
    ROW("\x88\x02\x03\xe7", "", 0, 1002), /* 999 */
    ROW("\x88\x02\x0b\xb7", "", 0, 1002), /* 2999 */
    ROW("\x88\x04\x03\xe8\xc3\x28", "", 0, 1007),
};

static void check_row(const struct row *row, size_t piece)
{
	struct side side;

	begin(&side, false);
	feed(&side, row->bytes, piece);
	if (row->bytes.ptr[0] != '\x82')
		same(buf_str(&side.messages), row->messages);
	else if (!row->failed)
		assert_true(str_eq(buf_str(&side.messages), STR("B:\xff\x00;")));
	if (side.closed != row->closed || side.failed != row->failed)
		fail_msg("row %d: closed %u, failed %u (%s)", (int)(row - rows), side.closed,
			 side.failed, side.why ? side.why : "");
	if (row->failed) {
		/* The close frame has the code. */
		assert_int_equal((unsigned char)side.written.data[0], 0x88);
		assert_int_equal((unsigned char)side.written.data[1], 0x82);
	}
	end(&side);
}

static void test_frames_of_a_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t piece = 1; piece <= rows[i].bytes.len; piece++)
			check_row(&rows[i], piece);
}

/* ---- both sides */

/* Gives TO the bytes that FROM has written. */
static void exchange(struct side *from, struct side *to, size_t piece)
{
	feed(to, buf_str(&from->written), piece);
	buf_clear(&from->written);
}

static void test_both_sides(void **state)
{
	static const size_t lengths[] = {0, 1, 7, 125, 126, 127, 65535, 65536, 200001};
	struct side client, server;

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct buf text;

		begin(&client, false);
		begin(&server, true);
		buf_init(&text, 0);
		for (size_t k = 0; k < lengths[i]; k++)
			buf_add_char(&text, (char)('a' + k % 26));
		assert_true(websocket_send(&client.s, true, buf_str(&text)));
		assert_true(websocket_send(&client.s, false, STR("\0\1")));
		exchange(&client, &server, 4093);
		assert_int_equal(server.count, 2);
		assert_int_equal(server.messages.len, lengths[i] + 3 + 5);
		assert_memory_equal(server.messages.data + 2, text.data ? text.data : "",
				    lengths[i]);
		assert_true(websocket_send(&server.s, true, buf_str(&text)));
		exchange(&server, &client, 4093);
		assert_int_equal(client.messages.len, lengths[i] + 3);
		buf_release(&text);
		end(&client);
		end(&server);
	}
}

static void test_control_frames(void **state)
{
	struct side client, server;

	(void)state;
	begin(&client, false);
	begin(&server, true);
	feed(&client, STR("\x89\x03now"), 1);
	exchange(&client, &server, 1);
	assert_int_equal(server.s.pongs, 1);
	websocket_ping(&client.s);
	exchange(&client, &server, 1);
	exchange(&server, &client, 1);
	assert_int_equal(client.s.pongs, 1);
	websocket_close(&client.s, 4002, STR("enough"));
	assert_false(websocket_send(&client.s, true, STR("late")));
	/* Messages on their way still arrive. */
	assert_true(websocket_send(&server.s, true, STR("last")));
	exchange(&server, &client, 100);
	same(buf_str(&client.messages), "T:last;");
	exchange(&client, &server, 1);
	assert_int_equal(server.closed, 4002);
	assert_string_equal(server.reason, "enough");
	exchange(&server, &client, 1);
	assert_int_equal(client.closed, 4002);
	assert_true(websocket_is_over(&client.s));
	end(&client);
	end(&server);
}

static void test_masks_are_random(void **state)
{
	struct side client;
	unsigned same_masks = 0;

	(void)state;
	begin(&client, false);
	for (unsigned i = 0; i < 600; i++)
		websocket_send(&client.s, true, STR("x"));
	assert_int_equal(client.written.len, 600 * 7);
	for (unsigned i = 1; i < 600; i++)
		same_masks += !memcmp(client.written.data + 2 + i * 7,
				      client.written.data + 2 + (i - 1) * 7, 4);
	assert_true(same_masks < 3);
	end(&client);
}

/* ---- compression */

static void compress_both(struct side *client, struct side *server, bool resets)
{
	client->s.deflate.on = server->s.deflate.on = true;
	client->s.deflate.resets = server->s.deflate.resets = resets;
}

static void test_compression(void **state)
{
	struct side client, server;
	struct buf text;

	(void)state;
	buf_init(&text, 0);
	for (unsigned i = 0; i < 9000; i++)
		buf_printf(&text, "{\"n\":%u}", i);
	for (int resets = 0; resets < 2; resets++) {
		begin(&client, false);
		begin(&server, true);
		compress_both(&client, &server, resets);
		for (unsigned i = 0; i < 3; i++) {
			assert_true(websocket_send(&client.s, true, buf_str(&text)));
			assert_true(client.written.len < text.len / 2);
			exchange(&client, &server, 1000);
			assert_int_equal(server.count, i + 1);
			assert_memory_equal(server.messages.data + 2, text.data, text.len);
			assert_true(server.s.deflate.history.len <= (resets ? 0 : 40 * 1024));
		}
		end(&client);
		end(&server);
	}
	buf_release(&text);
}

/* The examples of RFC 7692, section 7.2.3: the second message refers to the first. */
static void test_compression_of_the_standard(void **state)
{
	struct side client;

	(void)state;
	begin(&client, false);
	client.s.deflate.on = true;
	feed(&client, STR("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"), 2);
	feed(&client, STR("\xc1\x05\xf2\x00\x11\x00\x00"), 3);
	feed(&client, STR("\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\x00"), 1);
	/* not compressed, and with a final block */
	feed(&client, STR("\xc1\x0b\x00\x05\x00\xfa\xffHello\x00"), 4);
	feed(&client, STR("\xc1\x08\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), 4);
	same(buf_str(&client.messages), "T:Hello;T:Hello;T:Hello;T:Hello;T:Hello;");
	assert_int_equal(client.wire, 9 + 7 + 11 + 13 + 10);
	end(&client);
}

static void test_compression_bomb(void **state)
{
	struct side client, server;
	struct buf text;

	(void)state;
	buf_init(&text, 0);
	assert_true(buf_reserve(&text, MAX_MESSAGE + 1));
	memset(text.data, 'x', MAX_MESSAGE + 1);
	text.len = MAX_MESSAGE + 1;
	begin(&client, false);
	begin(&server, true);
	compress_both(&client, &server, true);
	assert_true(websocket_send(&server.s, true, buf_str(&text)));
	assert_true(server.written.len < 4096);
	exchange(&server, &client, 4096);
	assert_int_equal(client.failed, 1009);
	assert_true(client.shared.inflated.cap < 2 * MAX_MESSAGE + 65536);
	end(&client);
	begin(&client, false);
	client.s.deflate.on = true;
	feed(&client, STR("\xc1\x03\xff\xff\xff"), 3);
	assert_int_equal(client.failed, 1007);
	end(&client);
	end(&server);
	buf_release(&text);
}

/* ---- the handshake */

#define KEY    "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define BASE   "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"

static const char *check(const char *headers, const char *protocols,
			 struct websocket_deflate *deflate)
{
	struct websocket_offer offer = {
	    .key = STR(KEY), .protocols = str_of(protocols), .deflate = true};
	struct str protocol;

	*deflate = (struct websocket_deflate){.on = false};
	return websocket_handshake_check(str_of(headers), &offer, deflate, &protocol);
}

static void test_handshake(void **state)
{
	static const char *const wrong[] = {
	    ACCEPT "Connection: Upgrade\r\n\r\n",
	    ACCEPT "Upgrade: websocket\r\n\r\n",
	    BASE "\r\n",
	    BASE "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
	    BASE ACCEPT "Sec-WebSocket-Protocol: soap\r\n\r\n",
	    BASE ACCEPT "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat\r\n\r\n",
	    BASE ACCEPT "Sec-WebSocket-Extensions: x-unknown\r\n\r\n",
	    BASE ACCEPT "Sec-WebSocket-Extensions: permessage-deflate; "
			"client_max_window_bits=7\r\n\r\n",
	    BASE ACCEPT "Sec-WebSocket-Extensions: permessage-deflate; "
			"client_max_window_bits\r\n\r\n",
	    BASE ACCEPT "Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate\r\n\r\n",
	};
	struct websocket_deflate deflate;

	(void)state;
	assert_null(check(BASE ACCEPT "\r\n", "", &deflate));
	assert_false(deflate.on);
	assert_null(
	    check(BASE ACCEPT "Sec-WebSocket-Protocol: chat\r\n\r\n", "super, chat", &deflate));
	assert_null(check(BASE ACCEPT "Sec-WebSocket-Extensions: permessage-deflate; "
				      "server_no_context_takeover; client_max_window_bits=\"12\""
				      "\r\n\r\n",
			  "", &deflate));
	assert_true(deflate.on && deflate.resets);
	assert_int_equal(deflate.window, 12);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (!check(wrong[i], "chat", &deflate))
			fail_msg("accepted: %s", wrong[i]);
}

static void test_choice_of_compression(void **state)
{
	struct websocket_deflate deflate = {.on = false};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	assert_true(websocket_handshake_choose(STR(WEBSOCKET_OFFER), &deflate, &out));
	same(buf_str(&out), "permessage-deflate; server_no_context_takeover");
	buf_clear(&out);
	assert_true(websocket_handshake_choose(
	    STR("x-other, permessage-deflate; server_max_window_bits=8, permessage-deflate; "
		"server_max_window_bits=10; client_no_context_takeover"),
	    &deflate, &out));
	assert_int_equal(deflate.window, 10);
	assert_true(deflate.resets);
	assert_false(websocket_handshake_choose(STR("x-other"), &deflate, &out));
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_frames_of_a_server),
	    cmocka_unit_test(test_both_sides),
	    cmocka_unit_test(test_control_frames),
	    cmocka_unit_test(test_masks_are_random),
	    cmocka_unit_test(test_compression),
	    cmocka_unit_test(test_compression_of_the_standard),
	    cmocka_unit_test(test_compression_bomb),
	    cmocka_unit_test(test_handshake),
	    cmocka_unit_test(test_choice_of_compression),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
