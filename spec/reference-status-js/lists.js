// The lists of a region with the deltas after them: status.md, section 3; trust.md, section 8.
import { createHash } from 'node:crypto'
import { encodeCBOR } from '../reference-js/cbor.js'
import { need } from '../reference-js/refusal.js'
import { SETS, decodeAdditions, decodeSet, encodeSet } from './status.js'

const UTC8 = 8 * 3600
const MOST_MONTHS_AHEAD = 13
const monthAt = (time, date = new Date((time + UTC8) * 1000)) => (date.getUTCFullYear() - 2020) * 12 + date.getUTCMonth()
export const isOver = (number, time) => time !== Infinity ? number >> 8 < monthAt(time) : true
export const isAhead = (number, time) => number >> 8 > monthAt(time) + MOST_MONTHS_AHEAD // TRUST-85

const fromHex = text => Buffer.from(text, 'hex')
const each = run => Object.fromEntries(SETS.map(name => [name, run(name)]))
const needDisjoint = sets => { // STATUS-9, STATUS-12
  const all = Object.values(sets).flat()
  need(new Set(all).size === all.length, 'overlap')
  return sets
}

/** The members of the three sets of a list. */
export const readList = list => needDisjoint(each(name => decodeSet(list[name].members, fromHex(list[name].encoded))))

/** The status hash of lists, { revoked, superseded, suspended } by number, at a time (TRUST-86). */
export function hashAt (lists, time) {
  const rows = [...lists].filter(([number]) => !isOver(number, time)).sort(([a], [b]) => a - b)
  const coded = rows.map(([number, sets]) => [number, ...SETS.map(name => [sets[name].length, encodeSet(sets[name])])])
  return createHash('sha256').update(encodeCBOR(coded)).digest('hex')
}

function apply (lists, { issued, gaps, additions, removals = [] }) {
  const after = new Map(lists)
  gaps.forEach((_, i) => {
    const number = gaps.slice(0, i + 1).reduce((sum, gap) => sum + gap)
    need(!isOver(number, issued) && !isAhead(number, issued), 'content') // TRUST-88
    const added = decodeAdditions(fromHex(additions[i]))
    const removed = decodeAdditions(fromHex(removals.find(({ position }) => position === i)?.encoded ?? ''))
    need(removed.revoked.length + removed.superseded.length === 0, 'malformed') // STATUS-11
    const before = after.get(number) ?? each(() => [])
    const leaving = new Set(removed.suspended)
    need(removed.suspended.every(index => before.suspended.includes(index)) && !added.suspended.some(index => leaving.has(index)), 'content') // STATUS-12
    const left = { ...before, suspended: before.suspended.filter(index => !leaving.has(index)) }
    after.set(number, needDisjoint(each(name => [...left[name], ...added[name]].sort((a, b) => a - b))))
  })
  return after
}

/** What lists, { issued, sets } by number, say after deltas that follow on them (TRUST-82, TRUST-86 to TRUST-88). */
export function follow (lists, deltas) {
  let state = new Map([...lists].map(([number, { sets }]) => [number, sets]))
  const ends = (one, other) => [...state.keys()].some(number => isOver(number, other.issued) && !isOver(number, one.issued))
  need(deltas.length === 0 || [...lists].every(([number, { issued }]) => isOver(number, deltas[0].issued) || issued <= deltas[0].issued), 'outdated')
  deltas.forEach((delta, i) => {
    const [before, next] = [deltas[i - 1], deltas[i + 1]]
    const base = before && !ends(before, delta) ? before.after : hashAt(state, delta.issued)
    need(delta.before === base && !(delta.issued < before?.issued), 'outdated')
    state = apply(state, delta)
    need(next && !ends(delta, next) || hashAt(state, delta.issued) === delta.after, 'content')
  })
  return state
}

/** Refuses what takes back what is known; both are { lists, deltas, state } (TRUST-89). */
export function needNoLoss (next, known, now, compare) {
  const isBehind = known.deltas.length > 0 && !(next.deltas.length > 0 && compare(next.deltas.at(-1).version, known.deltas.at(-1).version) >= 0)
  for (const [number, sets] of known.state) {
    if (isOver(number, now)) continue
    const after = need(next.state.has(number), 'outdated') ?? next.state.get(number)
    need(['revoked', 'superseded'].every(name => sets[name].every(index => after[name].includes(index))), 'loss') // STATUS-8
    const isSame = JSON.stringify(after) === JSON.stringify(sets)
    need(!isBehind || isSame || next.lists.get(number)?.issued >= known.deltas.at(-1).issued, 'outdated')
  }
  return next
}
