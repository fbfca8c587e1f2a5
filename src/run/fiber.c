#include "run/fiber.h"

#define TO(state, from, to, event) | (FIBER_##from == (state) ? 1u << FIBER_##to : 0u)
#define NEXT(state)		   [state] = (uint16_t)(0u FIBER_TRANSITIONS(TO, state))

const uint16_t fiber_next[FIBER_STATE_COUNT] = {
    NEXT(FIBER_FREE),	   NEXT(FIBER_RUNNING),	 NEXT(FIBER_PREPARED),	    NEXT(FIBER_QUEUED),
    NEXT(FIBER_IN_FLIGHT), NEXT(FIBER_CHECKING), NEXT(FIBER_RETRYING),	    NEXT(FIBER_SLEEPING),
    NEXT(FIBER_FORKING),   NEXT(FIBER_JOINING),	 NEXT(FIBER_AT_RENDEZVOUS), NEXT(FIBER_AWAITING),
    NEXT(FIBER_CANCELLING), NEXT(FIBER_ABORTED),
};

void fiber_bad_transition(enum fiber_state from, enum fiber_state to)
{
	BUG("a fiber cannot go from state %d to state %d", (int)from, (int)to);
}
