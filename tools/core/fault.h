/* fault - one line that says what is wrong, and where
 *
 * A module that reads or starts something returns -1 (or NULL) and leaves the
 * reason here; the tool prints it as "tool: REASON" and exits 2. A reason that
 * concerns a file begins with "path: " or "path:line: ".
 */
#ifndef FAULT_H
#define FAULT_H

struct fault {
	char text[512];
	int lasts; /* to try again would not help */
};

/* Sets the reason. Always returns -1, so that callers can return it. */
int fault_set(struct fault *f, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));

/* The same, of what lasts. */
int fault_set_lasting(struct fault *f, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));

/* The same with ": " and strerror(errno) after it. A full disk lasts. */
int fault_errno(struct fault *f, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));

#endif
