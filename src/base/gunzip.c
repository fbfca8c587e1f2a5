#include "base/gunzip.h"
#include "base/alloc.h"

#include <stdlib.h>

#include "base/inflate.h"
#include "base/log.h"

#define PIECE ((size_t)1 << 18)

struct gunzip {
	struct inflate *in;
	uint64_t max, read;
	bool too_large;
	char piece[PIECE];
};

bool gunzip_is_gzip(struct str input)
{
	return str_starts(input, STR("\x1f\x8b"));
}

struct gunzip *gunzip_open(struct str input, uint64_t max)
{
	struct gunzip *g = alloc_zeroed(1, sizeof *g);

	g->in = inflate_open(INFLATE_GZIP, input);
	g->max = max;
	return g;
}

bool gunzip_next(struct gunzip *g, struct str *piece)
{
	size_t len = g->too_large ? 0 : inflate_read(g->in, g->piece, PIECE);

	g->read += len;
	g->too_large |= g->read > g->max && inflate_status(g->in) == INFLATE_MORE;
	*piece = str_n(g->piece, len);
	return len > 0;
}

const char *gunzip_error(const struct gunzip *g)
{
	enum inflate_status status = inflate_status(g->in);

	if (g->too_large)
		return "the unpacked data is larger than the limit";
	if (status == INFLATE_TRUNCATED)
		return "the file is truncated";
	return status == INFLATE_DAMAGED ? "it is damaged" : NULL;
}

void gunzip_close(struct gunzip *g)
{
	if (!g)
		return;
	inflate_close(g->in);
	free(g);
}
