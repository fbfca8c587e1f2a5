/*
 * All kinds this program has, gathered from the tables of their rooms. Const, free for all threads.
 */
#ifndef CMD_ALL_TABLES_H
#define CMD_ALL_TABLES_H

#include "scenario/kind_tables.h"

extern const struct kind_tables all_tables;

#endif
