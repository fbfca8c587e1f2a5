/* Style and script of the page, from page.css and page.js by page_assets.awk at build. */
#ifndef OUTPUT_PAGE_ASSETS_H
#define OUTPUT_PAGE_ASSETS_H

extern const char page_css[], page_js[];

#endif
