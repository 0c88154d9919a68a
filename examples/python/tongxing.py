"""Health codes verified without a network: libtongxing through ctypes.

>>> with Verifier() as verifier:
...     verifier.load(bundle, anchor, at=now)
...     verifier.verify(code, at=now)["outcome"]
'pass'
"""

import ctypes
import json
from datetime import datetime

ABI_VERSION = 1


class Refused(Exception):
    """The library did not accept a request; args are the name and the sentences."""


def _library():
    library = ctypes.CDLL(f"libtongxing.so.{ABI_VERSION}")
    library.tongxing_new.restype = ctypes.c_void_p
    library.tongxing_free.argtypes = [ctypes.c_void_p]
    library.tongxing_free_bytes.argtypes = [ctypes.c_void_p]
    library.tongxing_free_bytes.restype = None
    library.tongxing_call.argtypes = [
        ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t,
        ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_size_t),
    ]
    return library


class Verifier:
    """One verifier. Threads may share it; ctypes lets others run during a call."""

    def __init__(self):
        self._library = _library()
        self._handle = self._library.tongxing_new()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._library.tongxing_free(self._handle)

    def load(self, bundle: bytes, anchor: str, at: datetime) -> dict:
        """Puts a bundle in force; anchor is the hash of the root in hexadecimal."""
        return self._call({"op": "load", "at": at.isoformat(), "anchor": anchor,
                           "parts": [{"name": "bundle", "length": len(bundle)}]}, bundle)

    def verify(self, code: str, at: datetime, **context) -> dict:
        """Returns the verdict. context: venue and presented, as in spec/binding.md."""
        # Bytes that are no UTF-8 come from a scanner as half surrogate pairs; such a
        # text has a verdict too.
        code = code.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return self._call({"op": "verify", "code": code, "at": at.isoformat(), **context})["verdict"]

    def _call(self, header: dict, body: bytes = b"") -> dict:
        request = json.dumps(header).encode() + (b"\n" + body if body else b"")
        data, length = ctypes.c_void_p(), ctypes.c_size_t()
        result = self._library.tongxing_call(
            self._handle, request, len(request), ctypes.byref(data), ctypes.byref(length))
        if not data:
            raise Refused(f"result {result}")
        try:
            response = json.loads(ctypes.string_at(data, length.value).split(b"\n", 1)[0])
        finally:
            self._library.tongxing_free_bytes(data)
        if not response["ok"]:
            error = response["error"]
            raise Refused(error["name"], error["zh"], error["en"])
        return response
