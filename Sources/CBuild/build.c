#include "build.h"

#ifndef IRQPROOF_COMMIT
#define IRQPROOF_COMMIT ""
#endif

const char *build_commit(void) {
    return IRQPROOF_COMMIT;
}
