package feed

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/csv"
	"slices"
	"strconv"

	"github.com/tongxing/tongxing/spec"
)

// rejectHeader is the header of the file of rejects.
var rejectHeader = []string{"文件", "行号", "原因"}

const (
	lineKeySize   = 8
	rejectKeySize = 1 + lineKeySize
)

// addReject keeps a refused row: the place of its file in the order of file
// names, the line, the reason.
func (r *importRun) addReject(k, line uint64, reason spec.Reject) error {
	rank := 0
	for _, other := range r.files {
		if other.name != "" && other.name < r.files[k].name {
			rank++
		}
	}
	r.scratch = append(r.scratch[:0], byte(rank))
	r.scratch = appendLineKey(r.scratch, line)
	r.scratch = append(r.scratch, byte(reason))
	return r.rejects.add(r.scratch)
}

// writeRejects writes all refused rows.
func (r *importRun) writeRejects() error {
	var names []string
	for _, file := range r.files {
		if file.name != "" {
			names = append(names, file.name)
		}
	}
	slices.SortFunc(names, cmp.Compare[string])
	writer := csv.NewWriter(r.options.Rejects)
	if err := writer.Write(rejectHeader); err != nil {
		return err
	}
	err := r.rejects.each(func(data []byte) error {
		if len(data) != rejectKeySize+1 || int(data[0]) >= len(names) {
			return errSpill
		}
		line := binary.BigEndian.Uint64(data[1:])
		reason := spec.Reject(data[rejectKeySize])
		return writer.Write([]string{names[data[0]], strconv.FormatUint(line, 10), reason.Text("zh")})
	})
	if err != nil {
		return err
	}
	writer.Flush()
	return writer.Error()
}

// writeRecords writes all records.
func (r *importRun) writeRecords() error {
	r.meter.begin(StageWrite, r.records.count)
	writer := bufio.NewWriterSize(r.options.Records, 256<<10)
	err := r.records.each(func(data []byte) error {
		if err := r.tick(1); err != nil {
			return err
		}
		_, err := writer.Write(data[lineKeySize:])
		return err
	})
	if err != nil {
		return err
	}
	if err := writer.Flush(); err != nil {
		return err
	}
	r.meter.tell()
	return r.ctx.Err()
}
