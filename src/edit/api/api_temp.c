/* The temporary folder of the server: uploads, and what jobs write for the API. */
#include <stdarg.h>

#include "edit/api/api_private.h"

const char *api_temp_path(struct api_request *r, const char *format, ...)
{
	struct temp_folder *folder = &r->api->temp;
	struct str name;
	va_list args;

	if (!folder->path[0]) {
		struct buf error;
		bool made;

		buf_init(&error, 0);
		made = temp_folder_make(folder, "reprise-edit", &error);
		if (!made)
			api_fail(r, 500, "not-written", "%.*s", STR_ARG(buf_str(&error)));
		buf_release(&error);
		if (!made)
			return NULL;
	}
	va_start(args, format);
	name = arena_vprintf(&r->arena, format, args);
	va_end(args);
	return arena_printf(&r->arena, "%s/%.*s", folder->path, STR_ARG(name)).ptr;
}
