/*
 * The submission of a form as the HTML standard defines it: chooses the form of a page, changes the
 * values that a user types, and builds the request: method, address, content type, body.
 *
 * Usage: html_submission_find chooses the form; html_submission_init begins with the values of the
 * page; html_submission_set, _add and _press change them; html_submission_build writes the request.
 * After the response, html_submission_again says whether the server sent the form back; it needs
 * only the receipt, a short text that html_submission_put_receipt wrote before.
 *
 * Ownership: a submission refers to the page and to the texts that it is given, and allocates its
 * own data in the arena of the caller. Nothing is allocated elsewhere. One thread.
 */
#ifndef HTML_SUBMISSION_H
#define HTML_SUBMISSION_H

#include "html/html_page.h"

/* ---- which form */

struct html_form_query {
	const struct str *fields; /* each a name of a control, or else the text of its label */
	size_t field_count;
	struct str button; /* its text, or else its name; ptr NULL: any */
	struct str form;   /* a selector of the form element; ptr NULL: any */
	/* A text of the innermost tr, li, article or dd with the form, its button or its fields;
	 * ptr NULL: anywhere. */
	struct str row;
	unsigned nth; /* from 1; 0: the first, which must be in the only row with the text */
};

enum html_form_outcome {
	HTML_FORM_FOUND,
	HTML_FORM_NONE,		/* no form fits; html_page_put_forms lists what there is */
	HTML_FORM_SEVERAL,	/* different forms fit: the query needs more */
	HTML_FORM_NO_ROW,	/* no row has the text */
	HTML_FORM_NOT_IN_ROW,	/* the row has no such form */
	HTML_FORM_SEVERAL_ROWS, /* rows that fit equally well have such forms */
	HTML_FORM_NTH,		/* fewer forms than nth */
	HTML_FORM_CUT,		/* the form is too large to be kept; CHOICE has it */
};

struct html_form_choice {
	uint32_t form;
	uint32_t button; /* of the query, or in the row; HTML_PAGE_NONE: the default */
	/* The row is a part of the form: for each control of the page whether it is in that row.
	 * NULL: the whole form. */
	const bool *in_row;
	unsigned different; /* 1 + the number of later forms that send other values */
};

/* Finds the form that has all fields and the button. Forms with the same address and the same names
 * are one, and the first is found. CHOICE is valid for HTML_FORM_FOUND, and has the first form for
 * HTML_FORM_SEVERAL; its arrays are in A. */
enum html_form_outcome html_submission_find(const struct html_page *page, struct arena *a,
					    const struct html_form_query *query,
					    struct html_form_choice *choice);
/* Appends what OUTCOME, other than HTML_FORM_FOUND, says, with what the page has instead. */
void html_submission_explain_form(const struct html_page *page, struct arena *a,
				  const struct html_form_query *query,
				  enum html_form_outcome outcome, struct buf *out);
/* Checks a selector of a form element: one compound selector such as `#login`, `form.search`,
 * `[name=f]`, `[action="/login"]` (id, classes, name, action, method). Returns NULL or what is
 * wrong. */
const char *html_submission_check_selector(struct str selector);

/* ---- the values */

enum html_given_kind {
	HTML_GIVEN_NOTHING, /* null: the control is not sent */
	HTML_GIVEN_TEXT,
	HTML_GIVEN_YES,	 /* a box is checked */
	HTML_GIVEN_NO,	 /* a box is not checked */
	HTML_GIVEN_LIST, /* an empty list is HTML_GIVEN_NOTHING */
	HTML_GIVEN_FILE,
};

struct html_file {
	struct str name;    /* file name without folders */
	struct str type;    /* media type; empty: application/octet-stream */
	struct str content; /* the bytes; any */
};

struct html_given {
	enum html_given_kind kind;
	struct str text;
	const struct str *items; /* HTML_GIVEN_LIST */
	size_t item_count;
	const struct html_file *files; /* HTML_GIVEN_FILE */
	size_t file_count;
	bool secret; /* the texts are secrets: html_entry.secret */
};

enum html_set_outcome {
	HTML_SET_OK,
	HTML_SET_NO_FIELD,    /* the form has no such control */
	HTML_SET_NOT_OFFERED, /* select, radio, checkbox: no such value and no such text;
				 html_submission_put_offer lists the values */
	HTML_SET_TOO_MANY,    /* more values than the controls of that name can have */
	HTML_SET_NOT_A_BOX,   /* yes or no for a control that is not a box */
	HTML_SET_NOT_A_FILE,  /* a file for another control, or a text for a file control */
	HTML_SET_ONE_FILE,    /* several files for a file control without `multiple` */
	HTML_SET_BUTTON,      /* a button is pressed, it has no value to set */
};

struct html_entry {
	struct str name, value; /* UTF-8 */
	bool is_file;
	struct html_file file; /* is_file; name empty: no file was chosen */
	bool typed;	       /* from html_submission_set or _add, not from the page */
	bool secret;	       /* the value is a text that was given as a secret */
};

struct html_submission {
	const struct html_page *page;
	struct arena *arena;
	uint32_t form;
	uint32_t submitter; /* index of the pressed button, or HTML_PAGE_NONE */
	/* The first submit button, if it is disabled and no other was pressed, or HTML_PAGE_NONE */
	uint32_t disabled_button;
	const bool *in_row; /* of html_form_choice; fields are looked for there first */
	bool has_enctype;   /* a script sends the form in the encoding `enctype` */
	enum html_enctype enctype;
	struct html_control_state *states;
	VEC(struct html_entry) added;
	uint32_t first, last; /* [first, last): the part of `controls` that the form has */
};

