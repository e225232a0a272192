/* chore - one of a project's commands, run in the jail where its copy is */
#ifndef CHORE_H
#define CHORE_H

#include "command.h"
#include "settings.h"
#include "workshop.h"

#define CHORE_OUT 1024

/* Runs the command in the workshop's folder, by sh(1). out, if it is not NULL,
 * gets the end of its standard output, which is then not in the result. A
 * command may write there, and see what the setting `reads` names beside the
 * system, and the GPUs if the settings are a GPU's. Returns -1 with the fault
 * set if it could not be run. */
int chore_run(const char *command, const struct settings *s,
              const struct workshop *w, char out[CHORE_OUT],
              struct command_result *r, struct fault *f);

#endif
