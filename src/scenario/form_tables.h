/*
 * The description of the language for programs that show forms, as JSON: everything that the field
 * tables say, with the words, groups and controls of a form. The page of the editor draws its forms
 * from it; the checked-in schemas/scenario.forms.json is this text.
 */
#ifndef SCENARIO_FORM_TABLES_H
#define SCENARIO_FORM_TABLES_H

#include "base/buf.h"
#include "scenario/kind_tables.h"

void form_tables_put(struct buf *out, const struct kind_tables *tables);

#endif