/* Begins a submission of FORM with the values of the page. The first submit button is pressed, as
 * the Enter key does, which sends nothing if that button is disabled. */
void html_submission_init(struct html_submission *s, struct arena *a, const struct html_page *page,
			  uint32_t form);
/* The same for a form that was found, with its button. */
void html_submission_begin(struct html_submission *s, struct arena *a, const struct html_page *page,
			   const struct html_form_choice *choice);
/* Gives the control FIELD (its name, else the text of its label) another value. A disabled control
 * is sent if it is set. Texts must stay valid until the request is built. */
enum html_set_outcome html_submission_set(struct html_submission *s, struct str field,
					  const struct html_given *given);
/* Sends a pair that the page does not have, after the others; with FILE (may be NULL) a file. */
void html_submission_add(struct html_submission *s, struct str name, struct str value,
			 const struct html_file *file);
/* Presses the button with this text, or else with this name; ptr NULL: none. False if the form has
 * no such button that is not disabled. */
bool html_submission_press(struct html_submission *s, struct str button);
/* The entry that the form sends for the control FIELD (name or label), as it is set now:
 * `${form.NAME}`; a control that is set to null has the value of the page, because a script can
 * send it under another name. False if the form has no such control or does not send it. */
bool html_submission_value(struct html_submission *s, struct str field, struct html_entry *entry);
/* The first control that FIELD names (html_submission_set), or HTML_PAGE_NONE. */
uint32_t html_submission_find_field(const struct html_submission *s, struct str field);
/* Whether the select, radio group or boxes FIELD offer VALUE, as value or text. */
bool html_submission_offers(const struct html_submission *s, struct str field, struct str value);
/* Appends what a select, radio group or checkboxes offer instead of WANTED, at most 20 values:
 * `did you mean 'German'? it offers "de" (German), "fr" (French)`. */
void html_submission_put_offer(const struct html_submission *s, struct str field, struct str wanted,
			       struct buf *out);
/* Appends `, button "Save"`, or nothing if no button is pressed. */
void html_submission_put_pressed(const struct html_submission *s, struct buf *out);

/* ---- the request */

struct html_entries {
	struct html_entry *items;
	size_t count;
};

/* Constructs the entry list of the standard, in the order in which it is sent. CHARSET is what
 * `_charset_` sends. */
struct html_entries html_submission_entries(struct html_submission *s);

/* Appends the absolute address of the request, without the entries; false: it is not http or https.
 */
bool html_submission_put_address(const struct html_submission *s, struct buf *out);
enum html_method html_submission_method(const struct html_submission *s);
enum html_enctype html_submission_enctype(const struct html_submission *s);

/* The bytes of a text entry in the request. */
struct html_sent {
	struct str bytes;  /* in the encoding of the request, with its line ends */
	struct str text;   /* `bytes`, percent-encoded where the request is */
	struct str before; /* what precedes `text` in the request, from its field on */
};

/* Allocates in the arena of S. */
struct html_sent html_submission_sent(struct html_submission *s, const struct html_entry *entry);

enum html_build_outcome {
	HTML_BUILD_OK,
	HTML_BUILD_ADDRESS,  /* no request can be sent to the action; html_submission_put_no_address
				appends why */
	HTML_BUILD_DISABLED, /* the Enter key sends nothing: `disabled_button` is disabled */
	HTML_BUILD_DIALOG,   /* method=dialog: a browser sends nothing */
	HTML_BUILD_LIMIT,    /* the request exceeds the limit of a buffer */
};

struct html_request {
	enum html_method method;  /* HTML_GET or HTML_POST */
	struct buf *url;	  /* appended: absolute, without a fragment */
	struct buf *content_type; /* appended; empty for GET */
	struct buf *body;	  /* appended; empty for GET */
};

/* Appends the request to the buffers of the caller in OUT, and sets its method. BOUNDARY separates
 * the parts of multipart/form-data; it becomes longer if it occurs in them. */
enum html_build_outcome html_submission_build(struct html_submission *s, struct str boundary,
					      struct html_request *out);

/* Appends html_page_put_no_address for the action of the form or of the pressed button. */
void html_submission_put_no_address(const struct html_submission *s, struct buf *out);

/* ---- a form that comes back */

/* Appends what html_submission_again needs: the address, hashes of the names and typed values, and
 * the start of at most 8 typed texts of a POST form, 64 bytes each; no secret and no password as
 * text. Has about 8 bytes for each name. */
void html_submission_put_receipt(struct html_submission *s, struct buf *out);
enum html_again {
	HTML_AGAIN_NONE,
	HTML_AGAIN_THERE, /* a form with the same method, address and 80 % of the same names */
	HTML_AGAIN_KEPT,  /* it also keeps a typed value, or has a password field if one was typed.
			     Without a typed text, a changed choice counts: an option, a box.
			     A typed text of 8 characters or more may be a part of the value of its
			     control or of a new one, unless its control is as it was before. */
};

/* Whether PAGE, the response to the submission of RECEIPT, has the form again. The address is
 * compared with its query. Sets *FORM to its index. A is for copies of long values. */
enum html_again html_submission_again(struct arena *a, struct str receipt,
				      const struct html_page *page, uint32_t *form);

#endif
