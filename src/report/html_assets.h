/* Style and script of the page, from html_report.css and html_report.js by html_assets.awk at
 * build. */
#ifndef REPORT_HTML_ASSETS_H
#define REPORT_HTML_ASSETS_H

extern const char html_assets_css[], html_assets_js[];

#endif
