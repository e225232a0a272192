/* workshop - the folder where compiling is done
 *
 * A compiler sees it under a path that is always the same, so that equal text
 * gives equal code. In a jail that path can be given to many folders at once;
 * without one, one compilation at a time has it.
 */
#ifndef WORKSHOP_H
#define WORKSHOP_H

/* A folder of one's own until the program ends, empty. */
struct workshop {
	char *dir;
	char *seen_as; /* what a jailed compiler is to see it as */
};

/* Anybody may have made what is above it, so what is not ours is refused.
 * Waits where no folder is free. The strings live as long as the program. */
void workshop_open(struct workshop *w);

/* Waits until no other is publishing what it made, which lasts until the
 * program ends. */
void workshop_publish(void);

/* A compiler that fails for want of disk says nothing about the solution:
 * exits 2 if that is so. */
void workshop_check_disk(const char *dir);

#endif
