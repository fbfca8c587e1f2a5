/*
 * All step kinds, extractors, expectations and functions of the program, from the .def files of
 * their folders. Const; any thread may read it.
 */
#ifndef CMD_ALL_TABLES_H
#define CMD_ALL_TABLES_H

#include "scenario/kind_tables.h"

extern const struct kind_tables all_tables;

#endif
