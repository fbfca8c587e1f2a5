/*
 * All kinds this program has, gathered from the tables of their rooms. Const, free for all threads.
 */
#ifndef CMD_TABLES_H
#define CMD_TABLES_H

#include "scenario/tables.h"

extern const struct tables all_tables;

#endif
