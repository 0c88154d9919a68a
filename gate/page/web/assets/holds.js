// One check for a code that is held up, however many frames show it.
//
// A hold begins when a code is seen, ends when it was out of sight for away, and
// lasts for whole at most: a code that is still held up after that is checked
// anew, since it may have expired meanwhile. Times are milliseconds of any clock
// that only goes forward. The codes of the last minute are remembered so that the
// page can say that one was shown before; they are in memory alone.

export const away = 2500;
export const whole = 60_000;

export class Holds {
  #seen = new Map(); // text -> {first, last}

  /**
   * Takes the codes of one frame. Returns which of them to check now, and for
   * those shown before within a minute how many seconds ago.
   */
  see(texts, now) {
    for (const [text, hold] of this.#seen) if (now - hold.last > whole) this.#seen.delete(text);
    const fresh = [];
    for (const text of new Set(texts)) {
      const hold = this.#seen.get(text);
      if (hold && now - hold.last <= away && now - hold.first < whole) {
        hold.last = now;
        continue;
      }
      const again = hold && now - hold.last > away ? Math.round((now - hold.last) / 1000) : undefined;
      this.#seen.set(text, { first: now, last: now });
      fresh.push({ text, again });
    }
    return fresh;
  }

  /** Whether the code is in sight, or was a moment ago. */
  held(text, now) {
    const hold = this.#seen.get(text);
    return hold !== undefined && now - hold.last <= away;
  }

  /** Forgets a code, so that it is checked when it is seen again. */
  forget(text) {
    this.#seen.delete(text);
  }

  clear() {
    this.#seen.clear();
  }
}
