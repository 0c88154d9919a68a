// What a USB scanner types, as a keyboard does: characters 10 ms apart, then
// Enter or Tab. The page collects them and gives the text to the engine as it
// came: what noise, caps lock, layouts and input methods made of it is the
// engine's to judge (package wedge).
//
// A pause ends a line too, for scanners that send no Enter: what is too short
// for a code is then somebody who touched the keyboard, and dropped.

const pause = 600;
const least = 20; // characters: a code has 200 and more, a slip of the hand few
const most = 8192; // no code is longer: what goes on is a key that is stuck

export class Wedge {
  #line;
  #text = "";
  #timer;

  /** line is called with each text that is complete. */
  constructor(line) {
    this.#line = line;
    document.addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  /** Takes text that an input method composed where no field has the focus. */
  add(text) {
    this.#text = (this.#text + text).slice(0, most);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(least), pause);
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !takesKeys(event.target)) return;
    if (event.key === "Enter" || event.key === "Tab") {
      if (this.#text.length < 4) {
        this.#drop();
        return; // a person's Enter: the page's own
      }
      event.preventDefault();
      event.stopPropagation();
      this.#end(4);
    } else if ([...event.key].length === 1) {
      if (event.key === " " && this.#text === "") return; // presses a button
      event.preventDefault();
      this.add(event.key);
    }
  }

  #end(shortest) {
    const text = this.#text;
    this.#drop();
    if (text.length >= shortest) this.#line(text);
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#text = "";
  }
}

/** Whether keys on this element are nobody else's: fields keep theirs. */
function takesKeys(target) {
  return !(target instanceof HTMLElement && target.closest("input, select, textarea, dialog"));
}
