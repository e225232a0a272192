/* workshop - the one folder where compiling is done
 *
 * Its path is always the same, so that equal text gives equal code, and one
 * compilation at a time has it.
 */
#ifndef WORKSHOP_H
#define WORKSHOP_H

/* Returns /tmp/ratchet-UID/compile, empty. Anybody may have made what is above
 * it, so what is not ours is refused. Waits for its turn, which lasts until the
 * program ends. Caller frees. */
char *workshop_open(void);

/* A compiler that fails for want of disk says nothing about the solution:
 * exits 2 if that is so. */
void workshop_check_disk(const char *dir);

#endif
