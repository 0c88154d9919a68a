//go:build cgo

package main

/*
#cgo CFLAGS: -fvisibility=hidden -Wall -Wextra -Wno-unused-parameter
#include <string.h>

#include "tongxing.h"

void *tongxing_allocate(size_t size);
*/
import "C"

import (
	"unsafe"

	"github.com/tongxing/tongxing/verifier"
	"github.com/tongxing/tongxing/verifier/binding"
)

// verifiers are those that C holds.
var verifiers entrance

//export libtongxingNew
func libtongxingNew() (number C.uintptr_t) {
	defer func() {
		if recover() != nil {
			number = 0
		}
	}()
	return C.uintptr_t(verifiers.add())
}

//export libtongxingFree
func libtongxingFree(number C.uintptr_t) C.int {
	if !verifiers.close(uintptr(number)) {
		return C.TONGXING_BAD_HANDLE
	}
	return C.TONGXING_OK
}

//export libtongxingCall
func libtongxingCall(number C.uintptr_t, request *C.uint8_t, length C.size_t, response **C.uint8_t, responseLength *C.size_t) (result C.int) {
	defer caught(&result)
	instance := verifiers.find(uintptr(number))
	if instance == nil {
		return C.TONGXING_BAD_HANDLE
	}
	return answer(instance.Call(view(request, length)), response, responseLength)
}

//export libtongxingLoad
func libtongxingLoad(number C.uintptr_t, at C.int64_t, anchor *C.uint8_t, anchorLength C.size_t, bundle *C.uint8_t, bundleLength C.size_t, memory *C.uint8_t, memoryLength C.size_t, response **C.uint8_t, responseLength *C.size_t) (result C.int) {
	defer caught(&result)
	instance := verifiers.find(uintptr(number))
	switch {
	case instance == nil:
		return C.TONGXING_BAD_HANDLE
	case !isTime(int64(at)):
		return C.TONGXING_BAD_ARGUMENT
	case anchorLength+bundleLength+memoryLength > binding.MaxBody: // each was checked: the sum is no overflow
		return C.TONGXING_TOO_LARGE
	}
	frame, err := loading{int64(at), view(anchor, anchorLength), view(bundle, bundleLength), view(memory, memoryLength)}.frame()
	if err != nil {
		return C.TONGXING_INTERNAL
	}
	return answer(instance.Call(frame), response, responseLength)
}

//export libtongxingVerify
func libtongxingVerify(number C.uintptr_t, at C.int64_t, code *C.uint8_t, length C.size_t, context *C.tongxing_context, outcome *C.int, verdict **C.uint8_t, verdictLength *C.size_t) (result C.int) {
	defer caught(&result)
	instance := verifiers.find(uintptr(number))
	switch {
	case instance == nil:
		return C.TONGXING_BAD_HANDLE
	case !isTime(int64(at)):
		return C.TONGXING_BAD_ARGUMENT
	case length > binding.MaxHeader:
		return C.TONGXING_TOO_LARGE
	}
	frame, err := verifyingOf(at, view(code, length), context).frame()
	if err != nil {
		return C.TONGXING_INTERNAL
	}
	response := instance.Call(frame)
	if !isAccepted(response) {
		return answer(response, verdict, verdictLength)
	}
	text, came, err := verdictOf(response)
	if err != nil {
		return C.TONGXING_INTERNAL
	}
	if result := hand(text, verdict, verdictLength); result != C.TONGXING_OK {
		return result
	}
	*outcome = outcomes[came]
	return C.TONGXING_OK
}

// outcomes are the numbers of the header.
var outcomes = map[verifier.Outcome]C.int{
	verifier.Unverified: C.TONGXING_UNVERIFIED,
	verifier.Pass:       C.TONGXING_PASS,
	verifier.Restricted: C.TONGXING_RESTRICTED,
	verifier.Check:      C.TONGXING_CHECK,
}

func verifyingOf(at C.int64_t, code []byte, context *C.tongxing_context) verifying {
	v := verifying{at: int64(at), code: string(code)}
	if context == nil {
		return v
	}
	v.class = uint32(context.venue_class)
	v.region = text(context.venue_region)
	v.kind = text(context.document_type)
	v.number = text(context.document_number)
	v.name = text(context.name)
	return v
}

// text is one of C's, cut where no text is so long that it could mean anything.
func text(s *C.char) string {
	if s == nil {
		return ""
	}
	return C.GoStringN(s, C.int(C.strnlen(s, binding.MaxHeader)))
}

// view is C's memory as a slice. The length was checked in C.
func view(data *C.uint8_t, length C.size_t) []byte {
	return unsafe.Slice((*byte)(data), int(length))
}

// answer hands a response frame over.
func answer(response []byte, to **C.uint8_t, length *C.size_t) C.int {
	if result := hand(response, to, length); result != C.TONGXING_OK {
		return result
	}
	if !isAccepted(response) {
		return C.TONGXING_REFUSED
	}
	return C.TONGXING_OK
}

// hand copies data into memory of C's with a byte 0 behind it. A nil to is for a
// caller who does not want it.
func hand(data []byte, to **C.uint8_t, length *C.size_t) C.int {
	if to == nil {
		return C.TONGXING_OK
	}
	memory := C.tongxing_allocate(C.size_t(len(data) + 1))
	if memory == nil {
		return C.TONGXING_NO_MEMORY
	}
	copied := unsafe.Slice((*byte)(memory), len(data)+1)
	copied[copy(copied, data)] = 0
	*to, *length = (*C.uint8_t)(memory), C.size_t(len(data))
	return C.TONGXING_OK
}

// caught turns a panic, which would end the host, into a result. The packages below
// have none that is known.
func caught(result *C.int) {
	if recover() != nil {
		*result = C.TONGXING_INTERNAL
	}
}
