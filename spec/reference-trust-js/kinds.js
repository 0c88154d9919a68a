// What a payload of each kind holds: trust.md, sections 2 to 9, and documents.cddl.
import { encodeCBOR } from '../reference-js/cbor.js'
import { content, fields, hex, integer, isKnown, list, needDistinct, readKey, region, text, tuple, uint } from './form.js'

const [KIB, MIB] = [2 ** 10, 2 ** 20]
const [number, code, from1] = [uint(0, 2 ** 32 - 1), uint(0, 65535), uint(1, 65535)]
const [time, age, threshold] = [uint(1577836800, 4294967295), uint(0, 316224000), uint(1, 16)] // TRUST-23
const [hash, kid, point] = [hex(32), hex(4), hex(1, 4096)]
const [itself, byNumber, byKid, all] = [value => value, value => value.number, value => value.kid, value => Object.values(value)]
const sum = numbers => numbers.reduce((a, b) => a + b, 0)
const areDistinct = values => new Set(values).size === values.length

/** A form with a further rule, or with more to give. */
const also = (form, finish) => value => {
  const read = form(value)
  return finish(read) ?? read
}
const version = also(tuple({ epoch: number, counter: number }), version => content(all(version).some(Boolean)) ?? all(version)) // TRUST-22
const keysOf = ({ algorithm, points }, most) => list(one => readKey(algorithm, point(one)), 1, most, key => key.point)(points)
// Section 3
const group = also(tuple({ name: text(32), need: uint(1, 2), algorithm: integer, threshold, points: itself }), group => {
  const keys = keysOf(group, 16)
  content(group.threshold <= keys.length && (group.need === 2 || isKnown(group.algorithm))) // TRUST-30, TRUST-31
  return { ...group, keys }
})
const groups = also(list(group, 1, 8, group => group.name), groups => {
  const required = groups.filter(group => group.need === 1)
  content(sum(groups.map(group => group.threshold)) <= 16 && sum(required.map(group => group.threshold)) >= 2) // TRUST-32
})
// Section 4
const key = also(tuple({ algorithm: integer, point }), key => readKey(key.algorithm, key.point))
const encoded = key => Buffer.from(encodeCBOR([key.algorithm, Buffer.from(key.point, 'hex')])).toString('hex')
const authority = { threshold, keys: list(key, 1, 16, encoded) }
const names = { name: text(64), authority: text(256), appeal: text(256), rules: hash }
const isReachable = ({ threshold, keys }) => content(threshold <= keys.length) // TRUST-40
const entry = also(tuple({ region, ...names, usage: number, epoch: number, least: number, ...authority }), isReachable)
const withdrawn = (what, by) => list(tuple({ region, ...what, from: time }), 1, 4096, one => [one.region, by(one)])
// Section 5
const ARGUMENTS = { 1: 0, 2: 0, 3: 2, 4: 1, 5: 1, 6: 1 } // of each operation
const requirement = levels => value => also(tuple({ operation: uint(1, 6), given: list(age, 0, 2), of: list(requirement(levels - 1), 0, 32) }),
  ({ operation, given, of }) => content(levels > 0 && given.length === ARGUMENTS[operation] && operation <= 2 === of.length > 0))(value)
const states = list(code, 1, 64, itself)
const outcomes = { '1? pass': states, '2? check': states, '3? restrict': states }
const demand = also(fields({ ...outcomes, '4? noStatus': uint(1, 1), '5? requirement': requirement(3), '6? noList': uint(1, 1) }), // TRUST-52
  ({ pass = [], check = [], restrict = [] }) => content(areDistinct([...pass, ...check, ...restrict]) && !restrict.includes(0)))
const ladder = also(tuple({ fresh: age, short: age, all: age }), ({ fresh, short, all }) => content(fresh <= short && short <= all))
const edition = form => also(fields({ '1 effective': time, '2? emergency': time, ...form }), ({ effective, emergency }) => content(!(emergency <= effective)))
const editions = form => list(edition(form), 1, 16, edition => edition.effective) // TRUST-50, TRUST-53
const classes = demands => list(tuple({ number: code, ...demands }), 1, 256, byNumber)
const ruleNames = { '1 number': from1, '2 name': text(64), '3 text': text(4096), '4 states': list(from1, 1, 64, itself) }
const rule = also(fields({ ...ruleNames, '5 longest': uint(1, 316224000), '6 from': time, '7? until': time }), ({ from, until }) => content(!(until <= from)))
const codeName = tuple({ table: code, number: code, chinese: text(64), english: text(64) })
// Section 6
const batch = also(tuple({ algorithm: integer, from: code, until: code, usage: number, points: itself }), ({ points, ...batch }) => {
  content(batch.until > batch.from) // TRUST-61
  return { ...batch, keys: keysOf({ ...batch, points }, 16384).map(key => ({ ...batch, ...key })) }
})
const keyStates = list(tuple({ kid, since: time }), 1, 16384, byKid)
const laboratory = also(tuple({ number: code, name: text(128), admitted: time, withdrawn: value => value === 0 ? 0 : time(value) }),
  ({ admitted, withdrawn }) => content(withdrawn === 0 || withdrawn >= admitted)) // TRUST-65
