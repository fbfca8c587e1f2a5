#include "net/websocket.h"

#include <string.h>
#include <sys/random.h>

#include "base/log.h"

/* Smaller messages are sent uncompressed: compression would hardly make them smaller. */
#define PACK_FROM 128u
/* Memory that a buffer keeps after a large message. */
#define SHARED_KEPT  ((size_t)1 << 20)
#define MESSAGE_KEPT ((size_t)4 * 1024)

/* ---- shared by a thread */

void websocket_shared_init(struct websocket_shared *shared)
{
	*shared = (struct websocket_shared){.random_left = 0};
	buf_init(&shared->frame, 0);
	buf_init(&shared->packed, 0);
	buf_init(&shared->inflated, 0);
}

void websocket_shared_release(struct websocket_shared *shared)
{
	websocket_deflate_zlib_free(shared->zlib);
	buf_release(&shared->frame);
	buf_release(&shared->packed);
	buf_release(&shared->inflated);
}

static struct websocket_zlib *zlib_of(struct websocket_shared *shared)
{
	if (!shared->zlib)
		shared->zlib = websocket_deflate_zlib_new();
	return shared->zlib;
}

const unsigned char *websocket_random(struct websocket_shared *shared, size_t count)
{
	if (shared->random_left < count) {
		size_t have = 0;

		while (have < sizeof shared->random) {
			ssize_t n =
			    getrandom(shared->random + have, sizeof shared->random - have, 0);

			if (n > 0)
				have += (size_t)n;
		}
		shared->random_left = sizeof shared->random;
	}
	shared->random_left -= count;
	return shared->random + shared->random_left;
}

static void shrink(struct buf *b, size_t kept)
{
	buf_clear(b);
	if (b->cap > kept)
		buf_shrink(b, kept);
}

/* ---- life */

void websocket_init(struct websocket *s, const struct websocket_handler *handler, void *owner,
		    struct websocket_shared *shared, bool is_server, size_t max_message)
{
	*s = (struct websocket){.handler = handler,
				.owner = owner,
				.shared = shared,
				.is_server = is_server,
				.max_message = max_message,
				.need = 2};
	buf_init(&s->message, 0);
	buf_init(&s->deflate.history, 0);
}

void websocket_release(struct websocket *s)
{
	buf_release(&s->message);
	buf_release(&s->deflate.history);
}

/* ---- sending */

static void send_frame(struct websocket *s, unsigned opcode, bool packed, struct str payload)
{
	struct websocket_head head = {.final = true,
				      .rsv1 = packed,
				      .masked = !s->is_server,
				      .opcode = opcode,
				      .length = payload.len};
	unsigned char bytes[WEBSOCKET_HEAD_MAX];
	struct buf *out = &s->shared->frame;
	unsigned length;

	if (head.masked)
		memcpy(head.mask, websocket_random(s->shared, sizeof head.mask), sizeof head.mask);
	length = websocket_frame_head_write(&head, bytes);
	buf_clear(out);
	buf_add(out, str_n((const char *)bytes, length));
	buf_add(out, payload);
	if (head.masked)
		websocket_frame_mask(head.mask, 0, out->data + length, payload.len);
	s->shared->sent = out->len;
	s->handler->write(s->owner, buf_str(out));
	shrink(out, SHARED_KEPT);
}

bool websocket_send(struct websocket *s, bool text, struct str payload)
{
	unsigned opcode = text ? WEBSOCKET_TEXT : WEBSOCKET_BINARY;
	struct buf *packed = &s->shared->packed;

	if (s->close_sent || websocket_is_over(s))
		return false;
	buf_clear(packed);
	if (s->deflate.on && payload.len >= PACK_FROM &&
	    websocket_deflate_compress(zlib_of(s->shared), &s->deflate, payload, packed))
		send_frame(s, opcode, true, buf_str(packed));
	else
		send_frame(s, opcode, false, payload);
	shrink(packed, SHARED_KEPT);
	return true;
}

void websocket_ping(struct websocket *s)
{
	if (!s->close_sent)
		send_frame(s, WEBSOCKET_PING, false, STR(""));
}

