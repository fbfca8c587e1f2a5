#include "net/websocket_frame.h"

#include <string.h>

#define FINAL	0x80u
#define RSV1	0x40u
#define RSV2_3	0x30u
#define MASKED	0x80u
#define CONTROL 0x08u

/* ---- heads */

unsigned websocket_frame_head_length(const unsigned char *head)
{
	unsigned length = head[1] & 0x7fu;

	return 2 + (length == 126 ? 2u : length == 127 ? 8u : 0) + (head[1] & MASKED ? 4u : 0);
}

static uint64_t read_number(const unsigned char *bytes, unsigned count)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < count; i++)
		number = number << 8 | bytes[i];
	return number;
}

static const char *check_opcode(const struct websocket_head *head)
{
	switch (head->opcode) {
	case WEBSOCKET_CONTINUATION:
	case WEBSOCKET_TEXT:
	case WEBSOCKET_BINARY:
		return NULL;
	case WEBSOCKET_CLOSE:
	case WEBSOCKET_PING:
	case WEBSOCKET_PONG:
		if (!head->final)
			return "a control frame is fragmented";
		if (head->length > WEBSOCKET_CONTROL_MAX)
			return "a control frame has more than 125 bytes";
		if (head->rsv1)
			return "a control frame is compressed";
		return NULL;
	default:
		return "a frame has an unknown opcode";
	}
}

const char *websocket_frame_head_read(const unsigned char *bytes, struct websocket_head *out)
{
	unsigned length = bytes[1] & 0x7fu, more = length == 126 ? 2 : length == 127 ? 8 : 0;

	*out = (struct websocket_head){.final = bytes[0] & FINAL,
				       .rsv1 = bytes[0] & RSV1,
				       .masked = bytes[1] & MASKED,
				       .opcode = bytes[0] & 0x0fu,
				       .length = length};
	if (more)
		out->length = read_number(bytes + 2, more);
	if (out->masked)
		memcpy(out->mask, bytes + 2 + more, sizeof out->mask);
	if (bytes[0] & RSV2_3)
		return "a frame has a reserved bit";
	if (out->length >> 63 || (more == 2 && out->length < 126) ||
	    (more == 8 && out->length <= UINT16_MAX))
		return "the length of a frame is not valid";
	return check_opcode(out);
}

unsigned websocket_frame_head_write(const struct websocket_head *head,
				    unsigned char out[WEBSOCKET_HEAD_MAX])
{
	unsigned more = head->length < 126 ? 0 : head->length <= UINT16_MAX ? 2 : 8, at = 2;

	out[0] =
	    (unsigned char)((head->final ? FINAL : 0) | (head->rsv1 ? RSV1 : 0) | head->opcode);
	out[1] = (unsigned char)((head->masked ? MASKED : 0) | (more == 0   ? (unsigned)head->length
								: more == 2 ? 126u
									    : 127u));
	for (unsigned i = more; i-- > 0;)
		out[at++] = (unsigned char)(head->length >> (8 * i));
	if (head->masked) {
		memcpy(out + at, head->mask, sizeof head->mask);
		at += (unsigned)sizeof head->mask;
	}
	return at;
}

void websocket_frame_mask(const unsigned char mask[4], uint64_t at, char *bytes, size_t count)
{
	unsigned char turned[8];
	uint64_t wide, word;
	size_t i = 0;

	for (unsigned k = 0; k < sizeof turned; k++)
		turned[k] = mask[(at + k) & 3];
	memcpy(&wide, turned, sizeof wide);
	for (; i + sizeof wide <= count; i += sizeof wide) {
		memcpy(&word, bytes + i, sizeof word);
		word ^= wide;
		memcpy(bytes + i, &word, sizeof word);
	}
	for (; i < count; i++)
		bytes[i] = (char)((unsigned char)bytes[i] ^ turned[i & 7]);
}

/* ---- codes */

bool websocket_frame_close_code_is_valid(unsigned code)
{
	if (code >= 3000 && code <= 4999)
		return true;
	return code >= 1000 && code <= 1014 && code != 1004 && code != WEBSOCKET_NO_CODE &&
	       code != WEBSOCKET_ABNORMAL;
}

/* ---- UTF-8 */

/*
 * The state is 0, WEBSOCKET_UTF8_INVALID, or what the rest of a character must be: bits 0 to 7 are
 * the lowest and bits 8 to 15 the highest valid value of the next byte, bits 16 and 17 how many
 * bytes follow, this one included.
 */
static unsigned expect_rest(unsigned count, unsigned low, unsigned high)
{
	return low | high << 8 | count << 16;
}

static unsigned first_byte(unsigned c)
{
	if (c < 0x80)
		return 0;
	if (c >= 0xc2 && c <= 0xdf)
		return expect_rest(1, 0x80, 0xbf);
	if (c >= 0xe0 && c <= 0xef)
		return expect_rest(2, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf);
	if (c >= 0xf0 && c <= 0xf4)
		return expect_rest(3, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf);
	return WEBSOCKET_UTF8_INVALID;
}

static unsigned next_byte(unsigned state, unsigned c)
{
	unsigned left = state >> 16;

	if (c < (state & 0xff) || c > (state >> 8 & 0xff))
		return WEBSOCKET_UTF8_INVALID;
	return left == 1 ? 0 : expect_rest(left - 1, 0x80, 0xbf);
}

/* The number of bytes below 0x80 at AT, in steps of eight. */
static size_t skip_ascii(struct str bytes, size_t at)
{
	uint64_t word;

	while (at + sizeof word <= bytes.len) {
		memcpy(&word, bytes.ptr + at, sizeof word);
		if (word & 0x8080808080808080u)
			break;
		at += sizeof word;
	}
	return at;
}

unsigned websocket_frame_utf8(unsigned state, struct str bytes)
{
	for (size_t i = 0; i < bytes.len && state != WEBSOCKET_UTF8_INVALID;) {
		unsigned c;

		if (!state) {
			i = skip_ascii(bytes, i);
			if (i == bytes.len)
				break;
		}
		c = (unsigned char)bytes.ptr[i++];
		state = state ? next_byte(state, c) : first_byte(c);
	}
	return state;
}
