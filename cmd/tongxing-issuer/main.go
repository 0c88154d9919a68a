// Command tongxing-issuer is what a province issues with: the service that
// issues one by one, jobs and workers that issue a hundred million overnight,
// and the registry under both. `tongxing-issuer help` lists what it can do,
// `tongxing-issuer dev` starts all of it on this machine for a first try.
package main

import "github.com/tongxing/tongxing/cmd/internal/program"

func main() { program.Main(run) }
