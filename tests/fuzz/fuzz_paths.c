/*
 * libFuzzer target for extractors: the input is a path, a zero byte and a document. TARGET
 * (jsonpath, xpath, css) is selected at build time. No input crashes it, hangs it or makes its
 * memory grow; a rejected path has a reason and a position.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/regex.h"
#include "cmd/all_tables.h"
#include "interface/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct extract_kind *target(void)
{
	for (size_t i = 0; i < all_tables.extract_count; i++)
		if (strcmp(all_tables.extracts[i]->name, TARGET) == 0)
			return all_tables.extracts[i];
	abort();
}

static void look(const struct extract_kind *kind, const void *plan, struct str document)
{
	struct response response = {.body = document, .headers = STR("")};
	struct matches matches = {.count = 0};
	struct scratch scratch;
	struct buf why;

	scratch_init(&scratch);
	buf_init(&why, 0);
	if (kind->find(plan, &response, document, &scratch, &matches) == FIND_OK && !matches.count)
		kind->explain(plan, &response, document, &why);
	for (size_t i = 0; i < matches.count; i++)
		if (matches.items[i].type == VALUE_TEXT && matches.items[i].text.len)
			buf_add_char(&why,
				     matches.items[i].text.ptr[matches.items[i].text.len - 1]);
	buf_release(&why);
	scratch_release(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct extract_kind *kind = target();
	struct extract extract = {.kind = kind};
	struct diag_list diags;
	struct arena arena;
	char *text = malloc(size ? size : 1);

	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	arena_init(&arena, 0);
	diag_init(&diags, &arena);
	struct str all = str_n(text, size);
	size_t zero = str_find_char(all, '\0', 0);
	zero = zero == NOT_FOUND ? size : zero;
	extract.value.raw = str_slice(all, 0, zero);
	const void *plan = kind->prepare(&arena, &diags, &extract, false);
	if (plan)
		look(kind, plan, str_slice(all, zero + 1, size));
	else if (!diags.errors)
		abort();
	if (plan && kind->release)
		kind->release(plan);
	arena_release(&arena);
	free(text);
	return 0;
}
