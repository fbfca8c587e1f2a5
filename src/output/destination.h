/*
 * Shared by outputs that send: how the receiver is named without secrets, and the end, with lost
 * data noted in the verdict. Main thread.
 */
#ifndef OUTPUT_DESTINATION_H
#define OUTPUT_DESTINATION_H

#include "base/buf.h"
#include "net/datagram.h"
#include "net/http_push.h"
#include "result/facts.h"

/* A URL without credentials and query; anything else unchanged. */
void destination_put(struct buf *out, struct str where);
/*
 * Closes P, waiting as long as the verdict allows; does not wait if VERDICT is NULL. False with
 * a sentence in ERROR if the last text did not arrive.
 */
bool destination_close_push(struct http_push *p, const char *output, struct str where,
			    const struct verdict *verdict, struct buf *error);
void destination_close_datagrams(struct datagram *d, const char *output, struct str where,
				 const struct verdict *verdict);

#endif
