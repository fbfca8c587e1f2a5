/*
 * A call of a function of JMeter that is converted: its arguments, and the functions of times. In
 * the job's arena; one thread.
 */
#ifndef IMPORT_JMETER_JMETER_CALL_H
#define IMPORT_JMETER_JMETER_CALL_H

#include "import/jmeter/jmeter.h"

struct jmeter_call {
	struct jmeter *j;
	const struct jmx *at; /* the element that has the call */
	const struct jmeter_part *part;
};

/* Argument I as written, without spaces at its ends; empty if there is none. */
struct str jmeter_call_raw(const struct jmeter_call *c, size_t i);
/* Argument I as one operand of an expression; ptr NULL if it is not supported. */
struct str jmeter_call_operand(const struct jmeter_call *c, size_t i);

/* __time, __timeShift and __RandomDate as expressions; ptr NULL if they are not supported. */
struct str jmeter_call_time(const struct jmeter_call *c);
struct str jmeter_call_time_shift(const struct jmeter_call *c);
struct str jmeter_call_random_date(const struct jmeter_call *c);

#endif
