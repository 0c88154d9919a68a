package trustlist

// BundleFormat is what a bundle begins with: its name and the version of its form
// (trust.md, section 10).
const BundleFormat = bundleMagic
