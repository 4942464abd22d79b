/* The message allocator of the fixed map as shipped, over all histories of three functions.
 *
 * The state is that of `messages-disjoint` in `irqproof prove`: for each function the first place and the
 * count of its block, and the order in which they were last enabled. Both searches must find the same number
 * of states, so that their speeds can be compared.
 */

#define FUNCTIONS 3
#define SIZE 3328

short first[FUNCTIONS];
byte count[FUNCTIONS];
byte order[FUNCTIONS];          /* functions plus 1, the earliest first; 0 behind the last */

/* Scratch: always 0 between steps, so that it adds no states. */
hidden short place;
hidden short last;
hidden byte i;
hidden byte other;
hidden byte clear;

/* MSI blocks start anywhere, MSI-X blocks at even places. */
#define ALIGN(f) ((f == 2) -> 1 : 2)

inline forget(f) {
    i = 0;
    do
    :: i < FUNCTIONS && order[i] != f + 1 -> i++
    :: else -> break
    od;
    do
    :: i + 1 < FUNCTIONS -> order[i] = order[i + 1]; i++
    :: i + 1 == FUNCTIONS -> order[i] = 0; break
    :: i + 1 > FUNCTIONS -> break
    od
}

inline search(f, n) {
    place = 0;
    clear = 0;
    do
    :: clear == 1 -> break
    :: clear == 0 && place + n > SIZE -> break
    :: else ->
        clear = 1;
        other = 0;
        do
        :: other == FUNCTIONS -> break
        :: other < FUNCTIONS ->
            if
            :: count[other] > 0 && first[other] < place + n && place < first[other] + count[other] ->
                place = first[other] + count[other];
                place = ((place + ALIGN(f) - 1) / ALIGN(f)) * ALIGN(f);
                clear = 0;
                break
            :: else -> other++
            fi
        od
    od
}

inline request(f, n) {
    d_step {
        search(f, n);
        assert(clear == 1);
        first[f] = place;
        count[f] = n;
        forget(f);
        i = 0;
        do
        :: i < FUNCTIONS && order[i] != 0 -> i++
        :: else -> break
        od;
        order[i] = f + 1;
        /* No number belongs to two functions. */
        other = 0;
        do
        :: other == FUNCTIONS -> break
        :: other < FUNCTIONS ->
            assert(other == f || count[other] == 0 || first[other] + count[other] <= first[f]
                || first[f] + count[f] <= first[other]);
            other++
        od;
        place = 0; i = 0; other = 0; clear = 0
    }
}

inline disable(f) {
    d_step {
        count[f] > 0;
        first[f] = 0;
        count[f] = 0;
        forget(f);
        i = 0
    }
}

inline reset() {
    d_step {
        i = 0;
        do
        :: i < FUNCTIONS -> first[i] = 0; count[i] = 0; order[i] = 0; i++
        :: i == FUNCTIONS -> break
        od;
        i = 0
    }
}

active proctype guest() {
    do
    :: request(0, 1)
    :: request(0, 2)
    :: request(0, 3)
    :: request(1, 1)
    :: request(1, 2)
    :: request(1, 3)
    :: request(2, 1)
    :: request(2, 2)
    :: request(2, 4)
    :: disable(0)
    :: disable(1)
    :: disable(2)
    :: reset()
    od
}
