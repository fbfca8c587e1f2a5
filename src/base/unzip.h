/*
 * A zip archive in memory, as recorders write them (PKWARE's APPNOTE.TXT 6.3): members that are
 * stored or deflated. Encrypted ones, archives in parts and zip64 are told as what they are. What
 * is made is checked by its CRC, bounded, and lives in the caller's arena. Any thread.
 */
#ifndef BASE_UNZIP_H
#define BASE_UNZIP_H

#include "base/arena.h"
#include "base/str.h"

#define UNZIP_MAX (UINT32_C(1) << 30) /* bytes of a member */

/* Whether FILE begins as an archive does. */
bool unzip_is_archive(struct str file);
/*
 * The bytes of the first member whose name is NAME, or with AS_END ends in it. ptr NULL when there
 * is none, with WHY NULL, or when it cannot be had, with WHY the reason ("it is encrypted").
 */
struct str unzip_member(struct arena *a, struct str file, struct str name, bool as_end,
			const char **why);

#endif
