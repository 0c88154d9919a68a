package cose

// Sign1Structure is what the signature of a COSE_Sign1 is over.
func Sign1Structure(protected, payload []byte) []byte {
	return appendSign1Structure(nil, protected, payload)
}
