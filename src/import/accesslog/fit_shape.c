#include "import/accesslog/fit_shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS 40u /* points of the grid */
#define PINNED 1e12

/* Sums over the first bins, to fit a line through any range of bins in constant time. */
struct sums {
	double w, x, y, xx, xy, yy;
};

/* How a piece that ends at an edge and a level was reached. */
struct best_cut {
	double cost;
	uint32_t from;	/* edge where it starts */
	uint8_t left;	/* its level there */
	uint8_t before; /* level of the previous piece there: a different level is a jump */
};

struct cut_search {
	const struct fit_bins *bins;
	struct sums *sums;
	double grid[LEVELS];
	struct best_cut *ways;	 /* by edge and level */
	struct best_cut *starts; /* the cheapest way to start a piece there: `cost` and `before` */
	double price;		 /* cost of a parameter of the shape */
};

double fit_shape_edge(const struct fit_bins *bins, size_t i)
{
	return i < bins->count ? (double)i : bins->seconds / bins->width;
}

static double centre(const struct fit_bins *bins, size_t i)
{
	return (double)i + bins->length[i] / 2;
}

/* ---- where to cut */

static struct sums *prefix_sums(struct arena *a, const struct fit_bins *bins)
{
	struct sums *sums = ARENA_ARRAY(a, bins->count + 1, struct sums);

