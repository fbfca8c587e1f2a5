#include "run/load_shape.h"

#include <math.h>

#define PIECES_OF_PLAIN 2

static double seconds(ns_t length)
{
	return (double)length / (double)NS_PER_S;
}

/* The number of arrivals in PIECE: the area under the rate; or of users by which it rises. */
static double amount(const struct load_shape *p, const struct load_shape_piece *piece)
{
	if (!p->rate)
		return piece->to > piece->from ? ceil(piece->to) - ceil(piece->from) : 0;
	if (piece->end == NS_NEVER)
		return piece->to > 0 ? HUGE_VAL : 0;
	return (piece->from + piece->to) / 2 * seconds(piece->end - piece->begin);
}

static void add(struct load_shape *p, struct load_shape_piece *pieces, double to, ns_t length)
{
	const struct load_shape_piece *last = p->count ? &pieces[p->count - 1] : NULL;
	struct load_shape_piece piece = {.begin = p->length,
					 .end = length == NS_NEVER ? NS_NEVER : p->length + length,
					 .from = last ? last->to : 0,
					 .to = to,
					 .before = p->total};

	p->total += amount(p, &piece);
	p->length = piece.end;
	p->peak = to > p->peak ? to : p->peak;
	pieces[p->count++] = piece;
}

static void add_stages(struct load_shape *p, struct load_shape_piece *pieces,
		       const struct load *load)
{
	const struct load_stage *stages = load->stages.items;
	double level = 0;

	for (size_t i = 0; i < load->stages.count; i++) {
		level = stages[i].ramps ? stages[i].ramp_to.value : level;
		add(p, pieces, level, stages[i].ramps ? stages[i].over : stages[i].hold);
	}
}

void load_shape_init_level(struct load_shape *p, struct arena *a, bool rate, double level,
			   ns_t length)
{
	struct load_shape_piece *pieces = ARENA_ARRAY(a, PIECES_OF_PLAIN, struct load_shape_piece);

	*p = (struct load_shape){.pieces = pieces, .rate = rate};
	add(p, pieces, level, 0);
	add(p, pieces, level, length);
}

void load_shape_init(struct load_shape *p, struct arena *a, const struct load *load)
{
	bool rate = load->arrivals > 0 || load->open;
	double level = rate ? load->arrivals : (double)(load->users > 0 ? load->users : 1);
	ns_t length = load->duration ? load->warm_up + load->duration : NS_NEVER;
	ns_t ramp = load->ramp_up < length ? load->ramp_up : length;
	struct load_shape_piece *pieces =
	    ARENA_ARRAY(a, load->stages.count + PIECES_OF_PLAIN, struct load_shape_piece);

	*p = (struct load_shape){.pieces = pieces, .rate = rate};
	if (load->stages.count) {
		add_stages(p, pieces, load);
		return;
	}
	add(p, pieces, level, ramp);
	if (ramp < length)
		add(p, pieces, level, length == NS_NEVER ? NS_NEVER : length - ramp);
}

uint64_t load_shape_entries(const struct load_shape *p)
{
	/* A count that is due exactly at the end does not belong to it, whatever the rounding. */
	double whole = ceil(p->total - 1e-6 - p->total * 1e-12);

	if (isinf(p->total))
		return LOAD_SHAPE_ENDLESS;
	return whole > 0 ? (uint64_t)whole : 0;
}

/* The piece in which the arrival after COUNT others is due; it exists. */
static const struct load_shape_piece *piece_of(const struct load_shape *p, double count)
{
	size_t low = 0, high = p->count;

	while (low + 1 < high) {
		size_t middle = (low + high) / 2;

		if (p->pieces[middle].before <= count)
			low = middle;
		else
			high = middle;
	}
	return &p->pieces[low];
}

ns_t load_shape_due(const struct load_shape *p, double count)
{
	const struct load_shape_piece *piece;
	double left, slope = 0, root;

	if (count >= p->total)
		return NS_NEVER;
	piece = piece_of(p, count);
	left = count - piece->before;
	if (left <= 0)
		return piece->begin;
	/* left = from t + slope t²/2, solved without a difference of large numbers. */
	if (piece->end != NS_NEVER)
		slope = (piece->to - piece->from) / seconds(piece->end - piece->begin);
	root = piece->from * piece->from + 2 * slope * left;
	return piece->begin + (ns_t)llround(2 * left / (piece->from + sqrt(root > 0 ? root : 0)) *
					    (double)NS_PER_S);
}

/* From the piece after WHICH: when the line falls to LEVEL. */
static ns_t falls_to(const struct load_shape *p, size_t which, double level)
{
	for (size_t i = which + 1; i < p->count; i++) {
		const struct load_shape_piece *piece = &p->pieces[i];

		if (piece->to > level || piece->from <= level)
			continue;
		return piece->begin + (ns_t)((double)(piece->end - piece->begin) *
					     (piece->from - level) / (piece->from - piece->to));
	}
	return NS_NEVER;
}

void load_shape_user_times(const struct load_shape *p, uint64_t entry, ns_t *arrive, ns_t *leave)
{
	size_t which = 0;
	const struct load_shape_piece *piece;
	double level;

	while (which + 1 < p->count &&
	       p->pieces[which].before + amount(p, &p->pieces[which]) <= (double)entry)
		which++;
	piece = &p->pieces[which];
	level = ceil(piece->from) + (double)entry - piece->before;
	*arrive = piece->begin;
	if (piece->end > piece->begin)
		*arrive += (ns_t)((double)(piece->end - piece->begin) * (level - piece->from) /
				  (piece->to - piece->from));
	*leave = falls_to(p, which, level);
}
