/*
 * Standard input, output and error, from the start of the program to its end. Commands print with
 * stdio and do not check for errors: output that could not be written is reported once, at the end.
 */
#ifndef CMD_STANDARD_STREAMS_H
#define CMD_STANDARD_STREAMS_H

#include "interface/command.h"

/* Call first. Occupies the descriptors of streams that are closed; otherwise the next file that is
 * opened would become standard output. */
void standard_streams_open(void);
/*
 * Call last. Writes buffered output and closes standard output. Returns STATUS; or
 * EXIT_NOT_WRITTEN, after reporting the error, if something could not be written and STATUS is less
 * important.
 */
enum exit_status standard_streams_close(enum exit_status status);

#endif
