package format

// Version is the version of the credential's format, the number in TX1: and behind
// 86 in the digits form (credential.md).
const Version = 1

// PayloadKey is the key of the claims in the payload, which is signed: a changed
// meaning takes the next number down with the next [Version].
const PayloadKey = keyClaims
