"""vectors.py LIBRARY FOLDER: as vectors.c, from Python."""
import ctypes
import os
import sys

library = ctypes.CDLL(sys.argv[1])
library.tongxing_new.restype = ctypes.c_void_p
library.tongxing_free.argtypes = [ctypes.c_void_p]
library.tongxing_free_bytes.argtypes = [ctypes.c_void_p]
library.tongxing_call.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t,
                                  ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_size_t)]


def call(verifier, request):
    data, length = ctypes.c_void_p(), ctypes.c_size_t()
    result = library.tongxing_call(verifier, request, len(request), ctypes.byref(data), ctypes.byref(length))
    response = ctypes.string_at(data, length.value)
    library.tongxing_free_bytes(data)
    return result, response


count, name, verifier, response = 0, None, None, None
with open(os.path.join(sys.argv[2], "cases.txt"), "rb") as cases:
    for line in cases:
        mark, rest = line[:1], line[2:-1]
        if mark == b"=":
            name = rest.decode()
        elif mark == b"*":
            library.tongxing_free(verifier)
            verifier = library.tongxing_new()
            if rest != b"-":
                with open(os.path.join(sys.argv[2], rest.decode()), "rb") as file:
                    result, response = call(verifier, file.read())
                if result != 0:
                    sys.exit(f"{name}: did not load: {response}")
        elif mark == b">":
            result, response = call(verifier, rest)
        elif mark == b"<":
            if (result, response) != (0, rest):
                sys.exit(f"{name}: {result} {response}, want {rest}")
            count += 1
print(count)
