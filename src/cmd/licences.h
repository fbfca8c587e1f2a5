/* `reprise --version --licences`: the licences of the program and of what its page contains. */
#ifndef CMD_LICENCES_H
#define CMD_LICENCES_H

/* To standard output. */
void licences_print(void);

#endif
