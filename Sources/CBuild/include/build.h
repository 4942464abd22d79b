#ifndef IRQPROOF_BUILD_H
#define IRQPROOF_BUILD_H

/// The commit that the package was built from, "" where it is not known: a debug build, or no git at hand.
const char *build_commit(void);

#endif
