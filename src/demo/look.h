/* How the shop's pages look: one style sheet, and the frame around every page. */
#ifndef DEMO_LOOK_H
#define DEMO_LOOK_H

#include "demo/route.h"

struct str look_style(void);
/* Begins a page in the shop's buffer: head, bar with search and cart. */
struct buf *look_begin(struct call *call, struct str title);
/* Ends the page and answers with it. */
void look_end(struct call *call, int status);
/* A grid of cards. */
void look_card(struct buf *page, const struct product *product);

#endif
