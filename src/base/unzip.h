/*
 * Reads a zip archive in memory, as recorders write them (PKWARE's APPNOTE.TXT 6.3): members that
 * are stored or deflated. Encrypted members, split archives and zip64 are recognized and reported.
 * Unpacked data is checked by its CRC, bounded, and lives in the caller's arena. Any thread.
 */
#ifndef BASE_UNZIP_H
#define BASE_UNZIP_H

#include "base/arena.h"
#include "base/str.h"

#define UNZIP_MAX (UINT32_C(1) << 30) /* maximum size of a member, in bytes */

/* True if FILE starts like an archive. */
bool unzip_is_archive(struct str file);
/*
 * The bytes of the first member whose name is NAME or, with AS_END, ends in it. ptr NULL if there
 * is none, with WHY NULL, or if it cannot be read, with the reason in WHY ("it is encrypted").
 */
struct str unzip_member(struct arena *a, struct str file, struct str name, bool as_end,
			const char **why);

#endif
