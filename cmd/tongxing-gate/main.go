// Command tongxing-gate is the device at a venue's entrance. It opens a page on
// loopback where a guard sees one full-screen verdict for every code, and it has the
// same as a command line and an interface for turnstiles and kiosks. It works without
// a network, keeps nothing of a scan, and holds no code that signs.
//
//	tongxing-gate --root national-root.cose --watch /media/stick
//	tongxing-gate --stdin <codes.txt
//	tongxing-gate selftest
package main

import "github.com/tongxing/tongxing/cmd/internal/program"

func main() { program.Main(run) }
