/*
 * The group that always contains a step, for thresholds that name a group. Steps of a flow are in
 * the groups of its calls; all of these are known only when everything is compiled.
 */
#include "program/emitter.h"

#define PLACE_FLOW (UINT32_C(1) << 31)

static void enter(struct emitter *e, uint32_t place)
{
	VEC_PUSH(e->arena, &e->places, place);
}

void emitter_enter_group(struct emitter *e, uint32_t series)
{
	enter(e, 1 + series);
}

void emitter_enter_flow(struct emitter *e, uint32_t flow)
{
	enter(e, PLACE_FLOW | flow);
}

void emitter_leave_place(struct emitter *e)
{
	e->places.count--;
}

uint32_t emitter_place(const struct emitter *e)
{
	return e->places.count ? e->places.items[e->places.count - 1] : PLACE_NONE;
}

void emitter_note_place(const struct emitter *e, uint32_t *place)
{
	if (*place != emitter_place(e))
		*place = PLACE_MIXED;
}

/* Flows do not call themselves, so this ends. */
static uint32_t group_of(const struct emitter *e, uint32_t place)
{
	while (place != PLACE_MIXED && (place & PLACE_FLOW))
		place = e->flows.items[place & ~PLACE_FLOW].place;
	return place == PLACE_MIXED ? 0 : place;
}

void emitter_resolve_groups(struct emitter *e)
{
	for (size_t i = 0; i < e->series.count; i++)
		e->series.items[i].in_group = group_of(e, e->series.items[i].in_group);
}
