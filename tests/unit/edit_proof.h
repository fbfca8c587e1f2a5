/*
 * One operation on one file, and the proof that its result is right: the tree, the lines that
 * change, the comments, the undo, and the operation applied again from its log. Shared by the tests
 * of edits.
 */
#ifndef TESTS_UNIT_EDIT_PROOF_H
#define TESTS_UNIT_EDIT_PROOF_H

#include "doc/yaml_layout.h"
#include "edit/edit.h"
#include "edit_oracle.h"

struct range {
	uint32_t begin, end;
};

/* One file in one form, and the operation that is tried. */
struct proof {
	struct arena arena, op_arena;
	const char *name;
	struct str text;
	const struct node *root;
	struct yaml_layout layout;
	bool broken; /* it has errors of syntax */
	struct edit_op op;
	struct oracle_value *expected; /* the tree after the operation */
	struct range may_change[2], may_lose;
	bool with_aliases; /* the operation may change lines of aliases */
};

/* A change of the expected tree. */
struct how {
	size_t index;
	struct str key;
	struct oracle_value *value;
};

struct proof_counts {
	size_t tried, done, as_text, refused[EDIT_CONFLICT + 1];
};

struct proof_sample {
	uint64_t state;
	bool whole;   /* all operations are tried */
	bool verbose; /* each refusal is printed */
};

extern struct proof_counts proof_counts;
extern struct proof_sample proof_sample;

/* The changes, for proof_expect. */
void proof_change_set(struct arena *a, struct oracle_value *value, const void *how);
void proof_change_remove(struct arena *a, struct oracle_value *value, const void *how);
void proof_change_insert(struct arena *a, struct oracle_value *value, const void *how);
void proof_change_rename(struct arena *a, struct oracle_value *value, const void *how);
/* PLACE, and all aliases of it, change in the expected tree. */
void proof_expect(struct proof *p, const struct yaml_place *place, oracle_change *change,
		  struct how how);
/* Begins an operation. Returns false if it is not in the sample. */
bool proof_begin(struct proof *p, enum edit_kind kind, struct str path);
/* Performs it and checks the result; the test fails if the result is wrong. */
void proof_run(struct proof *p);

#endif