	for (size_t i = 0; i < bins->count; i++) {
		double w = bins->length[i], x = centre(bins, i), y = bins->rate[i];

		sums[i + 1] = sums[i];
		sums[i + 1].w += w;
		sums[i + 1].x += w * x;
		sums[i + 1].y += w * y;
		sums[i + 1].xx += w * x * x;
		sums[i + 1].xy += w * x * y;
		sums[i + 1].yy += w * y * y;
	}
	return sums;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Half of the levels evenly from 0 up, half at the rates of three bins together. */
static void build_grid(struct arena *a, struct cut_search *s)
{
	const struct fit_bins *bins = s->bins;
	double *smooth = ARENA_ARRAY(a, bins->count, double), max = 0;
	unsigned half = LEVELS / 2;

	for (size_t i = 0; i < bins->count; i++) {
		size_t from = i ? i - 1 : 0, to = i + 2 < bins->count ? i + 2 : bins->count;

		for (size_t k = from; k < to; k++)
			smooth[i] += bins->rate[k] / (double)(to - from);
		max = fmax(max, bins->rate[i]);
	}
	qsort(smooth, bins->count, sizeof *smooth, compare_doubles);
	for (unsigned i = 0; i < half; i++) {
		s->grid[i] = max * i / (half - 1);
		s->grid[half + i] = smooth[(bins->count - 1) * i / (half - 1)];
	}
	qsort(s->grid, LEVELS, sizeof *s->grid, compare_doubles);
}

/* Residual of a line from LEFT at edge I to RIGHT at edge J, scaled so that chance alone gives 1
 * per bin. */
static double left_over(const struct cut_search *s, size_t i, size_t j, double left, double right)
{
	const struct sums *a = &s->sums[i], *b = &s->sums[j];
	double from = fit_shape_edge(s->bins, i),
	       slope = (right - left) / (fit_shape_edge(s->bins, j) - from);
	double base = left - slope * from;
	double sum = b->yy - a->yy - 2 * base * (b->y - a->y) - 2 * slope * (b->xy - a->xy) +
		     base * base * (b->w - a->w) + 2 * base * slope * (b->x - a->x) +
		     slope * slope * (b->xx - a->xx);

	return fmax(0, sum) / s->bins->variance;
}

/* From the levels at which pieces end at edge I: continuing from one costs nothing, a jump costs
 * a parameter. */
static void find_starts(struct cut_search *s, size_t i)
{
	struct best_cut *ends = s->ways + i * LEVELS, *starts = s->starts + i * LEVELS;
	unsigned best = 0;

	for (unsigned l = 1; l < LEVELS; l++)
		if (ends[l].cost < ends[best].cost)
			best = l;
	for (unsigned l = 0; l < LEVELS; l++) {
		bool jump = i && ends[best].cost + s->price < ends[l].cost;

		starts[l].cost = !i ? 0 : jump ? ends[best].cost + s->price : ends[l].cost;
		starts[l].before = (uint8_t)(jump ? best : l);
	}
}

/* The cheapest piece that ends at edge J, for each level. */
static void find_ends(struct cut_search *s, size_t j)
{
	for (unsigned r = 0; r < LEVELS; r++)
		s->ways[j * LEVELS + r].cost = INFINITY;
	for (size_t i = 0; i < j; i++)
		for (unsigned l = 0; l < LEVELS; l++)
			for (unsigned r = 0; r < LEVELS; r++) {
				const struct best_cut *start = &s->starts[i * LEVELS + l];
				struct best_cut *end = &s->ways[j * LEVELS + r];
				double cost = start->cost + s->price * (l == r ? 1 : 2);

				if (cost >= end->cost)
					continue;
				cost += left_over(s, i, j, s->grid[l], s->grid[r]);
				if (cost < end->cost)
					*end = (struct best_cut){cost, (uint32_t)i, (uint8_t)l,
								 start->before};
			}
}

/* The pieces of the cheapest path to the end. False if they are too many. */
static bool store_pieces(const struct cut_search *s, struct fit_shape *out)
{
	const struct best_cut *chain[FIT_STAGES_MAX], *end = s->ways + s->bins->count * LEVELS;
	unsigned levels[FIT_STAGES_MAX], count = 0, level = 0;
	size_t at = s->bins->count;

	for (unsigned l = 1; l < LEVELS; l++)
		if (end[l].cost < end[level].cost)
			level = l;
	for (; at; at = chain[count - 1]->from) {
		if (count == FIT_STAGES_MAX)
			return false;
		chain[count] = &s->ways[at * LEVELS + level];
		levels[count] = level;
		level = chain[count++]->before;
	}
	out->count = count;
	out->ends = 0;
	for (unsigned k = 0; k < count; k++) {
		const struct best_cut *way = chain[count - 1 - k];
		struct fit_piece *p = &out->pieces[k];
		bool jump = k && way->left != levels[count - k];

		p->begin = way->from;
		p->end = k + 1 < count ? chain[count - 2 - k]->from : s->bins->count;
		p->left = k && !jump ? out->pieces[k - 1].right : out->ends++;
		p->right = levels[count - 1 - k] == way->left ? p->left : out->ends++;
	}
	return true;
}

/* Fewer pieces for a higher price, until all fit. */
static void cut(struct arena *a, const struct fit_bins *bins, double *price, struct fit_shape *out)
{
	struct cut_search s = {.bins = bins, .price = *price};

	s.sums = prefix_sums(a, bins);
	s.ways = ARENA_ARRAY(a, (bins->count + 1) * LEVELS, struct best_cut);
	s.starts = ARENA_ARRAY(a, (bins->count + 1) * LEVELS, struct best_cut);
	build_grid(a, &s);
	for (;; s.price *= 1.5) {
		for (size_t j = 0; j <= bins->count; j++) {
			if (j)
				find_ends(&s, j);
			find_starts(&s, j);
		}
		if (store_pieces(&s, out))
			break;
	}
	*price = s.price;
}

/* ---- the levels at the ends of the pieces */

static void add_bins(const struct fit_shape *s, const struct fit_piece *p,
		     double m[FIT_ENDS_MAX][FIT_ENDS_MAX + 1])
{
	const struct fit_bins *bins = s->bins;
	double left = fit_shape_edge(bins, p->begin), length = fit_shape_edge(bins, p->end) - left;

	for (size_t i = p->begin; i < p->end; i++) {
		double w = bins->length[i], u = (centre(bins, i) - left) / length;

		m[p->left][p->left] += w * (1 - u) * (1 - u);
		m[p->left][p->right] += w * u * (1 - u);
		m[p->right][p->left] += w * u * (1 - u);
		m[p->right][p->right] += w * u * u;
		m[p->left][s->ends] += w * (1 - u) * bins->rate[i];
		m[p->right][s->ends] += w * u * bins->rate[i];
	}
}

/* Gauss-Jordan elimination with pivots on the diagonal; the matrix is positive definite. */
static void eliminate(unsigned n, double m[FIT_ENDS_MAX][FIT_ENDS_MAX + 1])
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < n; k++) {
			double factor = k == i ? 0 : m[k][i] / m[i][i];

			for (unsigned c = i; factor != 0 && c <= n; c++)
				m[k][c] -= factor * m[i][c];
		}
}

