/* The look of the shop's pages: one style sheet, and the frame around every page. */
#ifndef DEMO_LAYOUT_H
#define DEMO_LAYOUT_H

#include "demo/shop_request.h"

struct str layout_style(void);
/* Starts a page in the shop's buffer: head, bar with search and cart. */
struct buf *layout_begin(struct shop_request *request, struct str title);
/* Ends the page and sends it. */
void layout_end(struct shop_request *request, int status);
/* A grid of cards. */
void layout_card(struct buf *page, const struct product *product);
/* Sends a page that only says WHY. */
void layout_refuse(struct shop_request *request, int status, struct str title, struct str why);
/* The hidden field with the session's token. */
void layout_csrf(struct buf *page, const struct shop_session *session);

#endif
