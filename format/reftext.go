package format

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrNotAReference reports a text that is not the reference of a credential.
var ErrNotAReference = errors.New("format: not a reference (33-7936-734003: region, list, index)")

// ReferenceText returns the identity of a credential in the country, as people
// and files write it: the issuer, the list number and the index, as
// "33-7936-734003".
func ReferenceText(issuer string, ref Ref) string {
	return fmt.Sprintf("%s-%d-%d", issuer, ref.List, ref.Index)
}

// ParseReference is the inverse of [ReferenceText]: an issuer of two digits, a list
// number below 2^20 and an index below 2^32, without signs or leading zeros. The
// error is [ErrNotAReference].
func ParseReference(text string) (issuer string, ref Ref, err error) {
	issuer, rest, _ := strings.Cut(text, "-")
	list, index, _ := strings.Cut(rest, "-")
	l, errList := strconv.ParseUint(list, 10, 20)
	i, errIndex := strconv.ParseUint(index, 10, 32)
	if errors.Join(errList, errIndex) != nil || len(issuer) != 2 || strings.Trim(issuer, "0123456789") != "" {
		return "", Ref{}, ErrNotAReference
	}
	ref = Ref{List: uint32(l), Index: uint32(i)}
	if ReferenceText(issuer, ref) != text {
		return "", Ref{}, ErrNotAReference
	}
	return issuer, ref, nil
}
