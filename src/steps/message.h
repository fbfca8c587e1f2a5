/*
 * A message to send on a socket, in `send` and `on_message`; the rules of `on_message`; and the
 * keys that the steps with a wait have in common.
 */
#ifndef STEPS_MESSAGE_H
#define STEPS_MESSAGE_H

#include "interface/field.h"
#include "program/emit.h"
#include "scenario/enum_names.h"

struct reader;

struct message {
	struct keys keys;
	const struct node *json;
	struct text text, base64;
	struct str file;
};

extern const struct field message_fields[];
/* Exactly one of the keys must be given. */
void message_check(struct reader *r, const struct message *m, struct span span);
struct message_plan message_plan(struct emitter *e, const struct message *m);

/* A rule of `on_message`. */
struct message_rule {
	struct keys keys;
	struct expects when;
	struct message send;
	bool pass;
};

/* Rows of a rule, besides `send`. */
#define MESSAGE_RULE_WHEN                                                                          \
	FIELD(struct message_rule, when, "when", FIELD_EXPECTS,                                    \
	      .flags = FIELD_REQUIRED | FIELD_OF_MESSAGES,                                         \
	      .example = "{jsonpath: {$.type: ping}}",                                             \
	      .prose = "Expectations that a message must meet.")
#define MESSAGE_RULE_PASS                                                                          \
	FIELD(struct message_rule, pass, "pass", FIELD_BOOL, .flags = FIELD_PARAMETER,             \
	      .fallback = "no", .example = "yes",                                                  \
	      .prose = "Whether `wait_for` can see the message too.")

/* LIST is of struct message_rule; FIELDS are those of a rule. */
void message_rules_plan(struct emitter *e, const struct field_list *list,
			const struct field *fields, struct channel_step *channel);

/* The maximum size of a received message, if `message_limit` is not given. */
#define MESSAGE_MAX_DEFAULT ((int64_t)16 << 20)

/* The modifiers of `send` and `wait_for`. */
struct message_wait {
	int64_t count;
	ns_t timeout;
	struct extracts extract;
	struct str name, socket;
	int on_failure;
};

/* Rows for the member MEMBER, a struct message_wait, of the struct OWNER. */
#define MESSAGE_WAIT_FIELDS(owner, member)                                                         \
	FIELD(owner, member.count, "count", FIELD_INT, .flags = FIELD_PARAMETER, .fallback = "1",  \
	      .low = 1, .high = 1e6,                                                               \
	      .prose = "Number of matching messages to wait for; values are extracted from the "   \
		       "last one.",                                                                \
	      .example = "5"),                                                                     \
	    FIELD(owner, member.timeout, "timeout", FIELD_DURATION, .flags = FIELD_PARAMETER,      \
		  .low = 0.001, .high = 3600,                                                      \
		  .prose = "Maximum time to wait. Default: that of `defaults`.", .example = "5s"), \
	    FIELD(owner, member.extract, "extract", FIELD_EXTRACTS,                                \
		  .prose = "Values to extract from the message; later steps use them as "          \
			   "variables.",                                                           \
		  .example = "{me: {jsonpath: $.id}}"),                                            \
	    FIELD(owner, member.name, "name", FIELD_TEXT, .example = "Join",                       \
		  .prose = "Name of the wait in results."),                                        \
	    FIELD(owner, member.socket, "socket", FIELD_TEXT, .example = "chat",                   \
		  .prose = "Name of the socket. Default: the one that was opened last."),          \
	    FIELD(owner, member.on_failure, "on_failure", FIELD_ENUM, .label = "After a failure",  \
		  .group = FIELD_GROUP_FAILURE, .meanings = on_failure_meanings,                   \
		  .flags = FIELD_PARAMETER, .choices = on_failure_names, .example = "continue",    \
		  .prose = "Action after a failure of this step.")

/* Emits the wait for messages that meet MATCH, after sending MESSAGE unless it is NULL. KEYS and
 * FIELDS are those of the step. */
void message_wait_emit(struct emitter *e, const struct keys *keys, const struct field *fields,
		       const struct message_wait *m, const struct expects *match,
		       const struct message_plan *message, struct span span);

#endif
