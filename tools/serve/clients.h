/* clients - those who ask at once, none of whom keeps the others waiting */
#ifndef CLIENTS_H
#define CLIENTS_H

#include "pages.h"

#define CLIENTS 64
#define CLIENT_S 10.0 /* that one has, to ask and to take the answer */

/* Answers who comes to the socket until *stop. */
void clients_serve(int listener, int port, struct pages *p,
                   volatile const int *stop);

#endif
