package fetch

// StoreFormat is what a device's store begins with: its name and the version of its
// form.
const StoreFormat = storeMagic
