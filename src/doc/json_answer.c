#include "doc/json_answer.h"

#include <stdlib.h>

#include "base/log.h"

struct json_answer *json_answer_new(struct regex_scratch *regex)
{
	struct json_answer *json = calloc(1, sizeof *json);

	if (!json)
		die_out_of_memory();
	json_init(&json->tape);
	jsonpath_work_init(&json->work, regex);
	return json;
}

void json_answer_free(struct json_answer *json)
{
	if (!json)
		return;
	json_release(&json->tape);
	jsonpath_work_release(&json->work);
	free(json);
}

void json_answer_forget(struct json_answer *json)
{
	json->text = STR_NULL;
}

const struct json_tape *json_answer_read(struct json_answer *json, struct str text)
{
	if (json->text.ptr != text.ptr || json->text.len != text.len || !text.ptr) {
		json->good = json_read(&json->tape, text);
		json->text = text;
	}
	return json->good ? &json->tape : NULL;
}