const limit = tuple({ kid, laboratories: list(uint(0, 6553599), 1, 256, itself) })
// Sections 7 and 8
const removal = tuple({ position: uint(0, 16383), encoded: hex(1, 8 * MIB) })
const [part, listNumber] = [tuple({ version, hash }), uint(0, 2 ** 20 - 1)]
const set = also(tuple({ members: number, encoded: hex(0, 8 * MIB) }), set => content((set.members === 0) === (set.encoded === ''))) // TRUST-80

function checkList (trustList) { // TRUST-13, TRUST-43
  const withdrawals = ['withdrawnUsage', 'withdrawnKeys', 'withdrawnLaboratories'].flatMap(field => trustList[field] ?? [])
  content(withdrawals.length <= 4096 && withdrawals.every(({ region }) => trustList.entries.some(entry => entry.region === region)))
  needDistinct(trustList.entries.flatMap(entry => entry.keys))
}
function checkKeySet ({ batches, retired = [], compromised = [], limits = [], ...rest }) { // TRUST-60 to TRUST-64
  const keys = batches.flatMap(batch => batch.keys)
  const kids = keys.flatMap(key => key.kid ?? [])
  const stated = [...retired, ...compromised].map(byKid)
  content(keys.length <= 16384 && areDistinct(kids) && areDistinct(stated))
  content(kids.length < keys.length || [...stated, ...limits.map(byKid)].every(kid => kids.includes(kid)))
  return { keys, retired, compromised, limits, ...rest }
}
function checkDelta ({ before, after, gaps, additions, removals = [] }) { // TRUST-81
  content(additions.length === gaps.length && gaps.every((gap, i) => i === 0 || gap > 0) && sum(gaps) < 2 ** 20)
  content(removals.every(({ position }) => position < gaps.length) && (before === after) === (gaps.length === 0))
  content(additions.every((addition, i) => addition !== '' || removals.some(({ position }) => position === i)))
}

const head = { '1 version': version, '2 issued': time, '3? due': time }
const regional = { ...head, '4 region': region }
const online = { '1 version': version, '2 issued': time, '3 due': time, '4 region': region }
const kind = (most, form, check = itself) =>
  ({ most, read: also(also(fields(form), ({ issued, due }) => content(!(due < issued))), check) }) // TRUST-24

/** By name: the most bytes of a payload, and its form. */
export const KINDS = {
  root: kind(64 * KIB, { ...head, '5 groups': groups, '6 listEpoch': number, '7 policyEpoch': number, '8? policyGroups': groups },
    ({ groups, policyGroups = [] }) => needDistinct([...groups, ...policyGroups].flatMap(group => group.keys))),
  list: kind(MIB, {
    ...head, '5 entries': list(entry, 0, 100, entry => entry.region), '6? withdrawnUsage': withdrawn({ usage: uint(1, 2 ** 32 - 1) }, one => one.from),
    '7? withdrawnKeys': withdrawn({ kid, state: uint(1, 2) }, byKid), '8? withdrawnLaboratories': withdrawn({ number: code }, byNumber), '9? end': time
  }, checkList),
  policy: kind(MIB, {
    ...head, '5 editions': editions({ '3? ladder': ladder, '4? classes': classes({ floor: demand, ceiling: demand }) }),
    '6? rules': list(rule, 1, 1024, byNumber), '7? names': list(codeName, 1, 4096, name => [name.table, name.number])
  }),
  keyset: kind(4 * MIB, {
    ...regional, '5 batches': list(batch, 1, 16384, batch => all(batch).slice(0, 4)), '6? retired': keyStates, '7? compromised': keyStates,
    '8? laboratories': list(laboratory, 1, 65535, byNumber), '9? limits': list(limit, 1, 16384, byKid)
  }, checkKeySet),
  overlay: kind(256 * KIB, { ...regional, '5 editions': editions({ '3? classes': classes({ demand }) }) }),
  snapshot: kind(4 * KIB, { ...online, '5 keyset': part, '6? overlay': part, '7? status': hash }),
  status: kind(16 * MIB, { ...online, '5 number': listNumber, '6 revoked': set, '7 superseded': set, '8 suspended': set }),
  delta: kind(16 * MIB, {
    ...online, '5 before': hash, '6 after': hash, '7 gaps': list(listNumber, 0, 16384), '8 additions': list(hex(0, 8 * MIB), 0, 16384),
    '9? removals': list(removal, 1, 16384, removal => removal.position)
  }, checkDelta),
  admission: kind(64 * KIB, {
    ...regional, '5 name': names.name, '6 authority': names.authority, '7 appeal': names.appeal, '8 rules': hash,
    '9 usage': uint(1, 127), '10 threshold': threshold, '11 keys': authority.keys
  }, admission => isReachable(admission) ?? content(admission.keys.every(key => isKnown(key.algorithm)))) // TRUST-90
}
