/* judge - the two things that a judgement does, each into a file of its job */
#ifndef JUDGE_H
#define JUDGE_H

#include "session.h"

/* Both return 0 if the candidate was right throughout and 1 if it was not; -1
 * with the fault set, and no file, for trouble that is no fault of it. */
int judge_verify(const struct job *job, struct session *s, struct fault *f);
int judge_bench(const struct job *job, struct session *s, struct fault *f);

#endif
