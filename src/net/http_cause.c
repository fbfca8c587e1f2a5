#include "net/http_cause.h"

#include <stdio.h>
#include <string.h>

static const struct {
	enum http_result result;
	const char *text;
} causes[] = {
#define X(name, result, text) {result, text},
#include "net/http_cause.def"
#undef X
};

void http_cause_explain(struct exchange *x, enum http_cause cause, const char *subject)
{
	const char *text = causes[cause].text, *gap = strstr(text, "{}");

	if (gap)
		snprintf(x->error, sizeof x->error, "%.*s%s%s", (int)(gap - text), text, subject,
			 gap + 2);
	else
		snprintf(x->error, sizeof x->error, "%s", text);
}

void http_cause_set(struct exchange *x, enum http_cause cause, const char *subject)
{
	x->result = causes[cause].result;
	http_cause_explain(x, cause, subject);
}

void http_cause_set_text(struct exchange *x, enum http_result result, const char *text)
{
	x->result = result;
	snprintf(x->error, sizeof x->error, "%s", text);
}
