#include "doc/yaml_private.h"

#include "base/charset.h"
#include "doc/yaml.h"

#define REPLACEMENT STR("\xef\xbf\xbd")

/* Fixes all wrong bytes and reports the first one. False if there are too many to continue. */
static bool fix_bad_utf8(struct yaml_reader *r, size_t first)
{
	struct str text = r->source->text;
	unsigned char byte = (unsigned char)text.ptr[first];
	const char *letter = charset_windows_letter(byte);
	size_t count = 0, bad = first;
	bool all = true;

	for (size_t at = first; str_is_utf8(str_slice(text, at, text.len), &bad) == false;
	     at += bad + 1) {
		uint32_t place = (uint32_t)(at + bad);

		count++;
		all = yaml_add_fixit(r, place, place + 1, REPLACEMENT);
		if (!all)
			break;
	}
	struct diag *diag =
	    diag_error(r->diags, yaml_span(r, (uint32_t)first, (uint32_t)first + 1), DIAG_E103,
		       "the file is not saved as UTF-8: byte 0x%02X%s%s%s%s%s", byte,
		       letter ? " (in Windows-1252, the letter " : "", letter ? letter : "",
		       letter ? ")" : "", count > 1 ? "; more such bytes follow" : "",
		       all ? "" : "; this is probably not a text file");
	diag_note(r->diags, diag, SPAN_NONE,
		  "in the editor, save the file with the encoding UTF-8; or run: iconv -f "
		  "WINDOWS-1252 -t UTF-8 %.*s > new.yaml",
		  STR_ARG(r->source->name));
	return all;
}

/* Characters that YAML forbids, or that end a line invisibly. Well-formed UTF-8 only. */
static bool is_forbidden(const unsigned char *s, size_t bytes)
{
	if (bytes == 1)
		return (s[0] < 0x20 && s[0] != '\t' && s[0] != '\n' && s[0] != '\r') ||
		       s[0] == 0x7f;
	if (bytes == 2)
		return s[0] == 0xc2 && s[1] < 0xa0;
	if (bytes != 3)
		return false;
	return (s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9)) ||
	       (s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe);
}

static uint32_t code_point(const unsigned char *s, size_t bytes)
{
	if (bytes == 1)
		return s[0];
	if (bytes == 2)
		return (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
	return (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
}

/* Counts characters and line ends, in one walk over well-formed text. */
struct scan_result {
	size_t forbidden, first_forbidden, forbidden_bytes;
	size_t crlf, first_crlf;
	size_t lone_cr, first_lone_cr;
};

static bool scan_characters(struct yaml_reader *r, struct scan_result *seen)
{
	struct str text = r->source->text;
	bool room = true;

	for (size_t i = 0; i < text.len && room;) {
		unsigned char c = (unsigned char)text.ptr[i];
		size_t step = c < 0x80 ? 1 : str_utf8_step(text, i);
		uint32_t at = (uint32_t)i;

		if (c == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n') {
			if (seen->crlf++ == 0)
				seen->first_crlf = i;
			step = 2;
		} else if (c == '\r') {
			if (seen->lone_cr++ == 0)
				seen->first_lone_cr = i;
			room = yaml_add_fixit(r, at, at + 1, STR("\n"));
		} else if (step && is_forbidden((const unsigned char *)text.ptr + i, step)) {
			if (seen->forbidden++ == 0) {
				seen->first_forbidden = i;
				seen->forbidden_bytes = step;
			}
			room = yaml_add_fixit(r, at, at + (uint32_t)step, REPLACEMENT);
		}
		i += step ? step : 1;
	}
	return room;
}

static void report_forbidden(struct yaml_reader *r, const struct scan_result *seen)
{
	uint32_t at = (uint32_t)seen->first_forbidden;
	const unsigned char *s = (const unsigned char *)r->source->text.ptr + at;
	uint32_t point = code_point(s, seen->forbidden_bytes);
	struct diag *diag =
	    diag_error(r->diags, yaml_span(r, at, at + (uint32_t)seen->forbidden_bytes), DIAG_E104,
		       "an invisible control character (U+%04X) is not allowed in the file%s",
		       point, seen->forbidden > 1 ? "; more such characters follow" : "");

	if (point == 0)
		diag_note(r->diags, diag, SPAN_NONE, "this may not be a text file");
	else
		diag_note(r->diags, diag, SPAN_NONE,
			  "if the text needs it, write \"\\u%04X\" in double quotes", point);
}

static bool check_characters(struct yaml_reader *r)
{
	struct scan_result seen = {0};
	bool room = scan_characters(r, &seen);

	if (seen.forbidden)
		report_forbidden(r, &seen);
	if (seen.lone_cr) {
		uint32_t at = (uint32_t)seen.first_lone_cr;
		struct diag *diag = diag_error(r->diags, yaml_span(r, at, at + 1), DIAG_E134,
					       "a carriage return without a line feed");
		diag_note(r->diags, diag, SPAN_NONE,
			  "fix it with: tr '\\r' '\\n' < %.*s > new.yaml",
			  STR_ARG(r->source->name));
	}
	if (seen.crlf) {
		uint32_t at = (uint32_t)seen.first_crlf;
		struct diag *diag =
		    diag_warning(r->diags, yaml_span(r, at, at), DIAG_W104,
				 "the file has Windows line ends (CR LF); they are read as LF");
		diag_note(r->diags, diag, SPAN_NONE, "remove them with: sed -i 's/\\r$//' %.*s",
			  STR_ARG(r->source->name));
	}
	return room;
}

bool yaml_scan_bytes(struct yaml_reader *r)
{
	struct str text = r->source->text;
	size_t bad;

	if (text.len > YAML_MAX_BYTES) {
		diag_error(r->diags, yaml_span(r, 0, 0), DIAG_E106,
			   "the file is too large: %zu bytes; the maximum is %u bytes", text.len,
			   YAML_MAX_BYTES);
		return false;
	}
	if (charset_is_utf16(text)) {
		struct diag *diag = diag_error(r->diags, yaml_span(r, 0, 0), DIAG_E103,
					       "the file is in UTF-16; UTF-8 is expected");
		diag_note(r->diags, diag, SPAN_NONE,
			  "save it as UTF-8, or run: iconv -f UTF-16 -t UTF-8 %.*s > new.yaml",
			  STR_ARG(r->source->name));
		return false;
	}
	if (!str_is_utf8(text, &bad) && !fix_bad_utf8(r, bad))
		return false;
	if (str_starts(text, STR("\xef\xbb\xbf"))) {
		struct diag *diag =
		    diag_warning(r->diags, yaml_span(r, 0, 0), DIAG_W103,
				 "the file starts with a byte order mark, which is ignored");
		diag_note(r->diags, diag, SPAN_NONE,
			  "remove it with: sed -i '1s/^\\xEF\\xBB\\xBF//' %.*s",
			  STR_ARG(r->source->name));
		yaml_add_fixit(r, 0, 3, STR(""));
	}
	return check_characters(r);
}
