//go:build !js

// Command tongxing-wasm is the verifier as a WebAssembly module: package binding
// with nothing but the passing of bytes around it (spec/binding.md). It is built
// with GOOS=js GOARCH=wasm; for anything else it is a program that does nothing.
//
// The module gives its host a function that makes instances, each of which is one
// from request bytes to response bytes:
//
//	const call = newInstance()        // trusts nothing
//	const response = call(request)    // Uint8Array in, Uint8Array out
package main

import "os"

func main() { os.Exit(2) }
