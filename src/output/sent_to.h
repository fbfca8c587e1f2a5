/*
 * What outputs that send have in common: how the receiver is named without what is secret, and the
 * end, with what was lost noted in the verdict. Main thread.
 */
#ifndef OUTPUT_SENT_TO_H
#define OUTPUT_SENT_TO_H

#include "base/buf.h"
#include "net/datagram.h"
#include "net/poster.h"
#include "output/facts.h"

/* A URL without credentials and query; anything else as it is. */
void sent_to_put(struct buf *out, struct str where);
/*
 * Closes P, waiting as long as the verdict allows; without a VERDICT not at all. False with a
 * sentence in ERROR when the text given last did not arrive.
 */
bool sent_to_end_posts(struct poster *p, const char *output, struct str where,
		       const struct verdict *verdict, struct buf *error);
void sent_to_end_packets(struct datagram *d, const char *output, struct str where,
			 const struct verdict *verdict);

#endif
