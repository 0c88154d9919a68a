// What becomes of one region: trust.md, sections 4, 6 to 8 and 12.
import { encodeCBOR } from '../reference-js/cbor.js'
import { need } from '../reference-js/refusal.js'
import { needNotBefore, openDocument, read, signersOf } from './document.js'
import { attempt, compare } from './form.js'
import { follow, hashAt, isAhead, isOver, needNoLoss, readList } from '../reference-status-js/lists.js'

const [DAY, UTC8] = [86400, 8 * 3600]
const USAGE = { snapshot: 64, status: 32, delta: 32 } // the others are an authority's
const [MOST_REFUSED, MOST_DELTAS, SHARED_BYTES] = [32, 64, 57671680]

// The documents of a region that are in force, with `expect`: ok, or why it is unavailable. `given` are the parts in the
// bundle, `known` is what this function gave before, `trust` has the list, the time and the keys of root and list.
export function loadRegion (entry, given, known, trust) {
  const faults = []
  const orFault = run => attempt(run, reason => { faults.push(reason) })
  let expect
  for (const parts of [given, {}]) { // TRUST-112: else all stays as it is known
    const inForce = orFault(() => loadParts(entry, parts, known, trust, orFault))
    if (inForce) return { ...inForce, faults, expect: 'ok' }
    expect ??= faults.at(-1)
  }
  return { ...known, faults, expect }
}

function loadParts (entry, given, known, trust, orFault) {
  let room = Math.floor(SHARED_BYTES / trust.trustList.entries.length)
  const takeRoom = part => { // TRUST-140
    need(encodeCBOR(part.bytes).length <= room, 'too_large')
    room -= encodeCBOR(part.bytes).length
    return part
  }
  const needNew = (part, before) => // TRUST-111
    need(part.issued <= trust.now + DAY || before?.hash === part.hash, 'held_aside') ?? needNotBefore(part, before)
  const accept = (bytes, kind, knownOf = () => known[kind], part = verify(bytes, kind)) => needNew(part, knownOf(part))
  const verify = (bytes, kind) => {
    const [document, usage] = [openDocument(bytes, kind), USAGE[kind]]
    const signers = signersOf(document, usage ? keyset.keys : entry.keys)
    need(signers.length >= (usage ? 1 : entry.threshold), usage ? 'no_signer' : 'threshold') // TRUST-110
    const part = read(document)
    need(part.region === entry.region, 'region')
    need(part.version[0] === entry.epoch, 'epoch') // TRUST-42
    need(!usage || signers.some(key => couldSign(key, usage, part.issued, entry, keyset, trust.trustList)), 'no_signer') // TRUST-70
    return part
  }
  const first = (kind, run) => [given[kind], known[kind]?.bytes ?? known[kind]?.map?.(part => part.bytes)].reduce((found, bytes) =>
    found ?? (bytes?.length > 0 ? orFault(() => run(bytes, kind)) : undefined), undefined) // TRUST-112
  need(given.keyset ?? known.keyset, 'missing')
  const keyset = takeRoom(accept(given.keyset ?? known.keyset.bytes, 'keyset')) // TRUST-113
  checkKeySet(keyset, entry, known.keyset, trust.places)
  const snapshot = first('snapshot', (...part) => takeRoom(accept(...part)))
  needNotBefore(keyset, snapshot?.keyset, 'outdated') // TRUST-71
  const overlay = first('overlay', (...part) => takeRoom(needNotBefore(accept(...part), snapshot?.overlay, 'outdated')))
  const status = loadStatus(given, known, trust.now, snapshot, orFault, { verify, accept, needNew })
  const isBehind = status.state.size > 0 && snapshot?.status !== undefined && snapshot.status !== hashAt(status.state, snapshot.issued) // TRUST-84
  return { keyset, snapshot, overlay, closed: withdrawnLaboratories(entry.region, keyset, trust.trustList), isBehind, ...status, delta: status.deltas.at(-1) ?? known.delta }
}

function checkKeySet (keyset, entry, known, places) {
  need(keyset.version[1] >= entry.least, 'rollback') // TRUST-42
  need(keyset.keys.every(key => !places.has(key.id)), 'shared') // TRUST-13
  if (known?.version[0] !== keyset.version[0]) return
  const since = (states, kid) => states.find(state => state.kid === kid)?.since
  const isCompromised = ({ kid }) => since(keyset.compromised, kid) !== undefined // TRUST-66
  const isRetired = state => since(keyset.retired, state.kid) <= state.since || isCompromised(state)
  need(known.compromised.every(isCompromised) && known.retired.every(isRetired), 'key_state')
}

