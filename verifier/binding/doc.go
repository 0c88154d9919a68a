// Package binding is the verifier for hosts in other languages: a request as bytes
// goes in, a response as bytes comes out (spec/binding.md). The WebAssembly module
// and the C library are this package with nothing but the passing of bytes around
// it, so that an answer has the same bytes everywhere.
//
//	frame = JSON object on one line [ LF body ]
//
//	> {"op":"load","at":"2022-08-10T09:00:00+08:00","anchor":"5d3c…","parts":[{"name":"bundle","length":81920}]} LF …81,920 bytes…
//	< {"ok":true,"versions":{"root":"1.1","list":"1.3"},"report":{}}
//	> {"op":"verify","code":"TX1:RRQT…","at":"2022-08-10T09:00:05+08:00"}
//	< {"ok":true,"verdict":{"outcome":"pass",…}}
//
// An [Instance] begins without trust and answers every code with no_trust. A load
// replaces what is in force at once and whole, or changes nothing; codes are
// verified at the same time by as many callers as there are. What [Instance.Call]
// gives for "stored" is what a host keeps over a restart, so that nothing older
// comes back. The package reads no file, no net and no clock: the host says what
// time it is with every request.
package binding