void websocket_close(struct websocket *s, unsigned code, struct str reason)
{
	char payload[WEBSOCKET_CONTROL_MAX];
	struct str cut = str_cut(reason, sizeof payload - 2);

	if (s->close_sent)
		return;
	s->close_sent = true;
	if (code == WEBSOCKET_NO_CODE) {
		send_frame(s, WEBSOCKET_CLOSE, false, STR(""));
		return;
	}
	payload[0] = (char)(code >> 8);
	payload[1] = (char)code;
	if (cut.len)
		memcpy(payload + 2, cut.ptr, cut.len);
	send_frame(s, WEBSOCKET_CLOSE, false, str_n(payload, cut.len + 2));
}

/* ---- receiving */

static void fail(struct websocket *s, unsigned code, const char *why)
{
	s->has_failed = true;
	websocket_close(s, code, STR(""));
	s->handler->failed(s->owner, code, why);
}

static void give_message(struct websocket *s, struct str payload)
{
	struct buf *inflated = &s->shared->inflated;
	uint64_t wire = s->wire;

	s->in_message = false;
	s->wire = 0;
	if (s->is_packed) {
		buf_clear(inflated);
		switch (websocket_deflate_decompress(zlib_of(s->shared), &s->deflate, payload,
						     s->max_message, inflated)) {
		case WEBSOCKET_INFLATED:
			break;
		case WEBSOCKET_INFLATE_LARGE:
			shrink(inflated, SHARED_KEPT);
			fail(s, WEBSOCKET_TOO_LARGE,
			     "a message is larger than allowed after decompression");
			return;
		case WEBSOCKET_INFLATE_DAMAGED:
			fail(s, WEBSOCKET_BAD_PAYLOAD, "a compressed message is damaged");
			return;
		}
		payload = buf_str(inflated);
		s->utf8 = s->is_text ? websocket_frame_utf8(0, payload) : 0;
	}
	if (s->is_text && s->utf8) {
		fail(s, WEBSOCKET_BAD_PAYLOAD, "a text message is not UTF-8");
		return;
	}
	s->handler->message(s->owner, s->is_text, payload, wire);
	if (s->is_packed)
		shrink(inflated, SHARED_KEPT);
	shrink(&s->message, MESSAGE_KEPT);
}

static void receive_close(struct websocket *s, struct str payload)
{
	unsigned code = WEBSOCKET_NO_CODE;
	struct str reason = STR("");

	if (payload.len == 1) {
		fail(s, WEBSOCKET_PROTOCOL, "a close frame has one byte");
		return;
	}
	if (payload.len) {
		code = (unsigned)(unsigned char)payload.ptr[0] << 8 | (unsigned char)payload.ptr[1];
		reason = str_slice(payload, 2, payload.len);
		if (!websocket_frame_close_code_is_valid(code)) {
			fail(s, WEBSOCKET_PROTOCOL, "a close frame has an invalid code");
			return;
		}
		if (websocket_frame_utf8(0, reason)) {
			fail(s, WEBSOCKET_BAD_PAYLOAD, "the reason of a close is not UTF-8");
			return;
		}
	}
	s->close_received = true;
	websocket_close(s, code, STR(""));
	s->handler->closed(s->owner, code, reason);
}

static void end_control(struct websocket *s)
{
	struct str payload = str_n(s->control, (size_t)s->frame.length);

	switch (s->frame.opcode) {
	case WEBSOCKET_PING:
		s->pings++;
		if (!s->close_sent)
			send_frame(s, WEBSOCKET_PONG, false, payload);
		break;
	case WEBSOCKET_PONG:
		s->pongs++;
		break;
	default:
		receive_close(s, payload);
		break;
	}
}

static const char *check_order(const struct websocket *s)
{
	const struct websocket_head *frame = &s->frame;

	if (frame->masked != s->is_server)
		return s->is_server ? "a frame of the client is not masked"
				    : "a frame of the server is masked";
	if (frame->opcode >= WEBSOCKET_CLOSE)
		return NULL;
	if (s->in_message && frame->opcode != WEBSOCKET_CONTINUATION)
		return "a new message begins inside another one";
	if (!s->in_message && frame->opcode == WEBSOCKET_CONTINUATION)
		return "a continuation frame follows no message";
	if (frame->rsv1 && (!s->deflate.on || frame->opcode == WEBSOCKET_CONTINUATION))
		return "a frame has a reserved bit";
	return NULL;
}

