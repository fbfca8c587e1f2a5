#include "base/gunzip.h"

#include <stdlib.h>

#include <zlib.h>

#include "base/log.h"

#define PIECE	  ((size_t)1 << 18)
#define GZIP_ONLY (15 + 16)

struct gunzip {
	z_stream z;
	struct str rest; /* what zlib has not been given yet */
	uint64_t max, made;
	bool over;
	const char *error;
	char piece[PIECE];
};

bool gunzip_is_gzip(struct str input)
{
	return str_starts(input, STR("\x1f\x8b"));
}

struct gunzip *gunzip_open(struct str input, uint64_t max)
{
	struct gunzip *g = calloc(1, sizeof *g);

	if (!g || inflateInit2(&g->z, GZIP_ONLY) != Z_OK)
		die_out_of_memory();
	g->rest = input;
	g->max = max;
	return g;
}

/* zlib counts in 32 bits. */
static void feed(struct gunzip *g)
{
	size_t share = g->rest.len < (1u << 30) ? g->rest.len : (1u << 30);

	if (g->z.avail_in || !share)
		return;
	g->z.next_in = (Bytef *)(uintptr_t)g->rest.ptr;
	g->z.avail_in = (uInt)share;
	g->rest = str_slice(g->rest, share, g->rest.len);
}

/* A member has ended: another one follows, or what does not count (zeros of a tape). */
static void next_member(struct gunzip *g)
{
	feed(g);
	if (g->z.avail_in < 2 || g->z.next_in[0] != 0x1f || inflateReset(&g->z) != Z_OK)
		g->over = true;
}

static void inflate_some(struct gunzip *g)
{
	int code;

	feed(g);
	code = inflate(&g->z, Z_NO_FLUSH);
	if (code == Z_STREAM_END) {
		next_member(g);
	} else if (code != Z_OK) {
		g->over = true;
		g->error = code == Z_BUF_ERROR ? "the file ends inside of it" : "it is damaged";
	}
}

bool gunzip_next(struct gunzip *g, struct str *piece)
{
	size_t got;

	g->z.next_out = (Bytef *)g->piece;
	g->z.avail_out = PIECE;
	while (!g->over && g->z.avail_out)
		inflate_some(g);
	got = PIECE - g->z.avail_out;
	g->made += got;
	if (!g->over && g->made > g->max) {
		g->over = true;
		g->error = "it unpacks to more than is read";
	}
	*piece = str_n(g->piece, got);
	return got > 0;
}

const char *gunzip_error(const struct gunzip *g)
{
	return g->error;
}

void gunzip_close(struct gunzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g);
}
