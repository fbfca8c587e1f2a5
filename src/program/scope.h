/*
 * Which names are known at the place of the file that is being compiled. Private to program/.
 */
#ifndef PROGRAM_SCOPE_H
#define PROGRAM_SCOPE_H

#include "program/emitter.h"

void scope_init(struct emitter *e);
void scope_enter_scenario(struct emitter *e, uint32_t index);
/* Reports the unknown names of the scenario at hand. */
void scope_leave_scenario(struct emitter *e);
/* Warns of what is set, extracted or given and never read, and of flows nobody calls; at the very
 * end. */
void scope_warn_unused(struct emitter *e);
/* The slot of NAME, which is read here, or SLOT_NONE; says nothing. */
uint32_t scope_find(struct emitter *e, struct str name);
/* Says at the end of the scenario that NAME is not known at SPAN. */
void scope_unknown(struct emitter *e, struct str name, struct span span);

/* NAME is a parameter, a data set, a built-in word, or known here as a variable. */
bool scope_knows(struct emitter *e, struct str name);

#endif
