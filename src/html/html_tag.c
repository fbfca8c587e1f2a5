#include "html/html_tag.h"

static const char *const names[] = {
    [HTML_TAG_OTHER] = "",
#define HTML_TAG(id, name, key) [HTML_TAG_##id] = name,
#include "html/html_tag.def"
#undef HTML_TAG
};

/* The name in lower case; "" for HTML_TAG_OTHER. */
static struct str tag_name(enum html_tag tag)
{
	return str_of(names[tag]);
}

enum html_tag html_tag_of(struct str name)
{
	enum html_tag tag = HTML_TAG_OTHER;
	uint64_t key = 0;

	if (!name.len || name.len > 14)
		return HTML_TAG_OTHER;
	for (size_t i = 0; i < name.len && i < 8; i++) {
		unsigned char c = (unsigned char)name.ptr[i];

		key |= (uint64_t)(c >= 'A' && c <= 'Z' ? c | 32 : c) << 8 * i;
	}
	switch (key) {
#define HTML_TAG(id, name, number)                                                                 \
	case number:                                                                               \
		tag = HTML_TAG_##id;                                                               \
		break;
#include "html/html_tag.def"
#undef HTML_TAG
	default:
		return HTML_TAG_OTHER;
	}
	return name.len <= 8 || str_ieq(name, tag_name(tag)) ? tag : HTML_TAG_OTHER;
}

bool html_tag_is_void(enum html_tag tag)
{
	switch ((int)tag) {
	case HTML_TAG_AREA:
	case HTML_TAG_BASE:
	case HTML_TAG_BASEFONT:
	case HTML_TAG_BGSOUND:
	case HTML_TAG_BR:
	case HTML_TAG_COL:
	case HTML_TAG_EMBED:
	case HTML_TAG_FRAME:
	case HTML_TAG_HR:
	case HTML_TAG_IMAGE:
	case HTML_TAG_IMG:
	case HTML_TAG_INPUT:
	case HTML_TAG_KEYGEN:
	case HTML_TAG_LINK:
	case HTML_TAG_META:
	case HTML_TAG_PARAM:
	case HTML_TAG_SOURCE:
	case HTML_TAG_TRACK:
	case HTML_TAG_WBR:
		return true;
	default:
		return false;
	}
}
