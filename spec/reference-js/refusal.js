/** A check that failed. `reason` is a name of reasons.csv. */
export class Refusal extends Error {
  constructor (reason) {
    super(reason)
    this.reason = reason
  }
}

export function need (holds, reason) {
  if (!holds) throw new Refusal(reason)
}
