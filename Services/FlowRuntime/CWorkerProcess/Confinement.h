#ifndef COVENANT_CONFINEMENT_H
#define COVENANT_CONFINEMENT_H

/// Keeps the calling thread and all it will execute to rules, without any capability, for ever; -1
/// sets `errno`. To be called once new privileges are ruled out (PR_SET_NO_NEW_PRIVS).
int cwp_confine(int rules);

#endif
