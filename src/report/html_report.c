#include "report/html_report.h"

#include <math.h>

#include "base/digest.h"
#include "base/base64.h"
#include "base/escape.h"
#include "base/units.h"
#include "report/html_assets.h"
#include "report/html_report_private.h"
#include "result/text_format.h"
#include "result/verdict_text.h"

const struct terminal html_report_terminal = {.ascii = false};

/* In this order; the verdict comes first. Sections with a title are in the list of contents. */
static const struct section {
	const char *id, *title;
	void (*put)(struct buf *out, const struct html_report *page);
} sections[] = {
    {"verdict", NULL, html_report_put_verdict},
    {"stop", NULL, html_report_put_stop},
    {"thresholds", "Thresholds", html_report_put_thresholds},
    {"tiles", NULL, html_report_put_tiles},
    {"failed", "Failures", html_report_put_failures},
    {"latest", "Latest failures", html_report_put_latest},
    {"capacity", "Capacity", html_report_put_capacity},
    {"against", "Comparison", html_report_put_compare},
    {"time", "Over time", html_report_put_timeline},
    {"spread", "Distribution", html_report_put_distribution},
    {"steps", "Steps", html_report_put_steps},
    {"streams", "Event streams", html_report_put_streams},
    {"spans", "Scenarios", html_report_put_spans},
    {"longest", "Longest requests", html_report_put_longest},
    {"generator", "Generator", html_report_put_generator},
    {"sent", "Sent to", html_report_put_deliveries},
    {"about", "Test setup", html_report_put_about},
};
#define TEXT_MAX ((size_t)4000) /* maximum bytes of a text from outside; the rest is omitted */
#define NAME_MAX ((size_t)400)
#define SECTIONS (sizeof(sections) / sizeof(sections[0]))

/* ---- shared by the sections */

/* TEXT cut to MAX bytes, at a complete character. */
static struct str clipped(struct str text, size_t max)
{
	if (text.len <= max)
		return text;
	while (max > 0 && ((unsigned char)text.ptr[max] & 0xc0) == 0x80)
		max--;
	return str_slice(text, 0, max);
}

static void put_clipped(struct buf *out, struct str text, size_t max)
{
	struct str shown = clipped(text, max);
	struct buf clean;

	buf_init(&clean, 0);
	escape_terminal(&clean, shown);
	escape_html(out, buf_str(&clean));
	if (shown.len < text.len)
		buf_add(out, STR("\xe2\x80\xa6"));
	buf_release(&clean);
}

void html_report_text(struct buf *out, struct str text)
{
	put_clipped(out, text, TEXT_MAX);
}

void html_report_name(struct buf *out, struct str text)
{
	buf_add(out, STR("<bdi>"));
	put_clipped(out, text, NAME_MAX);
	buf_add(out, STR("</bdi>"));
}

void html_report_time_cell(struct buf *out, ns_t length)
{
	buf_printf(out, "<td class=\"n\" data-v=\"%lld\">", (long long)length / 1000);
	if (length < 0)
		buf_add(out, STR("\xe2\x80\x93"));
	else
		units_put_time(out, length, false);
	buf_add(out, STR("</td>"));
}

void html_report_count_cell(struct buf *out, uint64_t count)
{
	buf_printf(out, "<td class=\"n\" data-v=\"%llu\">", (unsigned long long)count);
	units_put_count(out, count);
	buf_add(out, STR("</td>"));
}

void html_report_rate_cell(struct buf *out, double rate)
{
	buf_printf(out, "<td class=\"n\" data-v=\"%.3f\">", isnan(rate) ? -1 : rate);
	text_format_put_rate(out, rate);
	buf_add(out, STR("</td>"));
}

/* ---- the policy */

static void put_hash(struct buf *out, const char *text)
{
	unsigned char hash[DIGEST_MAX];
	size_t bytes = digest_hash(DIGEST_SHA256, str_of(text), hash);

	buf_add(out, STR("'sha256-"));
	base64_encode(out, str_n((const char *)hash, bytes));
	buf_add_char(out, '\'');
}

void html_report_put_policy(struct buf *out, bool live)
{
	buf_add(out, STR("default-src 'none'; style-src "));
	put_hash(out, html_assets_css);
	buf_add(out, STR("; script-src "));
	put_hash(out, html_assets_js);
	buf_printf(out, "; img-src data:; base-uri 'none'; form-action %s; connect-src %s",
		   live ? "'self'" : "'none'", live ? "'self'" : "'none'");
}

/* ---- the document */

/* Plain text, to be escaped for its place. */
static void put_title(struct buf *out, const struct html_report *page)
{
	const struct report_run *run = &page->run;

	buf_printf(out, "%s \xc2\xb7 ", run->verdict ? verdict_text_word(run->verdict) : "Running");
	buf_add(out, run->facts->name);
}

