package enrolment

// Format is what an enrolment file begins with: its name and the version of its form.
const Format = magic
