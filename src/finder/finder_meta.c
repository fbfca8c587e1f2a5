/* Extractors for meta elements of a page. */
#include "base/ascii.h"
#include "finder/finder.h"

static bool is_plain_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_alnum(s.ptr[i]) && !strchr("_-:.", s.ptr[i]))
			return false;
	return s.len > 0;
}

bool finder_meta(struct finder *f, struct str name, struct str wanted, struct extractor_spec *spec)
{
	static const char *const key_names[] = {"name", "property", NULL};

	if (!is_plain_name(name))
		return false;
	for (int i = 0; key_names[i]; i++) {
		*spec = (struct extractor_spec){.kind = STR("css"), .attribute = STR("content")};
		spec->value =
		    arena_printf(f->out, "meta[%s=\"%.*s\"]", key_names[i], STR_ARG(name));
		if (finder_try(f, spec, wanted, false))
			return true;
	}
	return false;
}
