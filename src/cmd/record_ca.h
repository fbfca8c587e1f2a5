/* `reprise record ca show|create|remove`. */
#ifndef CMD_RECORD_CA_H
#define CMD_RECORD_CA_H

#include "interface/command.h"

/* WORD is show, create or remove; NULL means show. */
enum exit_status record_ca(const char *word);

#endif
