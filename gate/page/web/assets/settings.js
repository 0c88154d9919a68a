// What a device remembers: the venue, the language and how the page is set.
// Nothing of a scan is ever among it.

const place = "tongxing.settings";
const known = ["venue", "language", "sound", "camera", "way"];

function read() {
  try {
    const stored = JSON.parse(localStorage.getItem(place) ?? "{}");
    return Object.fromEntries(known.filter((name) => name in stored).map((name) => [name, stored[name]]));
  } catch {
    return {}; // storage is off, or somebody else's
  }
}

const values = read();

export function setting(name) {
  return values[name];
}

export function keep(name, value) {
  if (!known.includes(name)) throw new Error(`not a setting: ${name}`);
  values[name] = value;
  try {
    localStorage.setItem(place, JSON.stringify(values));
  } catch {
    // Kept until the page is closed.
  }
}
