/** A check that failed. `reason` is a name of reasons.csv. */
export class Refusal extends Error { get reason () { return this.message } }

export function need (holds, reason) {
  if (!holds) throw new Refusal(reason)
}
