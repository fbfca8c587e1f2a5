/*
 * Shared by the functions and filters: text arguments, results built in the scratch, errors.
 * Private to program/; one row of functions.def for each, one file per family.
 */
#ifndef PROGRAM_FN_H
#define PROGRAM_FN_H

#include "program/expr.h"

/* A function; FLAGS say whether it draws, or is a filter. */
#define PLAIN(name_, flags_, min_, max_, signature_, sentence_, example_, result_)                 \
	const struct function_kind name_##_function = {                                            \
	    .name = #name_,                                                                        \
	    .flags = (flags_),                                                                     \
	    .min_args = (min_),                                                                    \
	    .max_args = (max_),                                                                    \
	    .signature = (signature_),                                                             \
	    .sentence = (sentence_),                                                               \
	    .example = (example_),                                                                 \
	    .result = (result_),                                                                   \
	    .call = name_##_call,                                                                  \
	}

/* A filter whose result depends only on its arguments. */
#define FILTER(name_, min_, max_, signature_, sentence_, example_, result_)                        \
	PLAIN(name_, FUNCTION_FILTER | FUNCTION_PURE, min_, max_, signature_, sentence_, example_, \
	      result_)

static inline struct buf *fn_buf(struct eval *eval)
{
	return &eval->scratch->text;
}

/* The result: what was appended to the scratch since MARK. */
static inline bool fn_result(struct eval *eval, size_t mark, struct value *out)
{
	struct buf *buf = fn_buf(eval);

	*out = value_text(str_n(buf->data + mark, buf->len - mark));
	return true;
}

static inline struct str fn_text(struct eval *eval, struct value v)
{
	return value_text_of(v, eval->scratch);
}

/* Argument V as a number; an error that names NAME if it is not one. */
bool fn_number(struct eval *eval, const char *name, struct value v, double *out);
/* The same as a whole number. */
bool fn_int(struct eval *eval, const char *name, struct value v, int64_t *out);
/* JSON text as a value in the scratch; an error if it is not valid. */
bool fn_parse_json(struct eval *eval, struct str text, struct value *out);

#endif
