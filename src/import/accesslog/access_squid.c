/* Squid's own format: "1286536309.586    921 10.0.0.1 TCP_MISS/200 507 GET http://a/b ann
 * DIRECT/…". */
#include "import/accesslog/access_private.h"

#define WORDS 8u

bool access_squid_read(const struct access_format *format, struct access_reader *reader,
		       struct str line, struct access_line *out, const char **why)
{
	static const enum access_field fields[WORDS] = {
	    FIELD_TIME,	 FIELD_MILLISECONDS, FIELD_CLIENT, FIELD_SKIP,
	    FIELD_BYTES, FIELD_METHOD,	     FIELD_URL,	   FIELD_USER};
	size_t at = 0, count = 0;

	(void)format;
	while (count < WORDS && at < line.len) {
		size_t end = str_find_char(line, ' ', at);
		struct str word = str_slice(line, at, end);
		size_t slash = str_find_char(word, '/', 0);

		at = end == NOT_FOUND ? line.len : end + 1;
		if (!word.len)
			continue;
		*why = "it does not match this format";
		if (count == 3 && (slash == NOT_FOUND ||
				   !access_line_set(out, FIELD_STATUS,
						    str_slice(word, slash + 1, word.len), why)))
			return false;
		if (!access_line_set(out, fields[count++], word, why))
			return false;
	}
	*why = "it has fewer values than this format";
	return count == WORDS && access_line_finish(reader, out, why);
}
