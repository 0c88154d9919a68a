// Package trustlist holds the signed documents that a verifier believes, and
// loads them from one bundle.
package trustlist
