// From a bundle to what a device believes: trust.md, sections 3, 4 and 10 to 12.
import { decodeCBOR } from '../reference-js/cbor.js'
import { need } from '../reference-js/refusal.js'
import { needGroups, needNotBefore, openDocument, read } from './document.js'
import { attempt, bytes, compare, fields, list, needDistinct, region, tuple } from './form.js'
import { loadRegion } from './region.js'

const part = bytes(1, 18 * 2 ** 20)
const documents = { '2? keyset': part, '3? overlay': part, '4? snapshot': part, '5? status': list(part, 1, 4096), '6? deltas': list(part, 1, 64) }
const regions = list(fields({ '1 region': region, ...documents }), 1, 100, parts => parts.region)
const parts = fields({ '1 roots': list(part, 1, 32), '2 list': part, '3? policy': part, '4? regions': regions })

function openBundle (data) { // TRUST-101, TRUST-102
  need(data.length <= 64 * 2 ** 20, 'too_large')
  const start = Buffer.from(data.subarray(0, 20)).toString('latin1')
  need(/^[\x80-\x97](?:[\x70-\x77]|\x78[\x18-\xFF])tongxing\/bundle\//.test(start), 'not_a_bundle')
  need(/^\x82\x71tongxing\/bundle\/1(?:[\xA0-\xBF]|$)/.test(start), 'later')
  return attempt(() => tuple({ magic: magic => magic, parts })(decodeCBOR(data)).parts,
    reason => need(false, reason === 'later' ? reason : 'not_a_bundle'))
}

/** What a device makes of a bundle, by what this function gave for the one before; or throws what refuses the whole. */
export function load (data, anchor, clock, known = { floor: 0, regions: new Map() }) {
  const bundle = openBundle(data)
  const roots = followRoots(bundle.roots, anchor, known.root)
  const root = roots.at(-1)
  const trustList = national(bundle.list, 'list', root.groups, root.listEpoch, known.list)
  const places = [...root.groups, ...root.policyGroups ?? [], ...trustList.entries].flatMap(({ keys }) => keys)
  needDistinct(places) // TRUST-13
  const policyBytes = bundle.policy ?? known.policy?.bytes // TRUST-113
  const policy = policyBytes && national(policyBytes, 'policy', root.policyGroups ?? root.groups, root.policyEpoch, known.policy)
  const floor = Math.max(known.floor, ...[...roots, trustList, policy ?? trustList].map(document => document.issued)) // TRUST-107
  const trust = { trustList, now: Math.max(clock, floor), places: new Set(places.map(key => key.id)) }
  const regions = new Map(known.regions)
  for (const entry of trustList.entries) {
    const given = bundle.regions?.find(({ region }) => region === entry.region)
    regions.set(entry.region, loadRegion(entry, given ?? {}, known.regions.get(entry.region) ?? {}, trust))
  }
  return { root, list: trustList, policy, floor, regions, shared: sharedKeys(trustList.entries, regions) }
}

function followRoots (chain, anchor, known) { // TRUST-34 to TRUST-36, TRUST-104
  const roots = []
  const opened = chain.map(bytes => openDocument(bytes, 'root'))
  const first = opened.findIndex(({ hash }) => hash === anchor)
  need(first >= 0, 'not_anchored')
  for (const document of opened.slice(first)) {
    const before = roots.at(-1)
    if (before) needGroups(document, before.groups)
    const root = read(document)
    needGroups(document, root.groups)
    if (before) {
      need(compare(root.version, [before.version[0], before.version[1] + 1]) === 0, 'chain')
      need(root.listEpoch >= before.listEpoch && root.policyEpoch >= before.policyEpoch, 'rollback')
    }
    if (known && compare(root.version, known.version) === 0) needNotBefore(root, known)
    roots.push(root)
  }
  needNotBefore(roots.at(-1), known)
  return roots
}

function national (bytes, kind, groups, epoch, known) {
  const document = openDocument(bytes, kind)
  needGroups(document, groups)
  const content = read(document)
  need(content.version[0] === epoch, 'epoch') // TRUST-41
  return needNotBefore(content, known)
}

function sharedKeys (entries, regions) { // TRUST-114: [kid, region, region, ...]
  const uses = new Map()
  for (const [code, { expect, keyset }] of entries.map(({ region }) => [region, regions.get(region)])) {
    for (const { id, kid } of expect === 'ok' ? keyset.keys : []) uses.set(id, [...uses.get(id) ?? [kid], code])
  }
  return [...uses.values()].filter(use => use.length > 2)
}
