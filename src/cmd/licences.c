#include "cmd/licences.h"

#include <stdio.h>

#include "base/inflate.h"
#include "base/log.h"
#include "edit/api/page_assets.h"

#define TEXT_MAX ((size_t)1 << 20)

void licences_print(void)
{
	const struct page_asset *asset = page_assets_find(STR("assets/licences.txt"));
	struct buf text;

	buf_init(&text, 0);
	if (!asset || inflate_all(INFLATE_GZIP, str_n((const char *)asset->data, asset->size),
				  TEXT_MAX, &text) != INFLATE_COMPLETE)
		BUG("the licences are not in the program");
	fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
}
