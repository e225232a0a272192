/* enter - what sandbox.c and the program enter say to each other
 *
 *   enter FDS FLAGS BYTES DIR PROGRAM [ARGUMENT...]
 *
 * The program's descriptors are 3 to 3 + FDS - 1. After them come the report,
 * where enter writes ENTER_READY, then nothing more, or ENTER_FAILED with its
 * words on standard error; and go, where it waits for a byte: the end of that
 * file means that the judge has died. FLAGS are letters.
 */
#ifndef ENTER_H
#define ENTER_H

#define ENTER_FIRST_FD 3
#define ENTER_READY 'r'
#define ENTER_FAILED 'x'

#define ENTER_FORKS 'f'  /* it may start processes */
#define ENTER_JAILED 'j' /* in a user namespace of its own */
#define ENTER_NOBODY 'n' /* it is root and is to become nobody */
#define ENTER_PLAIN '-'  /* so that FLAGS is never empty */

#endif
