/*
 * What outputs that send have in common: how the receiver is named without what is secret, and the
 * end, with what was lost noted in the verdict. Main thread.
 */
#ifndef OUTPUT_DESTINATION_H
#define OUTPUT_DESTINATION_H

#include "base/buf.h"
#include "net/datagram.h"
#include "net/http_push.h"
#include "result/facts.h"

/* A URL without credentials and query; anything else as it is. */
void destination_put(struct buf *out, struct str where);
/*
 * Closes P, waiting as long as the verdict allows; without a VERDICT not at all. False with a
 * sentence in ERROR when the text given last did not arrive.
 */
bool destination_close_push(struct http_push *p, const char *output, struct str where,
			    const struct verdict *verdict, struct buf *error);
void destination_close_datagrams(struct datagram *d, const char *output, struct str where,
				 const struct verdict *verdict);

#endif
