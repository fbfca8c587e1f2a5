/* Plain texts that readers of YAML 1.1, such as PyYAML, do not read as texts. Pure. */
#ifndef DOC_YAML_TYPES_H
#define DOC_YAML_TYPES_H

#include <stdbool.h>

#include "base/str.h"

/* A boolean or null: true, No, ~, or nothing. */
bool yaml_types_is_word(struct str s);
/* A number, a date or a time that is not written as such a reader prints it: 0x1F, 1_000, 1.50,
 * 007, 15:04:56, 2026-01-31. False for 17, -3 and 1.5. */
bool yaml_types_is_changed(struct str s);

#endif
