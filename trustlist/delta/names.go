package delta

// Format is what a delta begins with: its name and the version of its form.
const Format = magic
