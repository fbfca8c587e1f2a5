/*
 * `${unique}`: a short text that no other iteration of any user has, for fields that must be
 * unique, such as names and slugs. It is computed, not counted, so it costs nothing where it is not
 * used. Pure, for any thread.
 */
#ifndef PROGRAM_UNIQUE_H
#define PROGRAM_UNIQUE_H

#include "program/eval.h"

#define UNIQUE_CHARS 12

/* Writes a letter and 11 letters or digits, a-z and 0-9, without NUL. Two iterations of one run
 * differ if the number of users times that of iterations is below 2^32. Other runs have other texts
 * because of their run.id and their start. */
void unique_put(const struct builtins *b, char out[UNIQUE_CHARS]);

#endif
