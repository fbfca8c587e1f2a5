#include "doc/json_cache.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/regex.h"

struct json_cache *json_cache_new(struct regex_scratch *regex)
{
	struct json_cache *json = alloc_zeroed(1, sizeof *json);

	json_init(&json->tape);
	jsonpath_work_init(&json->work, regex);
	return json;
}

void json_cache_free(struct json_cache *json)
{
	if (!json)
		return;
	json_release(&json->tape);
	jsonpath_work_release(&json->work);
	free(json);
}

void json_cache_clear(struct json_cache *json)
{
	json->text = STR_NULL;
}

const struct json_tape *json_cache_read(struct json_cache *json, struct str text)
{
	if (json->text.ptr != text.ptr || json->text.len != text.len || !text.ptr) {
		json->good = json_read(&json->tape, text);
		json->text = text;
	}
	return json->good ? &json->tape : NULL;
}

void json_cache_explain(const struct jsonpath *path, struct str text, struct buf *out)
{
	struct json_tape tape;
	struct jsonpath_work work;
	struct regex_scratch *regex = regex_scratch_new();

	json_init(&tape);
	jsonpath_work_init(&work, regex);
	if (!text.len)
		buf_add(out, STR("the body is empty"));
	else if (!json_read(&tape, text))
		buf_printf(out, "the body is not JSON: %s, at byte %zu", tape.error, tape.error_at);
	else
		jsonpath_explain(path, &tape, &work, out);
	jsonpath_work_release(&work);
	json_release(&tape);
	regex_scratch_free(regex);
}
