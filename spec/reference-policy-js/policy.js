// What follows at a venue from what codes say: policy.md, sections 2 to 8. Times are unix seconds.
const DAY = 86400
const [FIRST_NAMED, SEVERITY] = [{ 1: [0, 1, 2], 2: [1, 2, 3], 4: [1, 2, 3, 4, 5, 6], 5: [1, 2] }, { pass: 0, check: 1, restrict: 2 }]
const ADVERSE = [1, 2]
const DEFAULT = { pass: [0] }
const seconds = text => Date.parse(text) / 1000
const dayOf = t => Math.floor((t + 8 * 3600) / DAY) - 18262 // from 2020-01-01
const dawn = day => (day + 18262) * DAY - 8 * 3600

/** Whether a number is in the tables of the specification or named by the policy (POLICY-9). */
const isNamed = (policy, table, number) =>
  FIRST_NAMED[table].includes(number) || Boolean(policy?.names?.some(name => name.table === table && name.number === number))

// Section 2
const lapses = edition => edition.emergency_until
  ? Math.min(seconds(edition.emergency_until), seconds(edition.effective_from) + 72 * 3600)
  : Infinity // POLICY-5
const inForce = (editions, t) => editions.filter(edition => seconds(edition.effective_from) <= t && t < lapses(edition))
  .sort((a, b) => seconds(a.effective_from) - seconds(b.effective_from)).at(-1) // POLICY-2
export const editionAt = (policy, t) => inForce(policy?.editions ?? [], t)
const ofClass = (edition, number) => edition?.classes?.find(one => one.class === number)

// Section 5: whether facts satisfy a requirement at t (POLICY-13, POLICY-14)
function satisfies (requirement, facts, t) {
  if (!requirement) return true
  const { op, arguments: [first, second] = [], of = [] } = requirement
  const last = Math.max(...facts.vaccinations.map(dose => dose.day))
  switch (op) {
    case 'all_of': return of.every(one => satisfies(one, facts, t))
    case 'any_of': return of.some(one => satisfies(one, facts, t))
    case 'test': return facts.tests.some(test => test.kind === first && t - test.reported <= second)
    case 'doses': return facts.vaccinations.some(dose => dose.dose >= Math.max(first, 1))
    case 'since_dose': return facts.vaccinations.length > 0 && Math.max(dayOf(t) - last, 0) >= first
    case 'exempt': return facts.exemptions.includes(first)
  }
  throw new Error(`no operation ${op}`)
}

// Section 6
const countAlternatives = ({ op, of }) => op === 'all_of'
  ? of.reduce((product, one) => product * countAlternatives(one), 1)
  : op === 'any_of' ? of.reduce((sum, one) => sum + countAlternatives(one), 0) : 1

/** The alternatives of a requirement, each a list of conditions. */
function alternatives (requirement) {
  const { op, of } = requirement
  if (op === 'any_of') return of.flatMap(alternatives)
  if (op === 'all_of') return of.map(alternatives).reduce((some, more) => some.flatMap(a => more.map(b => [...a, ...b])), [[]])
  return [[requirement]]
}

function leastFacts (conditions, t) {
  const of = wanted => conditions.filter(({ op }) => op === wanted).map(condition => condition.arguments)
  const [doses, days] = [of('doses'), of('since_dose')].map(list => list.map(([n]) => n))
  const vaccination = { dose: Math.max(1, ...doses), day: dayOf(t) - Math.max(0, ...days) }
  return {
    tests: of('test').map(([kind, age]) => ({ kind, reported: t - age })),
    vaccinations: doses.length + days.length > 0 ? [vaccination] : [],
    exemptions: of('exempt').map(([kind]) => kind)
  }
}

/** true, false, or 'too_complex' (POLICY-16, POLICY-17). */
function requiresAtLeast (a, b) {
  if (a && countAlternatives(a) > 4096) return 'too_complex'
  const t = dawn(1000000)
  return (a ? alternatives(a) : [[]]).every(conditions => satisfies(b, leastFacts(conditions, t), t))
}

const severity = (demand, state) => SEVERITY[['pass', 'check', 'restrict'].find(list => demand[list]?.includes(state)) ?? 'check']
const passes = word => word === 'pass'

function isAtLeastAsStrict (a, b) {
  const states = [a, b].flatMap(demand => [...demand.pass ?? [], ...demand.check ?? [], ...demand.restrict ?? []])
  const holds = states.every(state => severity(a, state) >= severity(b, state)) &&
    (passes(b.no_status) || !passes(a.no_status)) && (passes(b.no_list) || !passes(a.no_list))
  return holds && requiresAtLeast(a.requirement, b.requirement)
}

// Section 7: the demand at a class, of the first `count` editions of the overlay
function overlaid (national, overlay, number, t, count = overlay.editions.length) {
  const edition = inForce(overlay.editions.slice(0, count), t)
  const demand = ofClass(edition, number)?.demand
  if (!demand) return national
  const [from, issued] = [edition.effective_from, overlay.issued].map(seconds)
  const isShort = !edition.emergency_until && from >= issued && from < issued + DAY && t < issued + DAY
  if (isShort) { // POLICY-6
    const before = overlaid(national, overlay, number, t, overlay.editions.indexOf(edition))
    if (isAtLeastAsStrict(before.demand, demand) !== true) return { ...before, unfollowed: 'too_soon' }
  }
  const above = isAtLeastAsStrict(demand, national.demand)
  const below = above === true && isAtLeastAsStrict(national.ceiling, demand)
  if ([above, below].includes('too_complex')) return { ...national, unfollowed: 'too_complex' }
  if (!above) return { ...national, unfollowed: 'below_floor' }
  return below ? { demand, source: 'overlay' } : { ...national, unfollowed: 'above_ceiling' } // POLICY-18
}

