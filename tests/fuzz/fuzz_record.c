/*
 * libFuzzer target for the recorder. TARGET proxy: a byte stream as requests, as responses and as
 * WebSocket frames; the next reader must parse the forwarded bytes in the same way as the recorder
 * (in particular, the end of a body), also when they arrive in pieces. TARGET journal-har: the HAR
 * file of a journal is valid JSON with the reported number of entries, or there is a reason.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mapped_file.h"
#include "doc/json.h"
#include "net/http_body.h"
#include "record/websocket_frames.h"
#include "net/http_head.h"
#include "record/http_forward.h"
#include "record/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* ---- bodies */

static void gather(void *owner, struct str piece)
{
	buf_add(owner, piece);
}

/* Feeds INPUT in pieces of STEP bytes; returns the number of bytes that belong to the body. */
static size_t pass(struct http_body *b, struct str input, size_t step, struct buf *out)
{
	size_t at = 0;

	while (at < input.len && !b->done && !b->bad) {
		struct str piece =
		    str_slice(input, at, at + step < input.len ? at + step : input.len);
		size_t passed = http_body_feed(b, piece, gather, out);

		HOLDS(passed <= piece.len);
		HOLDS(passed == piece.len || b->done || b->bad);
		at += passed;
	}
	return at;
}

/* Returns the number of bytes of INPUT that belong to the body. */
static size_t check_body(const struct http_body *body, struct str input, size_t step)
{
	struct http_body whole = *body, split = *body;
	struct buf one, other;
	size_t passed;

	buf_init(&one, 0);
	buf_init(&other, 0);
	passed = pass(&whole, input, input.len + 1, &one);
	HOLDS(pass(&split, input, step, &other) == passed);
	HOLDS(str_eq(buf_str(&one), buf_str(&other)));
	HOLDS(whole.done == split.done && whole.bad == split.bad);
	HOLDS(one.len <= passed);
	buf_release(&one);
	buf_release(&other);
	return passed;
}

static bool same_body(const struct http_body *a, const struct http_body *b)
{
	return a->kind == b->kind && a->left == b->left && a->done == b->done;
}

/* ---- headers */

static void check_head(const struct http_head *head, struct str input)
{
	HOLDS(head->bytes > 0 && head->bytes <= input.len);
	HOLDS(head->fields.count <= HTTP_HEAD_FIELDS_MAX);
	for (size_t i = 0; i < head->fields.count; i++) {
		HOLDS(head->fields.items[i].name.len);
		HOLDS(str_find_char(head->fields.items[i].value, '\n', 0) == NOT_FOUND);
		HOLDS(str_find_char(head->fields.items[i].value, '\r', 0) == NOT_FOUND);
	}
}

/* The forwarded header has no connection headers except those of the recorder. */
static void check_passed_on(const struct http_head *head, struct str text, bool upgrade)
{
	size_t connections = 0;

	HOLDS(head->bytes == text.len);
	for (size_t i = 0; i < head->fields.count; i++)
		connections += str_ieq(head->fields.items[i].name, STR("Connection"));
	HOLDS(connections == 1);
	HOLDS(!http_head_get(head, "Proxy-Connection").ptr &&
	      !http_head_get(head, "Keep-Alive").ptr);
	HOLDS(upgrade || !http_head_get(head, "Upgrade").ptr);
}

static size_t check_request(struct arena *a, struct str input, size_t step)
{
	struct http_head head, again;
	struct http_body body, next;
	struct buf out;
	bool upgrade, known;

	if (http_head_read_request(a, input, &head) != HTTP_HEAD_READY)
		return 0;
	check_head(&head, input);
	upgrade = http_head_is_websocket_upgrade(&head);
	known = http_body_of_request(&head, &body);
	if (!known)
		return head.bytes;
	buf_init(&out, 0);
	http_forward_request(&head, head.target, STR(""), upgrade, &out);
	HOLDS(http_head_read_request(a, buf_str(&out), &again) == HTTP_HEAD_READY);
	check_passed_on(&again, buf_str(&out), upgrade);
	HOLDS(str_eq(head.method, again.method) && str_eq(head.target, again.target));
	HOLDS(http_body_of_request(&again, &next) && same_body(&body, &next));
	HOLDS(!http_head_get(&again, "If-None-Match").ptr);
	HOLDS(http_head_is_websocket_upgrade(&again) == upgrade);
	buf_release(&out);
	return head.bytes + check_body(&body, str_slice(input, head.bytes, input.len), step);
}

