#include "import/accesslog/fit_curve.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "import/accesslog/fit_shape.h"

#define BINS_MAX	   90.0
#define BIN_ARRIVALS_MIN   5.0	 /* mean number of arrivals in a bin, where there are enough */
#define BINS_FEW	   12.0	 /* fewer bins than this show no shape */
#define NOISE		   0.03	 /* of the mean: smaller differences do not justify a stage */
#define SHAPE_ARRIVALS_MIN 40	 /* arrivals; fewer are fitted as a constant rate */
#define SLICE_ARRIVALS_MIN 100.0 /* arrivals that are compared with the fitted curve */
#define US_PER_S	   1e6
#define CHI_MEDIAN	   0.4549 /* square of a standard normal value */

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
		if (bins <= BINS_MAX && (double)moments / bins >= BIN_ARRIVALS_MIN)
			return width;
	}
	while (seconds / width > BINS_MAX)
		width *= 2;
	return width;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Expected random deviation of a bin's rate: by Poisson, or by how much neighbours differ where
 * traffic arrives in bursts. */
static double variance_of(struct arena *a, const struct fit_bins *bins)
{
	double poisson = bins->mean / bins->width;
	double floor = NOISE * bins->mean * NOISE * bins->mean;
	double *squares = ARENA_ARRAY(a, bins->count, double), seen = 0;
	size_t n = 0;

	for (size_t i = 1; i < bins->count; i++) {
		double d = bins->rate[i] - bins->rate[i - 1];

		squares[n++] = d * d / 2;
	}
	if (n) {
		qsort(squares, n, sizeof *squares, compare_doubles);
		seen = squares[n / 2] / CHI_MEDIAN;
	}
	return fmax(fmax(poisson, floor), seen);
}

static void fill_bins(struct arena *a, struct fit_bins *bins, const int64_t *at_us, size_t count,
		      int64_t from_us, int64_t to_us)
{
	*bins = (struct fit_bins){.seconds = (double)(to_us - from_us) / US_PER_S};
	bins->width = bin_width(bins->seconds, count);
	bins->count = (size_t)fmax(1, floor(bins->seconds / bins->width + 0.5));
	bins->rate = ARENA_ARRAY(a, bins->count, double);
	bins->length = ARENA_ARRAY(a, bins->count, double);
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
	bins->variance = variance_of(a, bins);
}

/* ---- the curve */

/* Joins two adjacent level pieces with the same rate. */
static void copy_stages(const struct fit_shape *s, struct fit_curve *out)
{
	for (unsigned k = 0; k < s->count; k++) {
		const struct fit_piece *p = &s->pieces[k];
		struct fit_stage stage = {
		    .from = s->level[p->left],
		    .to = s->level[p->right],
		    .seconds =
			(fit_shape_edge(s->bins, p->end) - fit_shape_edge(s->bins, p->begin)) *
			s->bins->width,
		};
		struct fit_stage *last = out->count ? &out->stages[out->count - 1] : NULL;

		if (last && p->left == p->right && last->from == stage.from &&
		    last->to == stage.from)
			last->seconds += stage.seconds;
		else
			out->stages[out->count++] = stage;
	}
}

static void preserve_total(struct fit_curve *curve, double total)
{
	double result = fit_curve_upto(curve, curve->seconds);

	for (size_t i = 0; i < curve->count && result > 0; i++) {
		curve->stages[i].from *= total / result;
		curve->stages[i].to *= total / result;
	}
}

/* Measured over bins joined until chance is small. */
static double distance(const struct fit_bins *bins, const struct fit_curve *curve)
{
	double sum = 0, seen = 0, from = 0, max = bins->mean * bins->seconds;

	for (size_t i = 0; i < bins->count; i++) {
		double length = bins->length[i] * bins->width,
		       end = (double)i * bins->width + length;

		seen += bins->rate[i] * length;
		if (i + 1 < bins->count && (end - from) * bins->mean < SLICE_ARRIVALS_MIN)
			continue;
		sum += fabs(seen - fit_curve_upto(curve, end) + fit_curve_upto(curve, from));
		seen = 0;
		from = end;
	}
	return sum / max;
}

void fit_curve(struct arena *a, const int64_t *at_us, size_t count, int64_t from_us, int64_t to_us,
	       struct fit_curve *out)
{
	struct fit_shape shape;
	struct fit_bins bins;

	fill_bins(a, &bins, at_us, count, from_us, to_us);
	*out = (struct fit_curve){.seconds = bins.seconds, .bin_seconds = bins.width};
	fit_shape(a, &bins, bins.count >= 4 && count >= SHAPE_ARRIVALS_MIN, &shape);
	copy_stages(&shape, out);
	preserve_total(out, (double)count);
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

int64_t fit_curve_busiest(const int64_t *at_us, size_t count, int64_t span_us)
{
	size_t max = 0, first = 0;

	for (size_t i = 0, end = 0; i < count; i++) {
		while (end < count && at_us[end] - at_us[i] < span_us)
			end++;
		if (end - i > max) {
			max = end - i;
			first = i;
		}
	}
	return at_us[first];
}
