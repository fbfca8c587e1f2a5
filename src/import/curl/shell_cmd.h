/* The quotes and carets of cmd.exe, for shell_words.c. One thread. */
#ifndef IMPORT_CURL_SHELL_CMD_H
#define IMPORT_CURL_SHELL_CMD_H

#include "import/curl/shell_reader.h"

/* Whether TEXT has the quotes of cmd.exe, as browsers write them. WEAK: signs that a text of
 * another shell could have by chance. */
bool shell_cmd_is(struct str text, bool weak);
/* Reads what follows an opening quote, to the closing one; CARET: the quotes are ^". */
void shell_cmd_quotes(struct shell_reader *r, bool caret);
/* A caret outside quotes was read. */
void shell_cmd_caret(struct shell_reader *r);

#endif