static void put_head(struct buf *out, const struct html_report *page)
{
	struct buf title;

	buf_init(&title, 0);
	put_title(&title, page);
	buf_add(out, STR("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
			 "<meta http-equiv=\"Content-Security-Policy\" content=\""));
	html_report_put_policy(out, page->live);
	buf_add(out, STR("\">\n<meta name=\"viewport\" content=\"width=device-width, "
			 "initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
			 "<meta name=\"color-scheme\" content=\"light dark\">\n"
			 "<link rel=\"icon\" href=\"data:,\">\n<title>"));
	html_report_text(out, buf_str(&title));
	buf_add(out, STR("</title>\n"));
	buf_release(&title);
	if (page->live)
		buf_add(out,
			STR("<noscript><meta http-equiv=\"refresh\" content=\"3\"></noscript>\n"));
	buf_add(out, STR("<style>"));
	buf_add(out, str_of(html_assets_css));
	buf_add(out, STR("</style></head>\n"));
}

static void put_banner(struct buf *out, const struct html_report *page)
{
	const struct run_facts *facts = page->run.facts;

	buf_add(out, STR("<header><div><h1>"));
	html_report_name(out, facts->name);
	buf_add(out, STR("</h1><p class=\"sub\">"));
	html_report_name(out, facts->target);
	buf_add(out, STR(" <span aria-hidden=\"true\">\xc2\xb7</span> "));
	html_report_name(out, facts->load);
	buf_add(out, STR("</p></div><div class=\"tools\" hidden>"
			 "<span id=\"link\" role=\"status\"></span>"
			 "<button type=\"button\" id=\"whole\" hidden>Whole run</button>"
			 "<button type=\"button\" id=\"theme\">Toggle dark mode</button>"
			 "</div></header>\n"));
}

static void put_data(struct json_writer *j, const char *key, const struct html_report *page)
{
	json_writer_open(j, key);
	html_report_put_timeline_data(j, page);
	html_report_put_distribution_data(j, page);
	html_report_put_capacity_data(j, page);
	html_report_put_compare_data(j, page);
	json_writer_close(j);
	html_report_put_steps_data(j, page);
	json_writer_close(j);
}

/* JSON inside a script element: it must not contain anything like markup. */
static void put_embedded(struct buf *out, struct str json)
{
	size_t clean = 0;

	for (size_t i = 0; i < json.len; i++) {
		if (json.ptr[i] != '<')
			continue;
		buf_add(out, str_slice(json, clean, i));
		buf_add(out, STR("\\u003c"));
		clean = i + 1;
	}
	buf_add(out, str_slice(json, clean, json.len));
}

/* The contents of each section; the caller releases PARTS. */
static void put_sections(struct buf *parts, const struct html_report *page)
{
	for (size_t i = 0; i < SECTIONS; i++) {
		buf_init(&parts[i], 0);
		sections[i].put(&parts[i], page);
	}
}

static void release_sections(struct buf *parts)
{
	for (size_t i = 0; i < SECTIONS; i++)
		buf_release(&parts[i]);
}

/* Links to the sections that are not empty. */
static void put_contents(struct buf *out, const struct buf *parts)
{
	for (size_t i = 0; i < SECTIONS; i++)
		if (sections[i].title && parts[i].len)
			buf_printf(out, "<a href=\"#%s\">%s</a>", sections[i].id,
				   sections[i].title);
}

void html_report_put(struct buf *out, const struct html_report *page)
{
	struct buf data, parts[SECTIONS];
	struct json_writer j = json_writer_compact(&data);

	buf_init(&data, 0);
	put_sections(parts, page);
	put_head(out, page);
	buf_printf(out, "<body%s>\n", page->live ? " data-live" : "");
	put_banner(out, page);
	buf_add(out, STR("<nav id=\"contents\" aria-label=\"Contents\">"));
	put_contents(out, parts);
	buf_add(out, STR("</nav>\n<main>\n"));
	for (size_t i = 0; i < SECTIONS; i++)
		buf_printf(out, "<section id=\"%s\">%.*s</section>\n", sections[i].id,
			   STR_ARG(buf_str(&parts[i])));
	release_sections(parts);
	buf_add(
	    out,
	    STR("</main>\n<div id=\"tip\" role=\"status\" hidden></div>\n"
		"<p id=\"hint\" class=\"unseen\">Left and right show the values; plus and minus "
		"zoom, Escape shows the whole run.</p>\n"
		"<script type=\"application/json\" id=\"data\">"));
	put_data(&j, NULL, page);
	put_embedded(out, buf_str(&data));
	buf_add(out, STR("</script>\n<script>"));
	buf_add(out, str_of(html_assets_js));
	buf_add(out, STR("</script></body></html>\n"));
	buf_release(&data);
}

void html_report_put_update(struct buf *out, const struct html_report *page)
{
	struct buf part, clean, parts[SECTIONS];
	struct json_writer j = json_writer_compact(out);

	buf_init(&part, 0);
	buf_init(&clean, 0);
	put_sections(parts, page);
	put_title(&part, page);
	escape_terminal(&clean, buf_str(&part)); /* the script inserts it unchanged */
	json_writer_open(&j, NULL);
	json_writer_bool(&j, "over", page->run.verdict != NULL);
	json_writer_text(&j, "title", buf_str(&clean));
	json_writer_open(&j, "sections");
	buf_clear(&part);
	put_contents(&part, parts);
	json_writer_text(&j, "contents", buf_str(&part));
	for (size_t i = 0; i < SECTIONS; i++)
		json_writer_text(&j, sections[i].id, buf_str(&parts[i]));
	json_writer_close(&j);
	put_data(&j, "data", page);
	json_writer_close(&j);
	release_sections(parts);
	buf_release(&clean);
	buf_release(&part);
}
