#include "import/fit_curve.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BINS_MOST   120.0
#define BIN_LEAST   5.0	  /* moments in a bin, on the average, where there are enough of them */
#define BINS_FEW    12.0  /* fewer bins than these tell nothing of a shape */
#define NOISE	    0.03  /* of the mean: what differs less from it is not worth a stage */
#define SHAPE_LEAST 40	  /* moments; fewer are a level */
#define SLICE_LEAST 100.0 /* moments that are compared with what was fitted */
#define ENDS_MOST   (2 * FIT_STAGES_MOST)
#define US_PER_S    1e6
#define PINNED	    1e12
#define CHI_MEDIAN  0.4549 /* of the square of a standard normal value */

struct bins {
	double *rate;	/* moments per second */
	double *length; /* in bins: the last one may be half as long to half as long again */
	double *noise;	/* room for the estimate */
	size_t count;
	double width, seconds, mean, variance;
};

/* Sums over the first bins, to fit a line through any of them at once. */
struct sums {
	double w, x, y, xx, xy, yy;
};

/* A piece of bins [begin, end) and the two of the unknowns that are its ends. */
struct piece {
	size_t begin, end;
	unsigned left, right;
};

struct shape {
	const struct bins *bins;
	struct piece pieces[FIT_STAGES_MOST];
	unsigned count;
	unsigned ends;		 /* unknowns */
	double level[ENDS_MOST]; /* their values */
	bool pinned[ENDS_MOST];	 /* to 0 */
};

/* ---- bins */