static size_t check_response(struct arena *a, struct str input, struct str method, size_t step)
{
	struct http_head head, again;
	struct http_body body, next;
	struct buf out;
	bool upgrade;

	if (http_head_read_response(a, input, &head) != HTTP_HEAD_READY)
		return 0;
	check_head(&head, input);
	if (!http_body_of_response(&head, method, &body))
		return head.bytes;
	upgrade = head.status == 101;
	buf_init(&out, 0);
	http_forward_response(&head, step % 2 == 0, upgrade, &out);
	HOLDS(http_head_read_response(a, buf_str(&out), &again) == HTTP_HEAD_READY);
	check_passed_on(&again, buf_str(&out), upgrade);
	HOLDS(head.status == again.status && str_eq(head.reason, again.reason));
	HOLDS(http_body_of_response(&again, method, &next) && same_body(&body, &next));
	HOLDS(!http_head_get(&again, "Alt-Svc").ptr);
	buf_release(&out);
	return head.bytes + check_body(&body, str_slice(input, head.bytes, input.len), step);
}

/* ---- frames */

static void hear(void *owner, unsigned opcode, struct str message, bool cut)
{
	buf_printf(owner, "%u %d %zu ", opcode, cut, message.len);
	buf_add(owner, message);
}

static void check_frames(struct str input, size_t step)
{
	struct websocket_frames whole, split;
	struct buf one, other;

	buf_init(&one, 0);
	buf_init(&other, 0);
	websocket_frames_init(&whole);
	websocket_frames_init(&split);
	websocket_frames_feed(&whole, input, hear, &one);
	for (size_t at = 0; at < input.len; at += step)
		websocket_frames_feed(
		    &split, str_slice(input, at, at + step < input.len ? at + step : input.len),
		    hear, &other);
	HOLDS(str_eq(buf_str(&one), buf_str(&other)));
	HOLDS(whole.bad == split.bad && whole.messages == split.messages);
	websocket_frames_release(&whole);
	websocket_frames_release(&split);
	buf_release(&one);
	buf_release(&other);
}

static void check_stream(struct str input)
{
	size_t step = 1 + (unsigned char)input.ptr[0] % 7, passed;
	struct arena arena;

	input = str_slice(input, 1, input.len);
	arena_init(&arena, 0);
	for (size_t at = 0;
	     (passed = check_request(&arena, str_slice(input, at, input.len), step));)
		at += passed;
	for (size_t at = 0; (passed = check_response(&arena, str_slice(input, at, input.len),
						     step == 3 ? STR("HEAD") : STR("GET"), step));)
		at += passed;
	check_frames(input, step);
	arena_release(&arena);
}

/* ---- journals */

static void check_har(const char *path, const struct journal_facts *facts)
{
	const struct json_item *log, *entries;
	struct json_tape tape;
	struct mapped_file file;

	HOLDS(mapped_file_open(&file, path));
	json_init(&tape);
	HOLDS(json_read(&tape, file.text));
	log = json_member(&tape, tape.items, STR("log"));
	HOLDS(log && json_type(log) == JSON_OBJECT);
	entries = json_member(&tape, log, STR("entries"));
	HOLDS(entries && json_type(entries) == JSON_ARRAY && json_count(entries) == facts->entries);
	json_release(&tape);
	mapped_file_close(&file);
}

static void check_journal(struct str input)
{
	char path[64], har[64];
	struct journal_facts facts;
	struct buf error;
	int fd = memfd_create("fuzz", 0);

	HOLDS(fd >= 0 && write(fd, input.ptr, input.len) == (ssize_t)input.len);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	snprintf(har, sizeof har, "/tmp/fuzz_record.%ld.har", (long)getpid());
	buf_init(&error, 0);
	if (journal_to_har(path, har, true, &facts, &error)) {
		HOLDS(!error.len);
		HOLDS((access(har, F_OK) == 0) == (facts.entries > 0));
		if (facts.entries)
			check_har(har, &facts);
	} else {
		HOLDS(error.len);
	}
	unlink(har);
	buf_release(&error);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = str_n((const char *)data, size);

	if (!size)
		return 0;
	if (strcmp(TARGET, "proxy") == 0)
		check_stream(input);
	else
		check_journal(input);
	return 0;
}
