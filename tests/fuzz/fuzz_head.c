/*
 * libFuzzer target for the head of an HTTP/1 message; the first byte of the input chooses request
 * or response. A head ends where it ends, whatever follows; before that it is incomplete. Fields
 * that were read have a name and no control bytes. The head that is sent on instead can be read
 * again, and sending that on changes nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/http_head.h"
#include "record/http_forward.h"

#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct message {
	bool request;
	bool upgrade, keep_alive;
};

/* Copies INPUT to memory of exactly its size, so that reading past it is found. */
static enum head_result read_head(struct arena *a, const struct message *m, struct str input,
				  struct http_head *head)
{
	char *copy = malloc(input.len ? input.len : 1);
	enum head_result result;

	must(copy != NULL, "memory");
	if (input.len)
		memcpy(copy, input.ptr, input.len);
	result = m->request ? http_head_read_request(a, str_n(copy, input.len), head)
			    : http_head_read_response(a, str_n(copy, input.len), head);
	free(copy);
	return result;
}

static void check_fields(const struct http_head *head)
{
	must(head->fields.count <= HTTP_HEAD_FIELDS_MAX, "there is a maximum of fields");
	for (size_t i = 0; i < head->fields.count; i++) {
		const struct head_field *field = &head->fields.items[i];
		struct str parts[] = {field->name, field->value};

		must(field->name.len > 0, "a field has a name");
		for (size_t k = 0; k < 2; k++)
			for (size_t at = 0; at < parts[k].len; at++)
				must((unsigned char)parts[k].ptr[at] >= ' ' ||
					 parts[k].ptr[at] == '\t',
				     "a field has no control bytes");
		must(str_find_char(field->name, ' ', 0) >= field->name.len, "a name has no spaces");
	}
}

static void check_ends(struct arena *a, const struct message *m, struct str input,
		       const struct http_head *head)
{
	struct http_head again;

	must(head->bytes > 0 && head->bytes <= input.len, "the head is in the input");
	must(read_head(a, m, str_slice(input, 0, head->bytes), &again) == HTTP_HEAD_READY &&
		 again.bytes == head->bytes,
	     "what follows the head does not matter");
	must(again.fields.count == head->fields.count, "what follows adds no field");
	for (size_t cut = head->bytes - 1; cut > 0; cut -= 1 + cut / 16)
		must(read_head(a, m, str_slice(input, 0, cut), &again) == HTTP_HEAD_INCOMPLETE,
		     "a part of the head is incomplete");
}

static void send_on(const struct message *m, const struct http_head *head, struct buf *out)
{
	if (m->request)
		http_forward_request(head, head->target, STR(""), m->upgrade, out);
	else
		http_forward_response(head, m->keep_alive, m->upgrade, out);
}

static void check_sent_on(struct arena *a, const struct message *m, const struct http_head *head)
{
	struct http_head again;
	struct buf one, two;

	buf_init(&one, 0);
	buf_init(&two, 0);
	send_on(m, head, &one);
	must(read_head(a, m, buf_str(&one), &again) == HTTP_HEAD_READY, "it is a head again");
	must(again.bytes == one.len, "there is nothing after it");
	check_fields(&again);
	must(str_eq(head->method, again.method) && str_eq(head->target, again.target) &&
		 head->status == again.status,
	     "its first line is the same");
	must(m->upgrade || !http_head_is_websocket_upgrade(&again),
	     "it becomes a WebSocket only if that was requested");
	must(m->request || m->upgrade || head->minor == 0 ||
		 http_head_keeps_alive(&again) == m->keep_alive,
	     "the connection is used again if that was requested");
	send_on(m, &again, &two);
	must(str_eq(buf_str(&one), buf_str(&two)), "sending it on again changes nothing");
	buf_release(&one);
	buf_release(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message m;
	struct http_head head;
	struct arena arena;
	struct str input;

	if (!size)
		return 0;
	m = (struct message){data[0] & 1, data[0] & 2, data[0] & 4};
	input = str_n((const char *)data + 1, size - 1);
	arena_init(&arena, 0);
	if (read_head(&arena, &m, input, &head) == HTTP_HEAD_READY) {
		check_fields(&head);
		check_ends(&arena, &m, input, &head);
		check_sent_on(&arena, &m, &head);
	}
	arena_release(&arena);
	return 0;
}