static double bin_width(double seconds, size_t moments)
{
	static const double nice[] = {1,   2,	5,    10,   15,	  30,	 60,	120,   300,
				      600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400};
	double width = nice[0];

	for (size_t i = 0; i < sizeof nice / sizeof *nice; i++) {
		double bins = seconds / nice[i];

		if (i && bins < BINS_FEW)
			break;
		width = nice[i];
		if (bins <= BINS_MOST && (double)moments / bins >= BIN_LEAST)
			return width;
	}
	while (seconds / width > BINS_MOST)
		width *= 2;
	return width;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of a bin's rate: what chance makes of it, by Poisson, or by how much neighbours differ where
 * traffic comes in bursts. */
static double variance_of(struct bins *bins)
{
	double poisson = bins->mean / bins->width;
	double floor = NOISE * bins->mean * NOISE * bins->mean;
	double seen = 0;
	size_t n = 0;

	for (size_t i = 1; i < bins->count; i++) {
		double d = bins->rate[i] - bins->rate[i - 1];

		bins->noise[n++] = d * d / 2;
	}
	if (n) {
		qsort(bins->noise, n, sizeof *bins->noise, compare_doubles);
		seen = bins->noise[n / 2] / CHI_MEDIAN;
	}
	return fmax(fmax(poisson, floor), seen);
}

static void fill_bins(struct arena *a, struct bins *bins, const int64_t *at_us, size_t count,
		      int64_t from_us, int64_t to_us)
{
	*bins = (struct bins){.seconds = (double)(to_us - from_us) / US_PER_S};
	bins->width = bin_width(bins->seconds, count);
	bins->count = (size_t)fmax(1, floor(bins->seconds / bins->width + 0.5));
	bins->rate = ARENA_ARRAY(a, bins->count, double);
	bins->length = ARENA_ARRAY(a, bins->count, double);
	bins->noise = ARENA_ARRAY(a, bins->count, double);
	for (size_t i = 0; i < count; i++) {
		size_t bin = (size_t)((double)(at_us[i] - from_us) / US_PER_S / bins->width);

		bins->rate[bin < bins->count ? bin : bins->count - 1]++;
	}
	for (size_t i = 0; i < bins->count; i++) {
		double begin = (double)i * bins->width;
		double length = i + 1 < bins->count ? bins->width : bins->seconds - begin;

		bins->length[i] = length / bins->width;
		bins->rate[i] /= length;
	}
	bins->mean = (double)count / bins->seconds;
	bins->variance = variance_of(bins);
}

/* The moment of an edge, in bins. */
static double edge(const struct bins *bins, size_t i)
{
	return i < bins->count ? (double)i : bins->seconds / bins->width;
}

static double centre(const struct bins *bins, size_t i)
{
	return (double)i + bins->length[i] / 2;
}

/* ---- where to cut */

static struct sums *sum_up(struct arena *a, const struct bins *bins)
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

/* The squares that the best line through bins [I, J) leaves. */
static double left_over(const struct sums *sums, size_t i, size_t j)
{
	double w = sums[j].w - sums[i].w, x = sums[j].x - sums[i].x, y = sums[j].y - sums[i].y;
	double xx = sums[j].xx - sums[i].xx - x * x / w;
	double xy = sums[j].xy - sums[i].xy - x * y / w;
	double yy = sums[j].yy - sums[i].yy - y * y / w;

	if (j - i > 1 && xx > 0)
		yy -= xy * xy / xx;
	return fmax(0, j - i > 1 ? yy : 0);
}

/* The best pieces when each costs PRICE; how many, or 0 when they are too many. */
static unsigned cut(struct arena *a, const struct bins *bins, const struct sums *sums, double price,
		    struct piece *pieces)
{
	double *best = ARENA_ARRAY(a, bins->count + 1, double);
	size_t *from = ARENA_ARRAY(a, bins->count + 1, size_t), at = bins->count;
	unsigned count = 0;

	for (size_t j = 1; j <= bins->count; j++) {
		best[j] = INFINITY;
		for (size_t i = 0; i < j; i++) {
			double cost = best[i] + price + left_over(sums, i, j) / bins->variance;

			if (cost < best[j]) {
				best[j] = cost;
				from[j] = i;
			}
		}
	}
	for (at = bins->count; at; at = from[at])
		count++;
	if (count > FIT_STAGES_MOST)
		return 0;
	at = bins->count;
	for (unsigned i = count; i-- > 0; at = from[at])
		pieces[i] = (struct piece){.begin = from[at], .end = at};
	return count;
}

/* ---- the levels at the ends of the pieces */

static void add_bins(const struct shape *s, const struct piece *p,
		     double m[ENDS_MOST][ENDS_MOST + 1])
{
	const struct bins *bins = s->bins;
	double left = edge(bins, p->begin), length = edge(bins, p->end) - left;

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

/* Gauss and Jordan with pivots on the diagonal, which is positive definite. */
static void eliminate(unsigned n, double m[ENDS_MOST][ENDS_MOST + 1])
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < n; k++) {
			double factor = k == i ? 0 : m[k][i] / m[i][i];

			for (unsigned c = i; factor != 0 && c <= n; c++)
				m[k][c] -= factor * m[i][c];
		}
}

static double squares(const struct shape *s)
{
	const struct bins *bins = s->bins;
	double sum = 0;

	for (unsigned k = 0; k < s->count; k++) {
		const struct piece *p = &s->pieces[k];
		double left = edge(bins, p->begin), length = edge(bins, p->end) - left;

		for (size_t i = p->begin; i < p->end; i++) {
			double u = (centre(bins, i) - left) / length;
			double off =
			    bins->rate[i] - s->level[p->left] * (1 - u) - s->level[p->right] * u;

			sum += bins->length[i] * off * off;
		}
	}
	return sum / bins->variance;
}

