#include "stats/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/random.h"

#define DRAWS	 200u
#define SEED	 UINT64_C(0x7265707269736521)
#define TAIL_MIN 10.0	/* minimum samples above a percentile */
#define POWER	 0.8416 /* normal quantile of 80 % */

static const double percents[] = {50, 95, 99};
#define PERCENTS 3u
/* Blocks besides those of the series: all, handshakes, messages. */
#define EXTRA 3u

/* ---- one side */

/* Block count: about the cube root of the seconds, so that both the length and the number of
 * blocks grow. */
static unsigned block_of(unsigned seconds)
{
	unsigned length = (unsigned)cbrt((double)seconds + 0.5);

	return length && seconds / length >= COMPARE_BLOCKS ? length : 1;
}

void compare_side_init(struct compare_side *side, const struct series_table *table,
		       unsigned seconds)
{
	size_t series = table->defs.count + EXTRA;

	*side = (struct compare_side){.table = table, .block_seconds = block_of(seconds)};
	arena_init(&side->arena, 0);
	side->max = seconds / side->block_seconds + 1;
	side->lengths = ARENA_ARRAY(&side->arena, side->max, ns_t);
	side->series = ARENA_ARRAY(&side->arena, series, struct compare_block *);
	for (size_t i = 0; i < series; i++)
		side->series[i] = ARENA_ARRAY(&side->arena, side->max, struct compare_block);
	summary_init(&side->block, table);
}

void compare_side_release(struct compare_side *side)
{
	summary_release(&side->block);
	arena_release(&side->arena);
}

static void copy_times(struct arena *a, const struct histogram *h, struct compare_block *out)
{
	struct histogram_walk walk = histogram_walk(h);
	uint32_t filled = 0;

	while (histogram_walk_next(&walk))
		filled++;
	out->samples = h->m.count;
	out->counters = ARENA_ARRAY(a, filled + 1, uint32_t);
	out->counts = ARENA_ARRAY(a, filled + 1, uint32_t);
	walk = histogram_walk(h);
	while (histogram_walk_next(&walk)) {
		out->counters[out->count] = walk.index;
		out->counts[out->count++] = (uint32_t)walk.count;
	}
}

static void copy_block(struct arena *a, const struct series_total *total, struct compare_block *out)
{
	copy_times(a, &total->times[TIME_response], out);
	out->started = total->counts.started;
	out->failed = recorder_series_counts_failed(&total->counts);
}

static void copy_sockets(struct compare_side *side)
{
	const struct series_total *all = &side->block.all;
	const struct run_counts *run = &side->block.run;
	size_t count = side->table->defs.count;
	struct compare_block *handshakes = &side->series[count + 1][side->blocks];
	struct compare_block *messages = &side->series[count + 2][side->blocks];

	copy_times(&side->arena, &all->times[TIME_handshake], handshakes);
	handshakes->started = handshakes->samples;
	copy_times(&side->arena, &all->times[TIME_message], messages);
	messages->started = run->messages_sent + run->messages_received;
}

static void close_block(struct compare_side *side)
{
	size_t count = side->table->defs.count;

	for (size_t i = 0; i < count; i++)
		if (side->block.series[i].touched)
			copy_block(&side->arena, &side->block.series[i],
				   &side->series[i][side->blocks]);
	if (side->block.all.touched)
		copy_block(&side->arena, &side->block.all, &side->series[count][side->blocks]);
	copy_sockets(side);
	side->lengths[side->blocks++] = side->length;
	summary_clear(&side->block);
	side->seconds = 0;
	side->length = 0;
}

void compare_side_add(struct compare_side *side, const struct summary *second)
{
	summary_add_second(&side->block, second);
	side->length += second->last.length;
	if (++side->seconds == side->block_seconds && side->blocks < side->max)
		close_block(side);
}

/* ---- statistics of a run, or of one resampled from its blocks */

struct figures {
	double values[COMPARE_STAT_COUNT];
	double samples;
};

/* Memory for resampling: a weight for each block, and the sum of all counters. */
struct drawing {
	unsigned *weights;
	uint64_t *sums; /* HISTOGRAM_COUNTERS */
	uint32_t low, high;
};

static void add_block(struct drawing *d, const struct compare_block *block, unsigned weight)
{
	if (!block->count || !weight)
		return;
	for (uint32_t i = 0; i < block->count; i++)
		d->sums[block->counters[i]] += (uint64_t)block->counts[i] * weight;
	if (block->counters[0] < d->low)
		d->low = block->counters[0];
	if (block->counters[block->count - 1] > d->high)
		d->high = block->counters[block->count - 1];
}

