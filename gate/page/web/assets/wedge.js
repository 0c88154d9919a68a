// What a USB scanner types, as a keyboard does: characters 10 ms apart, then
// Enter or Tab. The page collects them and gives the text to the engine as it
// came: what noise, caps lock, layouts and input methods made of it is the
// engine's to judge (package wedge).
//
// A pause ends a line too, for scanners that send no Enter: what is too short
// for a code is then somebody who touched the keyboard, and dropped.

const pause = 600;
const least = 20; // characters: a code has 200 and more, a slip of the hand few
/** Characters: fewer than any code has, more than a document's number or name. */
export const shortestCode = 129;
const hand = 150; // milliseconds: whoever types leaves more between two keys, now and then
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
    } else if (padDigit(event)) {
      this.add(padDigit(event)); // and the key does what it does: a hand may scroll with it
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

/**
 * Ends what a scanner types into a field of a form as it does elsewhere: with Tab, or
 * with a pause, where a code's length came faster than a hand types. Enter is the
 * form's own.
 */
export function endScan(field, end) {
  let quick = 0; // characters that came faster than by hand
  let length = 0;
  let last = -hand;
  let timer;
  const scanned = () => field.value.length >= shortestCode && quick * 2 >= field.value.length;
  const finish = () => {
    clearTimeout(timer);
    if (scanned()) end();
  };
  field.addEventListener("input", (event) => {
    if (field.value.length < length) length = quick = 0; // the form was sent, or somebody deletes
    const grown = field.value.length - length;
    if (grown > 1 || event.timeStamp - last < hand) quick += grown;
    length = field.value.length;
    last = event.timeStamp;
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(finish, pause);
  });
  field.addEventListener("keydown", (event) => {
    if (padDigit(event) && !event.shiftKey) {
      event.preventDefault();
      field.setRangeText(padDigit(event), field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new InputEvent("input"));
      return;
    }
    if (event.key !== "Tab" || event.shiftKey || !scanned()) return;
    event.preventDefault();
    finish();
  });
}

/** The digit on a key of the number pad that types none, since number lock is off; "" for every other key. */
function padDigit(event) {
  return /^Numpad\d$/.test(event.code) && [...event.key].length > 1 ? event.code.at(-1) : "";
}

/** Whether keys on this element are nobody else's: fields that take text keep theirs, and the lists by which a device is set up. */
function takesKeys(target) {
  return !(target instanceof HTMLElement && target.closest("input:not([type=checkbox], [type=file]), textarea, dialog, #setup"));
}
