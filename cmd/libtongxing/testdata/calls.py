"""calls.py LIBRARY BATCHES: as calls.c, from Python."""
import ctypes
import statistics
import sys
import time

library = ctypes.CDLL(sys.argv[1])
batches = int(sys.argv[2])
library.tongxing_new.restype = ctypes.c_void_p
call, free = library.tongxing_call, library.tongxing_free_bytes
call.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p]
free.argtypes = [ctypes.c_void_p]
data, length = ctypes.c_void_p(), ctypes.c_size_t()
to, size = ctypes.addressof(data), ctypes.addressof(length)
request = b'{"op":"version"}'


def calls(verifier):
    took = []
    for _ in range(batches):
        begun = time.perf_counter()
        for _ in range(100):
            call(verifier, request, 16, to, size)
            free(data)
        took.append((time.perf_counter() - begun) * 1e7)
    return statistics.median(took)


verifier = ctypes.c_void_p(library.tongxing_new())
calls(verifier)
print(f"{calls(verifier):.0f} {calls(None):.0f}")
