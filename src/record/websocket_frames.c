#include "record/websocket_frames.h"

#define FINAL	0x80
#define MASKED	0x80
#define CONTROL 0x08

void websocket_frames_init(struct websocket_frames *f)
{
	*f = (struct websocket_frames){.need = 2};
	buf_init(&f->message, WEBSOCKET_FRAMES_MESSAGE_MAX);
}

void websocket_frames_release(struct websocket_frames *f)
{
	buf_release(&f->message);
}

/* Length of a frame's head, known from its first two bytes. */
static unsigned head_length(const unsigned char *head)
{
	unsigned length = head[1] & 0x7f;

	return 2 + (length == 126 ? 2U : length == 127 ? 8U : 0) + (head[1] & MASKED ? 4U : 0);
}

static void begin_payload(struct websocket_frames *f)
{
	unsigned length = f->head[1] & 0x7f, bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
	unsigned opcode = f->head[0] & 0x0f;

	f->left = bytes ? 0 : length;
	for (unsigned i = 0; i < bytes; i++)
		f->left = f->left << 8 | f->head[2 + i];
	f->mask_offset = 0;
	f->in_payload = true;
	if (opcode & CONTROL) {
		f->control++;
	} else if (opcode) {
		buf_clear(&f->message);
		f->truncated = false;
		f->opcode = opcode;
	}
}

static void add_payload(struct websocket_frames *f, struct str piece)
{
	const unsigned char *mask = f->head + f->need - 4;
	bool masked = f->head[1] & MASKED;

	if (f->head[0] & CONTROL)
		return;
	for (size_t i = 0; i < piece.len && !f->truncated; i++) {
		unsigned char c = (unsigned char)piece.ptr[i];

		if (masked)
			c ^= mask[f->mask_offset++ % 4];
		f->truncated = !buf_add_char(&f->message, (char)c);
	}
}

static void end_payload(struct websocket_frames *f,
			void (*sink)(void *owner, unsigned opcode, struct str message,
				     bool truncated),
			void *owner)
{
	f->in_payload = false;
	f->have = 0;
	f->need = 2;
	if ((f->head[0] & CONTROL) || !(f->head[0] & FINAL))
		return;
	f->messages++;
	sink(owner, f->opcode, buf_str(&f->message), f->truncated);
	buf_clear(&f->message);
}

void websocket_frames_feed(struct websocket_frames *f, struct str bytes,
			   void (*sink)(void *owner, unsigned opcode, struct str message,
					bool truncated),
			   void *owner)
{
	size_t at = 0;

	while (!f->bad && (at < bytes.len || (f->in_payload && !f->left))) {
		if (!f->in_payload) {
			f->head[f->have++] = (unsigned char)bytes.ptr[at++];
			if (f->have == 2)
				f->need = head_length(f->head);
			/* Bits of an extension that was not negotiated: the rest has an unknown
			 * format. */
			f->bad = f->head[0] & 0x70;
			if (f->have == f->need)
				begin_payload(f);
			continue;
		}
		struct str piece = str_slice(bytes, at, bytes.len);

		if (piece.len > f->left)
			piece.len = (size_t)f->left;
		add_payload(f, piece);
		f->left -= piece.len;
		at += piece.len;
		if (!f->left)
			end_payload(f, sink, owner);
	}
}
