/** A refusal with the name to act on and, where there is one, its wording {zh, en}. */
export class Fault extends Error {
  constructor(name, words) {
    super(name);
    this.name = name;
    this.words = words;
  }
}
