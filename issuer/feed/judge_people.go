package feed

import (
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
)

// person judges a row of the people file.
func (j *judge) person(d document) {
	name, birthText := j.value("name"), j.value("birth_date")
	day, dayOK := parseDay(birthText)
	j.mark(name)
	j.markInt(day, dayOK, birthText)

	j.faults.addIf(name == "", spec.RejectNameEmpty)
	if name != "" {
		_, err := format.MaskName(name)
		j.faults.addIf(err != nil, spec.RejectUnreadableCharacter)
	}
	j.faults.addIf(!d.known, spec.RejectDocumentTypeUnknown)
	j.faults.addIf(!dayOK, spec.RejectBirthDateInvalid)
	j.faults.addIf(dayOK && day > dayAt(j.at), spec.RejectBirthDateInFuture)
	switch {
	case d.number == "":
		j.faults.add(spec.RejectDocumentNumberEmpty)
	case d.numberErr && d.kind.CitizenNumber:
		j.faults.add(spec.RejectCheckCharacterWrong)
	case d.numberErr:
		j.faults.add(spec.RejectDocumentNumberInvalid)
	case d.kind.CitizenNumber && dayOK:
		// Positions 7 to 14 of GB 11643 are the date of birth.
		j.faults.addIf(d.number[6:14] != compactDay(day), spec.RejectBirthDateDiffers)
	}
	j.content.putText(d.kind.Number)
	j.content.putText(d.number)
	j.content.putText(name)
	j.content.putInt(day)
}

func compactDay(day int64) string {
	return time.Unix(day*secondsPerDay, 0).UTC().Format("20060102")
}