static double squares(const struct fit_shape *s)
{
	const struct fit_bins *bins = s->bins;
	double sum = 0;

	for (unsigned k = 0; k < s->count; k++) {
		const struct fit_piece *p = &s->pieces[k];
		double left = fit_shape_edge(bins, p->begin),
		       length = fit_shape_edge(bins, p->end) - left;

		for (size_t i = p->begin; i < p->end; i++) {
			double u = (centre(bins, i) - left) / length;
			double off =
			    bins->rate[i] - s->level[p->left] * (1 - u) - s->level[p->right] * u;

			sum += bins->length[i] * off * off;
		}
	}
	return sum / bins->variance;
}

/* The levels with the least squares, none below 0. Returns the sum of squares. */
static double solve(struct fit_shape *s)
{
	bool again = true;

	memset(s->pinned, 0, sizeof s->pinned);
	while (again) {
		double m[FIT_ENDS_MAX][FIT_ENDS_MAX + 1] = {{0}};

		again = false;
		for (unsigned k = 0; k < s->count; k++)
			add_bins(s, &s->pieces[k], m);
		for (unsigned i = 0; i < s->ends; i++)
			m[i][i] += s->pinned[i] ? PINNED : 1e-9;
		eliminate(s->ends, m);
		for (unsigned i = 0; i < s->ends; i++) {
			s->level[i] = s->pinned[i] ? 0 : m[i][s->ends] / m[i][i];
			if (s->level[i] < 0)
				s->pinned[i] = again = true;
		}
	}
	return squares(s);
}

/* Replaces unknown GONE by KEPT and renumbers those after it. */
static void join(struct fit_shape *s, unsigned kept, unsigned gone)
{
	for (unsigned k = 0; k < s->count; k++) {
		unsigned *ends[] = {&s->pieces[k].left, &s->pieces[k].right};

		for (int i = 0; i < 2; i++) {
			if (*ends[i] == gone)
				*ends[i] = kept;
			else if (*ends[i] > gone)
				(*ends[i])--;
		}
	}
	s->ends--;
}

/* The tie of two ends (a level piece, or a joint) with the lowest cost, if it is below PRICE. */
static bool join_best(struct fit_shape *s, double price)
{
	double now = solve(s), least = price;
	struct fit_shape best = *s;

	for (unsigned k = 0; k < s->count; k++)
		for (int joint = 0; joint < 2; joint++) {
			unsigned a = s->pieces[k].right;
			unsigned b =
			    joint && k + 1 < s->count ? s->pieces[k + 1].left : s->pieces[k].left;
			struct fit_shape tried = *s;

			if (a == b)
				continue;
			join(&tried, a < b ? a : b, a < b ? b : a);
			double cost = solve(&tried) - now;
			if (cost < least) {
				least = cost;
				best = tried;
			}
		}
	if (best.ends == s->ends)
		return false;
	*s = best;
	return true;
}

void fit_shape(struct arena *a, const struct fit_bins *bins, bool shaped, struct fit_shape *out)
{
	double price = 2 * log((double)bins->count + 1);

	*out = (struct fit_shape){.bins = bins, .count = 1, .ends = 1};
	out->pieces[0].end = bins->count;
	if (shaped)
		cut(a, bins, &price, out);
	for (unsigned k = 0; k < out->count; k++) {
		struct fit_piece *p = &out->pieces[k];

		/* Any line fits a single bin. */
		if (p->end - p->begin == 1 && p->left != p->right)
			join(out, p->left < p->right ? p->left : p->right,
			     p->left < p->right ? p->right : p->left);
	}
	while (join_best(out, price))
		;
	solve(out);
}
