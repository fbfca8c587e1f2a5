#include "record/websocket_frames.h"

void websocket_frames_init(struct websocket_frames *f)
{
	*f = (struct websocket_frames){.need = 2};
	buf_init(&f->message, WEBSOCKET_FRAMES_MESSAGE_MAX);
	buf_init(&f->control, WEBSOCKET_CONTROL_MAX);
}

void websocket_frames_release(struct websocket_frames *f)
{
	buf_release(&f->message);
	buf_release(&f->control);
}

static bool is_control(const struct websocket_frames *f)
{
	return f->frame.opcode >= WEBSOCKET_CLOSE;
}

static void begin_payload(struct websocket_frames *f)
{
	/* A compressed frame, although compression was not negotiated: the rest has an unknown
	 * format. */
	f->bad = websocket_frame_head_read(f->head, &f->frame) || f->frame.rsv1;
	f->left = f->frame.length;
	f->in_payload = true;
	if (is_control(f)) {
		f->controls++;
		buf_clear(&f->control);
	} else if (f->frame.opcode != WEBSOCKET_CONTINUATION) {
		buf_clear(&f->message);
		f->truncated = false;
		f->opcode = f->frame.opcode;
	}
}

static void add_payload(struct websocket_frames *f, struct str piece)
{
	struct buf *out = is_control(f) ? &f->control : &f->message;
	size_t start = out->len, room = WEBSOCKET_FRAMES_MESSAGE_MAX - f->message.len;

	if (!is_control(f) && piece.len > room) {
		piece.len = room;
		f->truncated = true;
	}
	buf_add(out, piece);
	if (f->frame.masked)
		websocket_frame_mask(f->frame.mask, f->frame.length - f->left, out->data + start,
				     piece.len);
}

static void end_payload(struct websocket_frames *f, websocket_frames_sink *sink, void *owner)
{
	f->in_payload = false;
	f->have = 0;
	f->need = 2;
	if (f->frame.opcode == WEBSOCKET_CLOSE)
		sink(owner, WEBSOCKET_CLOSE, buf_str(&f->control), false);
	if (is_control(f) || !f->frame.final)
		return;
	f->messages++;
	sink(owner, f->opcode, buf_str(&f->message), f->truncated);
	buf_clear(&f->message);
}

void websocket_frames_feed(struct websocket_frames *f, struct str bytes,
			   websocket_frames_sink *sink, void *owner)
{
	size_t at = 0;

	while (!f->bad && (at < bytes.len || (f->in_payload && !f->left))) {
		if (!f->in_payload) {
			f->head[f->have++] = (unsigned char)bytes.ptr[at++];
			if (f->have == 2)
				f->need = websocket_frame_head_length(f->head);
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