/* Interpolates the percentile inside its counter by rank; without this it would jump. */
static double value_at(uint32_t counter, double within)
{
	double low = (double)histogram_low_us(counter);
	double width = (double)histogram_high_us(counter) - low + 1;

	return (low + width * within) / 1000;
}

/* The percentiles of the sums, which are emptied. */
static void find_percentiles(struct drawing *d, double total, struct figures *out)
{
	double until = 0;
	unsigned next = 0;

	for (uint32_t i = d->low; i <= d->high && d->low != UINT32_MAX; i++) {
		double count = (double)d->sums[i];

		d->sums[i] = 0;
		while (count > 0 && next < PERCENTS &&
		       until + count >= total * percents[next] / 100) {
			out->values[next] =
			    value_at(i, (total * percents[next] / 100 - until) / count);
			next++;
		}
		until += count;
	}
}

static void measure(const struct compare_side *side, const struct compare_block *blocks,
		    struct drawing *d, struct figures *out)
{
	double started = 0, failed = 0, total = 0, length = 0;

	*out = (struct figures){.samples = 0};
	d->low = UINT32_MAX;
	d->high = 0;
	for (unsigned i = 0; i < side->blocks; i++) {
		double weight = d->weights[i];

		started += weight * (double)blocks[i].started;
		failed += weight * (double)blocks[i].failed;
		length += weight * (double)side->lengths[i] / (double)NS_PER_S;
		add_block(d, &blocks[i], d->weights[i]);
		total += weight * (double)blocks[i].samples;
	}
	find_percentiles(d, total, out);
	out->values[COMPARE_error_rate] = started > 0 ? failed / started : 0;
	out->values[COMPARE_throughput] = length > 0 ? started / length : 0;
	out->samples = total;
}

static void draw_blocks(struct drawing *d, unsigned blocks, struct random_stream *draws)
{
	memset(d->weights, 0, blocks * sizeof *d->weights);
	for (unsigned i = 0; i < blocks; i++)
		d->weights[random_below(draws, blocks)]++;
}

/* The figures of the run, and the spread of each over resampled runs, relative to it; absolute
 * for the error rate. */
static void spread(const struct compare_side *side, unsigned series, struct drawing *d,
		   struct figures *whole, double *error)
{
	const struct compare_block *blocks = side->series[series];
	struct random_stream draws = random_stream(SEED, series, side->blocks, 0);
	double sum[COMPARE_STAT_COUNT] = {0}, squares[COMPARE_STAT_COUNT] = {0};
	struct figures drawn;

	for (unsigned i = 0; i < side->blocks; i++)
		d->weights[i] = 1;
	measure(side, blocks, d, whole);
	for (unsigned n = 0; n < DRAWS; n++) {
		draw_blocks(d, side->blocks, &draws);
		measure(side, blocks, d, &drawn);
		for (unsigned i = 0; i < COMPARE_STAT_COUNT; i++) {
			bool share = i != COMPARE_error_rate && whole->values[i] > 0;
			double value = drawn.values[i] / (share ? whole->values[i] : 1);

			sum[i] += value;
			squares[i] += value * value;
		}
	}
	for (unsigned i = 0; i < COMPARE_STAT_COUNT; i++) {
		double variance = (squares[i] - sum[i] * sum[i] / DRAWS) / (DRAWS - 1);
		double blocks_less = (double)side->blocks - 1;

		variance = variance > 0 ? variance : 0;
		error[i] = sqrt(variance * (double)side->blocks / blocks_less);
	}
}

/* ---- significance */

