//go:build js && wasm

// Command tongxing-gate-wasm is the gate as a WebAssembly module: package webapp
// with nothing but the passing of bytes around it. The loader of js/verifier starts
// it as it starts tongxing-wasm, whose way of handing itself over it has:
//
//	globalThis.tongxing = (newInstance) => {
//	  const call = newInstance()        // trusts nothing
//	  const response = call(request)    // Uint8Array in, Uint8Array out
//	}
package main

import (
	"syscall/js"
	"time"

	"github.com/tongxing/tongxing/gate/webapp"
)

func main() {
	js.Global().Call("tongxing", js.FuncOf(func(js.Value, []js.Value) any { return newInstance() }))
	select {} // the page's calls come from now on
}

// newInstance returns what calls a new gate, or null where the system has no
// randomness to give. It lives as long as the module.
func newInstance() any {
	app, err := webapp.New(time.Now)
	if err != nil {
		return js.Null()
	}
	bytes := js.Global().Get("Uint8Array")
	return js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		var request []byte
		if len(arguments) == 1 && arguments[0].InstanceOf(bytes) {
			request = make([]byte, arguments[0].Length())
			js.CopyBytesToGo(request, arguments[0])
		}
		response := app.Call(request)
		out := bytes.New(len(response))
		js.CopyBytesToJS(out, response)
		return out
	})
}