/* The levels that leave the least squares, none below 0. Returns the squares. */
static double solve(struct shape *s)
{
	bool again = true;

	memset(s->pinned, 0, sizeof s->pinned);
	while (again) {
		double m[ENDS_MOST][ENDS_MOST + 1] = {{0}};

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

/* GONE becomes KEPT, and the numbers behind it move up. */
static void tie(struct shape *s, unsigned kept, unsigned gone)
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

/* The tie of two ends (a level piece, or a joint) that costs least, if it costs less than PRICE. */
static bool tie_best(struct shape *s, double price)
{
	double now = solve(s), least = price;
	struct shape best = *s;

	for (unsigned k = 0; k < s->count; k++)
		for (int joint = 0; joint < 2; joint++) {
			unsigned a = s->pieces[k].right;
			unsigned b =
			    joint && k + 1 < s->count ? s->pieces[k + 1].left : s->pieces[k].left;
			struct shape tried = *s;

			if (a == b)
				continue;
			tie(&tried, a < b ? a : b, a < b ? b : a);
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

static void settle(struct shape *s, double price)
{
	for (unsigned k = 0; k < s->count; k++) {
		s->pieces[k].left = s->ends++;
		s->pieces[k].right = s->ends++;
	}
	for (unsigned k = 0; k < s->count; k++)
		if (s->pieces[k].end - s->pieces[k].begin == 1)
			tie(s, s->pieces[k].left, s->pieces[k].right);
	while (tie_best(s, price))
		;
	solve(s);
}

/* ---- the curve */

/* Two level pieces side by side that came to the same level are one. */
static void take_stages(const struct shape *s, struct fit_curve *out)
{
	for (unsigned k = 0; k < s->count; k++) {
		const struct piece *p = &s->pieces[k];
		struct fit_stage stage = {
		    .from = s->level[p->left],
		    .to = s->level[p->right],
		    .seconds = (edge(s->bins, p->end) - edge(s->bins, p->begin)) * s->bins->width,
		};
		struct fit_stage *last = out->count ? &out->stages[out->count - 1] : NULL;

		if (last && p->left == p->right && last->from == stage.from &&
		    last->to == stage.from)
			last->seconds += stage.seconds;
		else
			out->stages[out->count++] = stage;
	}
}

static void keep_total(struct fit_curve *curve, double total)
{
	double made = fit_curve_upto(curve, curve->seconds);

	for (size_t i = 0; i < curve->count && made > 0; i++) {
		curve->stages[i].from *= total / made;
		curve->stages[i].to *= total / made;
	}
}

/* Over bins put together until chance is small. */
static double distance(const struct bins *bins, const struct fit_curve *curve)
{
	double sum = 0, seen = 0, from = 0, most = bins->mean * bins->seconds;

	for (size_t i = 0; i < bins->count; i++) {
		double length = bins->length[i] * bins->width,
		       end = (double)i * bins->width + length;

		seen += bins->rate[i] * length;
		if (i + 1 < bins->count && (end - from) * bins->mean < SLICE_LEAST)
			continue;
		sum += fabs(seen - fit_curve_upto(curve, end) + fit_curve_upto(curve, from));
		seen = 0;
		from = end;
	}
	return sum / most;
}

void fit_curve(struct arena *a, const int64_t *at_us, size_t count, int64_t from_us, int64_t to_us,
	       struct fit_curve *out)
{
	struct shape shape = {.count = 1};
	struct bins bins;
	double price;
	bool shaped;

	fill_bins(a, &bins, at_us, count, from_us, to_us);
	*out = (struct fit_curve){.seconds = bins.seconds, .bin_seconds = bins.width};
	shape.bins = &bins;
	shape.pieces[0].end = bins.count;
	shaped = bins.count >= 4 && count >= SHAPE_LEAST;
	price = 2 * log((double)bins.count + 1);
	if (shaped) {
		struct sums *sums = sum_up(a, &bins);

		while (!(shape.count = cut(a, &bins, sums, 3 * price, shape.pieces)))
			price *= 1.5;
	}
	settle(&shape, shaped ? price : INFINITY);
	take_stages(&shape, out);
	keep_total(out, (double)count);
	out->off = distance(&bins, out);
}

double fit_curve_upto(const struct fit_curve *curve, double seconds)
{
	double sum = 0;

	for (size_t i = 0; i < curve->count && seconds > 0; i++) {
		const struct fit_stage *s = &curve->stages[i];
		double part = fmin(seconds, s->seconds), slope = (s->to - s->from) / s->seconds;

		sum += part * (s->from + slope * part / 2);
		seconds -= s->seconds;
	}
	return sum;
}

int64_t fit_busiest(const int64_t *at_us, size_t count, int64_t span_us)
{
	size_t most = 0, first = 0;

	for (size_t i = 0, end = 0; i < count; i++) {
		while (end < count && at_us[end] - at_us[i] < span_us)
			end++;
		if (end - i > most) {
			most = end - i;
			first = i;
		}
	}
	return at_us[first];
}
