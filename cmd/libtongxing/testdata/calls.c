/* calls BATCHES: what one call costs, in nanoseconds: with the smallest request, and where
 * only the way into Go and back is left (no such verifier). */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <tongxing.h>

enum { BATCH = 100 };

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median over batches so short that few of them are interrupted. */
static double calls(tongxing_verifier *verifier, long batches) {
    const char request[] = "{\"op\":\"version\"}";
    double *took = malloc((size_t)batches * sizeof *took);
    for (long i = 0; i < batches; i++) {
        struct timespec begun, done;
        clock_gettime(CLOCK_MONOTONIC, &begun);
        for (int j = 0; j < BATCH; j++) {
            uint8_t *response;
            size_t length;
            if (tongxing_call(verifier, (const uint8_t *)request, sizeof request - 1, &response, &length) > TONGXING_BAD_HANDLE) {
                exit(1);
            }
            tongxing_free_bytes(response);
        }
        clock_gettime(CLOCK_MONOTONIC, &done);
        took[i] = ((double)(done.tv_sec - begun.tv_sec) * 1e9 + (double)(done.tv_nsec - begun.tv_nsec)) / BATCH;
    }
    qsort(took, (size_t)batches, sizeof *took, compare);
    double median = took[batches / 2];
    free(took);
    return median;
}

int main(int argc, char **argv) {
    long batches = argc == 2 ? atol(argv[1]) : 1;
    tongxing_verifier *verifier = tongxing_new();
    calls(verifier, batches);
    printf("%.0f %.0f\n", calls(verifier, batches), calls(NULL, batches));
    tongxing_free(verifier);
    return 0;
}
