// What a venue makes of one code that came through the checks: verification.md, sections 7 and 8.
import { decide, editionAt } from './policy.js'

const DAY = 86400
const rfc3339 = seconds => new Date(seconds * 1000).toISOString()

/** The limits in seconds of what is fresh, good for short-lived claims, and good for any (POLICY-4). */
export const ladderAt = (policy, t) => editionAt(policy, t)?.ladder ?? { fresh: DAY, short_lived: 7 * DAY, all: 100 * DAY }

/** The reason for a code at a venue { class, region } at t; trust as vectors/README.md describes it. */
export function reasonAt ({ class: number = 0, region }, credential, trust, t, isCovered) {
  const of = (field, make) => trust.regions.filter(one => one[field]).flatMap(one => make(one, one[field]))
  const asked = {
    policy: trust.policy,
    overlays: number ? of('overlay', ({ region }, overlay) => ({ ...overlay, region, issued: trust.issued })) : [],
    laboratories: of('laboratories', ({ region }, all) => all.map(one => ({ ...one, number: Number(region) * 65536 + one.n }))),
    class: number,
    region,
    time: rfc3339(t)
  }
  const ask = code => decide({ ...asked, codes: [code] })
  const code = codeOf(credential, number !== 0 && !isCovered) // VERIFY-55
  const { outcome, reason } = ask(code) // VERIFY-53
  if (outcome === 'unverified' || reason === 'state_unknown') return reason
  if (trust.status_list_required && !isCovered) return 'no_status_list' // STATUS-32
  const isOld = t - Date.parse(trust.issued) / 1000 > ladderAt(trust.policy, t).short_lived
  const isDecided = ['pass', 'restricted'].includes(outcome)
  const isLasting = !code.status && ask({ ...code, tests: [] }).outcome === 'pass' // VERIFY-54
  return isOld && isDecided && !isLasting ? 'trust_stale' : reason // VERIFY-43
}

/** What a credential says, in the fields of the vectors of policies (policy.md, section 4). */
function codeOf ({ iss, iat, status, tests, vaccinations, exemptions }, isListMissing) {
  const before = minutes => rfc3339(iat - 60 * minutes)
  return {
    status: status && { state: status.state, rule: status.rule, determined: before(status.minutes), issuer: iss },
    tests: tests.map(([kind, result, minutes, laboratory]) => ({ kind, result, laboratory, reported: before(minutes) })),
    vaccinations: vaccinations.map(([product, dose, , day]) => ({ product, dose, day })),
    exemptions,
    no_list: isListMissing
  }
}
