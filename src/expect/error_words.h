/* The words of an application in a response that is not as expected, for messages. Pure. */
#ifndef EXPECT_ERROR_WORDS_H
#define EXPECT_ERROR_WORDS_H

#include "base/buf.h"

/* Appends `: «Edit conflict»`: the message of an error that BODY reports, in JSON also a member
 * such as `message`, otherwise the title and the heading of an HTML page. Appends nothing if there is none. */
void error_words_put(struct str body, struct buf *out);

#endif
