package cose

// Sign1Structure is what the signature of a COSE_Sign1 is over.
var Sign1Structure = sign1Structure
