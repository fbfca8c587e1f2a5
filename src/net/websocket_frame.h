/*
 * The frames of a WebSocket (RFC 6455), as pure functions: the head of a frame, masking, the codes
 * of a close, and UTF-8 that arrives in pieces. Nothing is allocated.
 */
#ifndef NET_WEBSOCKET_FRAME_H
#define NET_WEBSOCKET_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum websocket_opcode {
	WEBSOCKET_CONTINUATION = 0,
	WEBSOCKET_TEXT = 1,
	WEBSOCKET_BINARY = 2,
	WEBSOCKET_CLOSE = 8,
	WEBSOCKET_PING = 9,
	WEBSOCKET_PONG = 10,
};

/* Codes of a close. */
#define WEBSOCKET_NORMAL      1000u
#define WEBSOCKET_GOING_AWAY  1001u
#define WEBSOCKET_PROTOCOL    1002u /* the rules of frames were broken */
#define WEBSOCKET_NO_CODE     1005u /* never sent: a close without a code */
#define WEBSOCKET_ABNORMAL    1006u /* never sent: the connection was lost */
#define WEBSOCKET_BAD_PAYLOAD 1007u /* text that is not UTF-8 */
#define WEBSOCKET_TOO_LARGE   1009u

#define WEBSOCKET_HEAD_MAX    14u
#define WEBSOCKET_CONTROL_MAX 125u

struct websocket_head {
	bool final, rsv1, masked;
	unsigned opcode;
	uint64_t length;
	unsigned char mask[4];
};

/* Number of bytes of the head that begins with the two bytes HEAD. */
unsigned websocket_frame_head_length(const unsigned char *head);
/* Reads a complete head. NULL, or what is wrong with it by itself: an unknown opcode, a reserved
 * bit, a control frame that is too long or not final, a length that is not in its shortest form. */
const char *websocket_frame_head_read(const unsigned char *bytes, struct websocket_head *out);
/* Writes a head and returns its length. */
unsigned websocket_frame_head_write(const struct websocket_head *head,
				    unsigned char out[WEBSOCKET_HEAD_MAX]);
/* Masks or unmasks BYTES, which begin at position AT of the payload. */
void websocket_frame_mask(const unsigned char mask[4], uint64_t at, char *bytes, size_t count);
/* True if a close frame may have CODE. */
bool websocket_frame_close_code_is_valid(unsigned code);

/* The state of a text that is checked in pieces; starts as 0. */
#define WEBSOCKET_UTF8_INVALID 1u
/* The state after BYTES; 0: they end with a complete character. */
unsigned websocket_frame_utf8(unsigned state, struct str bytes);

#endif
