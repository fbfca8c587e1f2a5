#include "scenario/multipart.h"

#include <string.h>

#include "base/ascii.h"
#include "doc/node.h"
#include "interface/reader.h"

static const struct field_choice part_choice = {
    .name = "content", .label = "Content", .code = DIAG_E306, .why = "; remove one of them"};

static const struct field multipart_part_fields[] = {
    FIELD(struct multipart_part, value, "value", FIELD_TEMPLATE, .choice = &part_choice,
	  .example = "A hat", .prose = "Text of the part."),
    FIELD(struct multipart_part, file, "file", FIELD_TEXT, .choice = &part_choice,
	  .flags = FIELD_PARAMETER | FIELD_FILE, .example = "hat.png",
	  .prose = "File to send unchanged; it is read once for all users."),
    FIELD(struct multipart_part, type, "type", FIELD_TEXT, .flags = FIELD_PARAMETER,
	  .example = "image/png",
	  .prose = "Content-Type of the part; for a file, by default derived from its name."),
    FIELD(struct multipart_part, filename, "filename", FIELD_TEXT, .flags = FIELD_PARAMETER,
	  .example = "hat.png",
	  .prose = "File name that is sent; by default the name of the file."),
    FIELD_END,
};

/* A file name with a usual extension: hat.png, but not 1.5 or "see shop.example". */
static bool looks_like_file(struct str text)
{
	size_t dot = text.len;

	while (dot > 0 && text.ptr[dot - 1] != '.')
		dot--;
	if (dot < 2 || text.len - dot < 2 || text.len - dot > 5)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (strchr(" @:$", c) || (i >= dot && !ascii_is_alnum(c)))
			return false;
	}
	return !ascii_is_digit(text.ptr[dot]);
}

static void warn_of_file_name(struct reader *r, const struct node *node)
{
	if (node->kind != NODE_SCALAR || !looks_like_file(node->text))
		return;
	struct diag *diag =
	    reader_warning(r, node->span, DIAG_W348,
			   "the text '%.*s' is sent, not a file with this name; to send the file, "
			   "use 'file'",
			   STR_ARG(node->text));

	reader_fix_printf(r, diag, node, "{file: %.*s}", STR_ARG(node->text));
}

static void read_part(struct reader *r, const struct node *node, void *out)
{
	struct multipart_part *part = out;

	part->span = node->span;
	if (node->kind != NODE_MAP) {
		reader_template(r, node, &part->value);
		warn_of_file_name(r, node);
		return;
	}
	if (reader_object(r, node, multipart_part_fields, part) &&
	    (part->value.raw.ptr != NULL) == (part->file.ptr != NULL))
		reader_error(r, node->span, DIAG_E306, "a part needs either 'value' or 'file'");
}

static const struct field_special multipart_part_special = {
    .widget = "part",
    .name = "a text, {value: …} or {file: …}",
    .read = read_part,
    .schema = "{\"type\": [\"string\", \"number\", \"boolean\"]}",
    .fields = multipart_part_fields,
    .definition = "part",
};

const struct field multipart_part_element = {.type = FIELD_SPECIAL,
					     .bytes = sizeof(struct multipart_part),
					     .special = &multipart_part_special};
