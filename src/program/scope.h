/*
 * The names known at the place of the file that is being compiled. Private to program/.
 */
#ifndef PROGRAM_SCOPE_H
#define PROGRAM_SCOPE_H

#include "program/emitter.h"

void scope_init(struct emitter *e);
void scope_enter_scenario(struct emitter *e, uint32_t index);
/* Reports the unknown names of the current scenario. */
void scope_leave_scenario(struct emitter *e);
/* Reports required parameters that have no value and are used; call it after all scenarios. */
void scope_require_parameters(struct emitter *e);
/* Warns of names that are set, extracted or given and never read, and of flows that are never
 * called; to be called last. */
void scope_warn_unused(struct emitter *e);
/* The slot of NAME, which is read here, or SLOT_NONE; reports nothing. */
uint32_t scope_find(struct emitter *e, struct str name);
/* Reports at the end of the scenario that NAME at SPAN is unknown. */
void scope_unknown(struct emitter *e, struct str name, struct span span);

/* NAME is a parameter, a data set, a built-in word, or a defined variable. */
bool scope_knows(struct emitter *e, struct str name);

/* The slot of variables called NAME. */
uint32_t scope_slot(struct emitter *e, struct str name);

#endif