/** Whether a key could sign for a usage at a time, by the key set and the list (TRUST-43, TRUST-70). */
function couldSign (key, usage, time, { region, usage: granted }, { retired, compromised }, { withdrawnUsage = [], withdrawnKeys = [] }) {
  const withdrawn = withdrawnUsage.filter(one => one.region === region && one.from <= time).reduce((bits, one) => bits | one.usage, 0)
  const isOfKey = ({ kid }) => kid === key.kid
  const states = withdrawnKeys.filter(one => one.region === region && isOfKey(one))
  const isCompromised = compromised.some(isOfKey) || states.some(({ state }) => state === 2)
  const isRetired = [...retired.filter(isOfKey).map(({ since }) => since), ...states.map(({ from }) => from)].some(from => from <= time)
  const [from, until] = [key.from, key.until].map(day => 1577836800 - UTC8 + day * DAY) // TRUST-61
  return (key.usage & granted & ~withdrawn & usage) !== 0 && !isCompromised && !isRetired && from <= time && time < until
}

/** The laboratories that key set or list withdraw, by number, with the earlier time (TRUST-43). */
function withdrawnLaboratories (region, { laboratories = [] }, { withdrawnLaboratories = [] }) {
  const timesOf = ({ number, withdrawn }) => withdrawnLaboratories.filter(one => one.region === region && one.number === number).map(({ from }) => from).concat(withdrawn || [])
  return new Map(laboratories.map(one => [one.number, Math.min(...timesOf(one))]).filter(([, time]) => time < Infinity))
}

/** The lists and deltas in force with what they say, and `versions`: all that were ever taken. */
function loadStatus (given, known, now, snapshot, orFault, { verify, accept, needNew }) {
  const quiet = run => attempt(run, () => undefined)
  const open = (all, deltas = all.map(bytes => verify(bytes, 'delta'))) =>
    need(deltas.every((delta, i) => i === 0 || compare(delta.version, deltas[i - 1].version) > 0), 'rollback') ?? deltas
  const before = quiet(() => open(known.deltas?.map(delta => delta.bytes) ?? [])) ?? []
  const after = orFault(() => given.deltas && open(given.deltas).filter((last, i, all) => i < all.length - 1 || needNew(last, known.delta))) ?? [] // TRUST-82
  const from = (...deltas) => Math.min(snapshot?.status ? snapshot.issued : Infinity, ...deltas.map(one => one?.issued ?? Infinity))
  const isDropped = (number, from) => isOver(number, now) && isOver(number, from) // TRUST-83
  const take = (lists, from, bytes) => orFault(() => {
    const list = accept(bytes, 'status', read => lists.get(read.number) ?? known.versions?.get(read.number))
    need(!isAhead(list.number, now) || known.versions?.get(list.number)?.hash === list.hash, 'list_ahead') // TRUST-85
    if (!isDropped(list.number, from)) lists.set(list.number, { ...list, sets: readList(list) }) // TRUST-87
    return list
  })
  const [old, lists] = [new Map(), new Map()]
  known.lists?.forEach(({ bytes }) => take(old, 0, bytes))
  ;(given.status ?? []).reduce((refused, bytes) => refused === MOST_REFUSED || take(lists, from(after[0], before[0]), bytes) ? refused : refused + 1, 0) // TRUST-115
  const chosen = (lists, chains) => chains.reduce((found, deltas) => found ?? quiet(() => ({ lists, deltas, state: follow(lists, deltas) })), undefined)
  const joined = [...before, ...after.filter(delta => before.length === 0 || compare(delta.version, before.at(-1).version) > 0)].slice(0, MOST_DELTAS)
  const kept = chosen(old, [before, []])
  const next = chosen(new Map([...old, ...lists]), [...after.length > 0 ? [after, joined] : [], before, []])
  const part = orFault(() => needNoLoss(next, kept, now, compare)) ?? kept
  for (const number of part.lists.keys()) if (isDropped(number, from(part.deltas[0]))) part.lists.delete(number) && part.state.delete(number)
  return { ...part, versions: new Map([...known.versions ?? [], ...part.lists]) }
}