/* The normal quantile of 1 - P, for small P (Abramowitz and Stegun 26.2.23; error below 0.0005). */
static double normal_above(double p)
{
	double t = sqrt(-2 * log(p));

	return t - (2.515517 + t * (0.802853 + t * 0.010328)) /
		       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

/* The same of Student's t (Abramowitz and Stegun 26.7.5). */
static double student_above(double p, double degrees)
{
	double z = normal_above(p), z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;

	return z + (z3 + z) / (4 * degrees) +
	       (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees * degrees) +
	       (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees * degrees * degrees);
}

static bool is_known(const struct figures *a, const struct figures *b, unsigned stat)
{
	double fewer = a->samples < b->samples ? a->samples : b->samples;

	if (stat >= PERCENTS)
		return a->values[COMPARE_throughput] > 0 && b->values[COMPARE_throughput] > 0;
	return fewer * (1 - percents[stat] / 100) >= TAIL_MIN;
}

uint64_t compare_samples_needed(enum compare_stat stat)
{
	if (stat >= PERCENTS)
		return 1;
	return (uint64_t)llround(TAIL_MIN / (1 - percents[stat] / 100));
}

/* One side of a comparison: its figures, their spread, and the number of requests. */
struct measured {
	struct figures figures;
	double error[COMPARE_STAT_COUNT];
	double started;
};

static void measure_side(const struct compare_side *side, unsigned series, struct measured *out)
{
	struct drawing d = {.sums = alloc_zeroed(HISTOGRAM_COUNTERS, sizeof *d.sums),
			    .weights = alloc_zeroed(side->blocks, sizeof *d.weights)};

	spread(side, series, &d, &out->figures, out->error);
	out->started = 0;
	for (unsigned i = 0; i < side->blocks; i++)
		out->started += (double)side->series[series][i].started;
	free(d.sums);
	free(d.weights);
}

/* For percentages the difference itself is tested; a single failure more or less is always
 * noise. */
static double share_error(const struct measured *a, const struct measured *b)
{
	double pa = a->figures.values[COMPARE_error_rate];
	double pb = b->figures.values[COMPARE_error_rate];
	double ea = a->error[COMPARE_error_rate], eb = b->error[COMPARE_error_rate];
	double pooled = (pa * a->started + pb * b->started + 1) / (a->started + b->started + 2);
	double least = pooled * (1 - pooled) * (1 / (a->started + 1) + 1 / (b->started + 1));
	double own = ea * ea + eb * eb;

	return sqrt(own > least ? own : least);
}

static void put_value(const struct measured *a, const struct measured *b, unsigned stat, double far,
		      struct compare_value *v)
{
	double difference;

	v->known = is_known(&a->figures, &b->figures, stat);
	v->a = a->figures.values[stat];
	v->b = b->figures.values[stat];
	if (!v->known)
		return;
	difference = v->b - v->a;
	v->change = difference == 0 ? 0 : v->a > 0 ? difference / v->a : INFINITY;
	if (stat == COMPARE_error_rate) {
		v->error = share_error(a, b);
		v->real = fabs(difference) > far * v->error;
	} else {
		v->error = sqrt(a->error[stat] * a->error[stat] + b->error[stat] * b->error[stat] +
				COMPARE_BETWEEN * COMPARE_BETWEEN);
		v->real = fabs(v->change) > far * v->error;
	}
	v->least = (far + POWER) * v->error;
}

/* The blocks of series I. */
static unsigned place_of(const struct compare_side *side, unsigned i)
{
	return i >= COMPARE_ALL ? (unsigned)side->table->defs.count + (i - COMPARE_ALL) : i;
}

static bool has_any(const struct compare_side *side, unsigned series)
{
	const struct compare_block *blocks = side->series[place_of(side, series)];

	for (unsigned i = 0; i < side->blocks; i++)
		if (blocks[i].started)
			return true;
	return false;
}

bool compare_has(const struct compare_side *a, const struct compare_side *b, unsigned series)
{
	return has_any(a, series) && has_any(b, series);
}

void compare_series(const struct compare_side *a, unsigned ia, const struct compare_side *b,
		    unsigned ib, unsigned rows, struct compare_row *out)
{
	unsigned na = place_of(a, ia), nb = place_of(b, ib);
	unsigned fewer = a->blocks < b->blocks ? a->blocks : b->blocks;
	struct measured ma, mb;
	double far, chance;

	*out = (struct compare_row){.has_errors = ia <= COMPARE_ALL};
	if (fewer < COMPARE_BLOCKS)
		return;
	/* Half of it for this kind of rows, and half of that for each direction. */
	chance = COMPARE_CHANCE / 2 / 2 / COMPARE_STAT_COUNT / (rows ? rows : 1);
	far = student_above(chance, fewer - 1);
	measure_side(a, na, &ma);
	measure_side(b, nb, &mb);
	out->samples[0] = (uint64_t)ma.figures.samples;
	out->samples[1] = (uint64_t)mb.figures.samples;
	for (unsigned i = 0; i < COMPARE_STAT_COUNT; i++)
		if (i != COMPARE_error_rate || out->has_errors)
			put_value(&ma, &mb, i, far, &out->values[i]);
}

bool compare_is_worse(enum compare_stat stat, const struct compare_value *v)
{
#define WORSE(name, words, worse) worse,
	static const bool more_is_worse[] = {COMPARE_STATS(WORSE)};
#undef WORSE

	return more_is_worse[stat] ? v->b > v->a : v->b < v->a;
}

bool compare_is_regression(enum compare_stat stat, const struct compare_value *v, double allow)
{
	return v->known && v->real && compare_is_worse(stat, v) && fabs(v->change) > allow;
}
