/*
 * Drives a cookie jar from standard input, for tests/cookies/cases: each line is "set<TAB>URL<TAB>
 * FIELD", "get<TAB>URL" (prints the value of the Cookie field and a line break) or "clear".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net/cookie_jar.h"

static bool parse(const char *url, struct cookie_request *request)
{
	return url && cookie_jar_request(str_of(url), STR_NULL, time(NULL), request);
}

static void perform(struct cookie_jar *jar, char *line)
{
	char *rest = line;
	const char *verb = strsep(&rest, "\t"), *url = strsep(&rest, "\t");
	struct cookie_request request;
	struct buf out;

	if (strcmp(verb, "clear") == 0)
		cookie_jar_clear(jar);
	if (!parse(url, &request))
		return;
	if (strcmp(verb, "set") == 0 && rest)
		cookie_jar_store(jar, &request, str_of(rest));
	if (strcmp(verb, "get") != 0)
		return;
	buf_init(&out, 0);
	cookie_jar_put(jar, &request, STR(""), &out);
	printf("%.*s\n", STR_ARG(buf_str(&out)));
	fflush(stdout);
	buf_release(&out);
}

int main(void)
{
	struct cookie_jar jar = {0};
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		perform(&jar, line);
	}
	free(line);
	cookie_jar_release(&jar);
	return 0;
}
