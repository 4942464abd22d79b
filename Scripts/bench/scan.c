/* The least that a forward scan of a stream's RAM costs: every record's header, nothing else.
 *
 * scan FILE [map]: reads blocks of 1 MiB, or maps the file. Prints the number of records.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, PAGE = 4096 };

static int input;
static unsigned char *data;
static uint64_t start, filled, size;
static int is_mapped;

/* The bytes at an offset, at least `count` of them; the end of the file ends the scan. */
static const unsigned char *at(uint64_t offset, uint64_t count)
{
    if (is_mapped) {
        return offset + count <= size ? data + offset : NULL;
    }
    if (offset < start || offset + count > start + filled) {
        ssize_t got = pread(input, data, BLOCK, (off_t)offset);
        start = offset;
        filled = got > 0 ? (uint64_t)got : 0;
    }
    return count <= filled ? data + (offset - start) : NULL;
}

static uint64_t big_endian(const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return __builtin_bswap64(word);
}

/* Records of one PART from its first on; gives the offset behind its end mark, 0 at the end. */
static uint64_t part(uint64_t offset, uint64_t *records)
{
    const unsigned char *bytes;
    while ((bytes = at(offset, 9))) {
        uint64_t flags = big_endian(bytes) & (PAGE - 1);
        ++*records;
        if (flags == 0x10) {
            return offset + 8;
        }
        offset += 8 + (flags & 0x20 ? 0 : 1 + bytes[8]);
        offset += flags & 0x02 ? 1 : PAGE;
    }
    return 0;
}

int main(int count, char **words)
{
    struct stat status;
    uint64_t offset, records = 0;
    if (count < 3 || (input = open(words[1], O_RDONLY)) < 0 || fstat(input, &status) < 0) {
        return 2;
    }
    size = (uint64_t)status.st_size;
    is_mapped = count > 3;
    data = is_mapped ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, input, 0) : malloc(BLOCK);
    if (!data || data == MAP_FAILED) {
        return 2;
    }
    /* The first PART's offset comes from whoever made the stream; PARTs of RAM follow one another. */
    for (offset = strtoull(words[2], NULL, 0); offset; ) {
        const unsigned char *bytes = at(offset, 5);
        if (!bytes || bytes[0] != 2) {
            break;
        }
        offset = part(offset + 5, &records);
        offset = offset ? offset + 5 : 0;
    }
    printf("%llu\n", (unsigned long long)records);
    return records == 0;
}
