/*
 * libFuzzer target for the frames of a WebSocket (net/websocket.h). The first byte chooses the
 * side, compression and the pieces, the rest arrives. In one piece or in pieces, the messages are
 * the same; nothing follows a close or a failure; no message is larger than allowed, and a text is
 * UTF-8.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/websocket.h"

#include "must.h"

#define MAX_MESSAGE 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct side {
	struct websocket s;
	struct websocket_shared shared;
	struct buf seen;
	bool over;
};

static void on_message(void *owner, bool text, struct str payload, uint64_t wire)
{
	struct side *side = owner;

	must(!side->over, "nothing follows a close");
	must(payload.len <= MAX_MESSAGE, "a message is at most as large as allowed");
	must(!text || str_is_utf8(payload, NULL), "a text is UTF-8");
	buf_printf(&side->seen, "message %d %zu %llu:", text, payload.len,
		   (unsigned long long)wire);
	buf_add(&side->seen, payload);
	websocket_send(&side->s, text, payload);
}

static void on_write(void *owner, struct str bytes)
{
	(void)owner;
	must(bytes.len >= 2, "a frame has a head");
}

static void on_closed(void *owner, unsigned code, struct str reason)
{
	struct side *side = owner;

	must(!side->over && str_is_utf8(reason, NULL), "one close, with a reason that is UTF-8");
	side->over = true;
	buf_printf(&side->seen, "closed %u", code);
}

static void on_failed(void *owner, unsigned code, const char *why)
{
	struct side *side = owner;

	must(!side->over && why[0], "one failure, with a reason");
	side->over = true;
	buf_printf(&side->seen, "failed %u %s", code, why);
}

static const struct websocket_handler handler = {on_message, on_write, on_closed, on_failed};

static void read_all(struct side *side, unsigned how, struct str input, size_t piece)
{
	*side = (struct side){.over = false};
	websocket_shared_init(&side->shared);
	websocket_init(&side->s, &handler, side, &side->shared, how & 1, MAX_MESSAGE);
	side->s.deflate.on = how & 2;
	side->s.deflate.resets = how & 4;
	buf_init(&side->seen, 0);
	for (size_t at = 0; at < input.len; at += piece) {
		struct str part = str_slice(input, at, at + piece);
		char *copy = malloc(part.len);

		must(copy != NULL, "memory");
		memcpy(copy, part.ptr, part.len);
		websocket_feed(&side->s, str_n(copy, part.len));
		free(copy);
	}
}

static void release(struct side *side)
{
	websocket_release(&side->s);
	websocket_shared_release(&side->shared);
	buf_release(&side->seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct side whole, cut;

	if (!size)
		return 0;
	struct str input = str_n((const char *)data + 1, size - 1);
	read_all(&whole, data[0], input, input.len ? input.len : 1);
	read_all(&cut, data[0], input, (data[0] >> 3) + 1u);
	must(str_eq(buf_str(&whole.seen), buf_str(&cut.seen)),
	     "the pieces in which bytes arrive do not matter");
	release(&whole);
	release(&cut);
	return 0;
}
