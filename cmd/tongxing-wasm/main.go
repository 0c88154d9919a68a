//go:build js && wasm

// Command tongxing-wasm is the verifier as a WebAssembly module: package binding
// with nothing but the passing of bytes around it (spec/binding.md). The npm package
// of js/verifier loads it, and so may whoever has bytes of it and wasm_exec.js.
//
// A module that is started calls the function that its host has left under
// globalThis.tongxing once, with a function that makes instances, and leaves
// nothing else behind there:
//
//	globalThis.tongxing = (newInstance) => {
//	  const call = newInstance()        // trusts nothing
//	  const response = call(request)    // Uint8Array in, Uint8Array out
//	}
//
// The host takes that function away before it starts the next module, so that any
// number of modules, and any number of instances in each, are apart.
package main

import (
	"syscall/js"

	"github.com/tongxing/tongxing/verifier/binding"
)

// hook is the name under globalThis of the function that is handed what makes
// instances.
const hook = "tongxing"

func main() {
	js.Global().Call(hook, js.FuncOf(func(js.Value, []js.Value) any { return newInstance() }))
	select {} // the host's calls come from now on
}

// newInstance returns what calls a new instance. It lives as long as the module.
func newInstance() js.Func {
	instance := binding.New()
	bytes := js.Global().Get("Uint8Array")
	return js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		var request []byte
		if len(arguments) == 1 && arguments[0].InstanceOf(bytes) {
			request = make([]byte, arguments[0].Length())
			js.CopyBytesToGo(request, arguments[0])
		}
		response := instance.Call(request)
		out := bytes.New(len(response))
		js.CopyBytesToJS(out, response)
		return out
	})
}
