#include "cmd/process_title.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/url.h"

/* The part of the value of an option that is hidden; empty: none. */
static struct str hidden_part(const struct option_value *value)
{
	struct str text = str_of(value->value);
	size_t equals = str_find_char(text, '=', 0);
	struct url url;

	if (value->origin != OPTION_COMMAND_LINE)
		return STR("");
	if (strcmp(value->option->name, "param") == 0)
		return equals == NOT_FOUND ? STR("") : str_slice(text, equals + 1, text.len);
	return url_split(text, &url) ? url.userinfo : STR("");
}

void process_title_hide(struct options *options)
{
	size_t bytes = 0;
	char *at;

	for (size_t i = 0; i < options->value_count; i++)
		if (hidden_part(&options->values[i]).len)
			bytes += strlen(options->values[i].value) + 1;
	if (!bytes)
		return;
	at = options->copies = malloc(bytes);
	if (!at)
		die_out_of_memory();
	for (size_t i = 0; i < options->value_count; i++) {
		struct option_value *value = &options->values[i];
		struct str hidden = hidden_part(value);

		if (!hidden.len)
			continue;
		size_t length = strlen(value->value) + 1;

		memcpy(at, value->value, length);
		/* The arguments of main may be changed; they are const only for the parser. */
		memset((char *)(uintptr_t)hidden.ptr, '*', hidden.len);
		value->value = at;
		at += length;
	}
}