/* The head is complete. False after a failure. */
static bool begin_frame(struct websocket *s)
{
	struct websocket_head *frame = &s->frame;
	const char *wrong = websocket_frame_head_read(s->head, frame);

	if (!wrong)
		wrong = check_order(s);
	if (wrong) {
		fail(s, WEBSOCKET_PROTOCOL, wrong);
		return false;
	}
	s->at = 0;
	s->in_payload = true;
	if (frame->opcode >= WEBSOCKET_CLOSE)
		return true;
	if (frame->opcode != WEBSOCKET_CONTINUATION) {
		s->in_message = true;
		s->is_text = frame->opcode == WEBSOCKET_TEXT;
		s->is_packed = frame->rsv1;
		s->utf8 = 0;
		s->wire = 0;
	}
	s->wire += s->need + frame->length;
	if (frame->length > s->max_message - s->message.len) {
		fail(s, WEBSOCKET_TOO_LARGE, "a message is larger than allowed");
		return false;
	}
	return true;
}

static bool end_frame(struct websocket *s)
{
	bool final = s->frame.final;

	s->in_payload = false;
	s->have = 0;
	s->need = 2;
	if (s->frame.opcode >= WEBSOCKET_CLOSE)
		end_control(s);
	else if (final)
		give_message(s, buf_str(&s->message));
	return !websocket_is_over(s);
}

/* A part of the payload of a data frame. False after a failure. */
static bool add_data(struct websocket *s, struct str piece)
{
	size_t start = s->message.len;

	if (!buf_add(&s->message, piece)) {
		fail(s, WEBSOCKET_TOO_LARGE, "a message is larger than allowed");
		return false;
	}
	if (s->frame.masked)
		websocket_frame_mask(s->frame.mask, s->at, s->message.data + start, piece.len);
	if (s->is_text && !s->is_packed) {
		s->utf8 = websocket_frame_utf8(
		    s->utf8, str_slice(buf_str(&s->message), start, s->message.len));
		if (s->utf8 == WEBSOCKET_UTF8_INVALID) {
			fail(s, WEBSOCKET_BAD_PAYLOAD, "a text message is not UTF-8");
			return false;
		}
	}
	return true;
}

static bool add_payload(struct websocket *s, struct str piece)
{
	if (s->frame.opcode < WEBSOCKET_CLOSE) {
		if (!add_data(s, piece))
			return false;
	} else if (piece.len) {
		memcpy(s->control + s->at, piece.ptr, piece.len);
		if (s->frame.masked)
			websocket_frame_mask(s->frame.mask, s->at, s->control + s->at, piece.len);
	}
	s->at += piece.len;
	return true;
}

/* A message in one frame that has arrived as a whole is not copied. */
static bool is_whole(const struct websocket *s, size_t available)
{
	return s->frame.opcode < WEBSOCKET_CLOSE && s->frame.final && !s->frame.masked &&
	       s->at == 0 && !s->message.len && s->frame.length <= available;
}

static bool give_whole(struct websocket *s, struct str payload)
{
	s->in_payload = false;
	s->have = 0;
	s->need = 2;
	if (s->is_text && !s->is_packed)
		s->utf8 = websocket_frame_utf8(0, payload);
	give_message(s, payload);
	return !websocket_is_over(s);
}

/* Takes a part of BYTES at AT and returns the position after it. */
static size_t take_payload(struct websocket *s, struct str bytes, size_t at, bool *more)
{
	uint64_t left = s->frame.length - s->at;
	size_t count = left < bytes.len - at ? (size_t)left : bytes.len - at;
	struct str piece = str_slice(bytes, at, at + count);

	if (is_whole(s, bytes.len - at)) {
		*more = give_whole(s, piece);
		return at + count;
	}
	*more = add_payload(s, piece);
	if (*more && s->at == s->frame.length)
		*more = end_frame(s);
	return at + count;
}

void websocket_feed(struct websocket *s, struct str bytes)
{
	bool more = !websocket_is_over(s);
	size_t at = 0;

	/* A frame without a payload ends as soon as its head does. */
	while (more && (at < bytes.len || (s->in_payload && s->at == s->frame.length))) {
		if (s->in_payload) {
			at = take_payload(s, bytes, at, &more);
			continue;
		}
		s->head[s->have++] = (unsigned char)bytes.ptr[at++];
		if (s->have == 2)
			s->need = websocket_frame_head_length(s->head);
		if (s->have == s->need)
			more = begin_frame(s);
	}
}
