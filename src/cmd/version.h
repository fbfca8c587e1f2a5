/* `reprise --version`: the program, its libraries with their versions, and what they can do. */
#ifndef CMD_VERSION_H
#define CMD_VERSION_H

/* To standard output. */
void version_print(void);

#endif
