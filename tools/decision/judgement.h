/* judgement - the decision on an experiment, as verdict.json
 *
 * A pure function of the experiment's files and the kernel's settings: no
 * clock, no randomness, no measurement, and numbers rounded so that the same
 * files give the same bytes everywhere.
 */
#ifndef JUDGEMENT_H
#define JUDGEMENT_H

#include "fault.h"

/* The text of verdict.json for the experiment in dir. Caller frees. Returns
 * NULL with the fault set where its files are missing, broken or disagree. */
char *judgement_make(const char *kernel_dir, const char *dir, struct fault *f);

#endif
