/* reference - the launcher that knows what is right
 *
 * It draws the inputs, runs the trusted reference on them, keeps what is
 * expected in memory of its own, and compares other launchers' outputs.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#define REFERENCE_SOCKET 3 /* the descriptor that it is started with */

/* Serves the judge until it hangs up. */
void reference_serve(const char *job_dir);

/* Answers once, by what the device can do. */
void probe_serve(void);

#endif
