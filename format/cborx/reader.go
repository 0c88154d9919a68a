package cborx

// Reader takes data that has passed [Check] apart, item by item, for the few
// structures that every scan reads: fixed ones, where a general decoder would
// cost more than all the rest. Each method reads one item of the type in its
// name; whether all were of their types, and all were read, is asked once, at the
// end, with [Reader.Done]. Until then what the methods return means nothing.
//
//	r := cborx.NewReader(data)  // {1: -7, 4: h'3f9c21d7'}
//	pairs, one, alg, four, kid := r.Map(), r.Int(), r.Int(), r.Int(), r.Bytes()
//	ok := r.Done() && pairs == 2 && one == 1 && four == 4
type Reader struct {
	data   []byte
	offset int
	failed bool
}

// NewReader returns a reader of data, which must have passed [Check]. It neither
// changes nor copies data.
func NewReader(data []byte) *Reader { return &Reader{data: data} }

// head reads the head of an item of the given major type.
func (r *Reader) head(major byte) uint64 {
	if r.failed {
		return 0
	}
	got, argument, next, fault := readHead(r.data, r.offset)
	if fault != "" || got != major {
		r.failed = true
		return 0
	}
	r.offset = next
	return argument
}

// Array returns the number of items of an array, which follow.
func (r *Reader) Array() uint64 { return r.head(majorArray) }

// Map returns the number of pairs of a map, which follow: key, value, key, ...
func (r *Reader) Map() uint64 { return r.head(majorMap) }

// Bytes returns a byte string, as a part of the reader's data.
func (r *Reader) Bytes() []byte { return r.content(majorBytes) }

// Text returns a text string, which is UTF-8: Check has looked.
func (r *Reader) Text() string { return string(r.content(majorText)) }

func (r *Reader) content(major byte) []byte {
	length := r.head(major)
	if r.failed || length > uint64(len(r.data)-r.offset) {
		r.failed = true
		return nil
	}
	start := r.offset
	r.offset += int(length)
	return r.data[start:r.offset:r.offset]
}

// Int returns an integer of the signed 64-bit range.
func (r *Reader) Int() int64 {
	if r.offset < len(r.data) && r.data[r.offset]>>5 == majorNegative {
		return -1 - r.integer(majorNegative)
	}
	return r.integer(majorUnsigned)
}

func (r *Reader) integer(major byte) int64 {
	argument := r.head(major)
	if argument > 1<<63-1 {
		r.failed = true
		return 0
	}
	return int64(argument)
}

// Done reports whether every item was of the type that was read and none is left.
func (r *Reader) Done() bool { return !r.failed && r.offset == len(r.data) }
