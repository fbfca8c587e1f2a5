#include "cmd/all_tables.h"

#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/function.h"
#include "interface/step.h"

#define STEP(name) extern const struct step_kind name##_step;
#include "steps/steps.def"
#undef STEP
#define EXTRACT(name) extern const struct extract_kind name##_extract;
#include "extract/extract.def"
#undef EXTRACT
#define EXPECT(name) extern const struct expect_kind name##_expect;
#include "expect/expect.def"
#undef EXPECT

#define FUNCTION(name) extern const struct function_kind name##_function;
#include "program/functions.def"
#undef FUNCTION

static const struct step_kind *const steps[] = {
#define STEP(name) &name##_step,
#include "steps/steps.def"
#undef STEP
    NULL,
};

static const struct extract_kind *const extracts[] = {
#define EXTRACT(name) &name##_extract,
#include "extract/extract.def"
#undef EXTRACT
    NULL,
};

static const struct expect_kind *const expects[] = {
#define EXPECT(name) &name##_expect,
#include "expect/expect.def"
#undef EXPECT
    NULL,
};

static const struct function_kind *const functions[] = {
#define FUNCTION(name) &name##_function,
#include "program/functions.def"
#undef FUNCTION
    NULL,
};

const struct kind_tables all_tables = {
    .steps = steps,
    .step_count = sizeof(steps) / sizeof(steps[0]) - 1,
    .extracts = extracts,
    .extract_count = sizeof(extracts) / sizeof(extracts[0]) - 1,
    .expects = expects,
    .expect_count = sizeof(expects) / sizeof(expects[0]) - 1,
    .functions = functions,
    .function_count = sizeof(functions) / sizeof(functions[0]) - 1,
};
