// Package check holds what ops has for operators to what reads it: manifests to the
// types of Kubernetes, the compose file to docker-compose, units to systemd, queries
// to Prometheus, and every command line to the programs.
//
// It is a module of its own, so that nobody who builds Tongxing downloads
// Kubernetes, and it has tests alone.
package check
