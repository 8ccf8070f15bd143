#ifndef COVENANT_CONFINEMENT_H
#define COVENANT_CONFINEMENT_H

/// Keeps the calling thread and all it will execute to rules, for ever; -1 sets `errno`.
int cwp_confine(int rules);

#endif