function demandAt ({ policy, overlays = [], class: number, region }, t) {
  const named = policy && ofClass(inForce(policy.editions, t), number)
  const national = named
    ? { demand: named.floor, ceiling: named.ceiling, source: 'floor' }
    : { demand: DEFAULT, ceiling: DEFAULT, source: 'none' } // POLICY-19
  const overlay = overlays.find(one => one.region === region) // POLICY-20
  return overlay ? overlaid(national, overlay, number, t) : national
}

// Section 8: POLICY-21
const ruleOf = (policy, status) => policy?.rules?.find(rule => rule.number === status?.rule)
function isCovered (policy, status, t) {
  const rule = ruleOf(policy, status)
  if (!rule?.states.includes(status.state)) return false
  const [from, until, d] = [seconds(rule.from), rule.until ? seconds(rule.until) : Infinity, status.determined]
  return from <= d && from <= t && d < until && t < until && t < d + rule.longest_seconds
}

// Section 4
export function factsOf ({ policy, laboratories = [], codes }, t) {
  const counts = ({ kind, result, laboratory, reported }) => {
    const { admitted, withdrawn } = laboratories.find(one => one.number === laboratory) ?? {}
    return result === 0 && admitted && seconds(admitted) <= seconds(reported) &&
      !(withdrawn && seconds(reported) >= seconds(withdrawn)) && isNamed(policy, 2, kind) // POLICY-8
  }
  const all = field => codes.flatMap(code => code[field] ?? [])
  return {
    ...statusOf(policy, codes.flatMap(code => code.status ?? []), t),
    tests: all('tests').filter(counts).map(test => ({ ...test, reported: seconds(test.reported) })),
    vaccinations: all('vaccinations').filter(({ product }) => isNamed(policy, 4, product)),
    exemptions: all('exemptions').filter(kind => isNamed(policy, 5, kind)),
    isListMissing: codes.some(code => code.no_list)
  }
}

function statusOf (policy, given, t) { // POLICY-10
  const statuses = given.map(status => ({ ...status, determined: seconds(status.determined) }))
  const hasBasis = status => isNamed(policy, 1, status.state) && (!ADVERSE.includes(status.state) || isCovered(policy, status, t))
  const based = statuses.some(hasBasis) ? statuses.filter(hasBasis) : statuses
  const latest = based.filter(({ determined }) => determined === Math.max(...based.map(one => one.determined)))
    .sort((a, b) => Number(a.issuer) - Number(b.issuer))
  return { status: latest[0], isConflict: new Set(latest.map(({ state }) => state)).size > 1 }
}

// Section 5: POLICY-11, POLICY-12
function outcomeOf (policy, demand, facts, t) {
  const [outcome, reason] = ofStatus(policy, demand, facts, t)
  if (outcome === 'pass' && !satisfies(demand.requirement, facts, t)) return ['check', 'requirement_unmet']
  const isHeld = ['pass', 'restricted'].includes(outcome) && facts.isListMissing && !passes(demand.no_list)
  return isHeld ? ['check', 'no_status_list'] : [outcome, reason]
}

function ofStatus (policy, demand, { status, isConflict }, t) {
  if (!status) return passes(demand.no_status) ? ['pass', 'ok'] : ['check', 'no_status']
  if (!isNamed(policy, 1, status.state)) return ['check', 'state_unknown']
  const needsRule = ADVERSE.includes(status.state) || severity(demand, status.state) === SEVERITY.restrict
  if (needsRule && !isCovered(policy, status, t)) return ['unverified', 'adverse_without_rule']
  if (isConflict) return ['check', 'state_checked']
  return [['pass', 'ok'], ['check', 'state_checked'], ['restricted', 'restricted']][severity(demand, status.state)]
}

/** Every second at which something may change (POLICY-15). */
function changes (vector, facts) {
  const { policy, overlays = [] } = vector
  const rule = ruleOf(policy, facts.status)
  const editions = [...policy?.editions ?? [], ...overlays.flatMap(overlay => overlay.editions)]
  const leaves = one => !one ? [] : one.of ? one.of.flatMap(leaves) : [one]
  const demands = editions.flatMap(edition => edition.classes ?? []).flatMap(({ floor, demand }) => [floor, demand])
  const last = Math.max(...facts.vaccinations.map(dose => dose.day))
  return [
    ...editions.flatMap(edition => [seconds(edition.effective_from), lapses(edition)]),
    ...overlays.map(overlay => seconds(overlay.issued) + DAY),
    ...rule ? [seconds(rule.from), seconds(rule.until), facts.status.determined + rule.longest_seconds] : [],
    ...demands.flatMap(demand => leaves(demand?.requirement)).flatMap(({ op, arguments: [first, second] = [] }) =>
      op === 'test' ? facts.tests.map(test => test.reported + second + 1) : op === 'since_dose' ? [dawn(last + first)] : [])
  ].filter(Number.isFinite).sort((a, b) => a - b)
}

/** The decision of a vector. */
export function decide (vector) {
  const t = seconds(vector.time)
  const facts = factsOf(vector, t)
  const at = moment => outcomeOf(vector.policy, demandAt(vector, moment).demand, facts, moment)
  const [outcome, reason] = at(t)
  const { demand, source, unfollowed } = demandAt(vector, t)
  const until = changes(vector, facts).find(moment => moment > t && String(at(moment)) !== String([outcome, reason]))
  return {
    outcome, reason, until, source, unfollowed,
    rule: outcome !== 'unverified' && isCovered(vector.policy, facts.status, t) ? facts.status.rule : undefined,
    no_list: facts.isListMissing && outcome !== 'unverified' && passes(demand.no_list) ? true : undefined
  }
}
