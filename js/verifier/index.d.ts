// Types of @tongxing/verifier. Members of verdicts are as spec/binding.md and the
// verifier write them; a member may be added at any time.

/** What a request is refused with. It is never a verdict: every text has one. */
export class VerifierError extends Error {
  /** A name of spec/binding_errors.csv, "argument" or "stopped". */
  readonly code: string
  /** The member that it is about, such as "venue.class". */
  readonly member?: string
  readonly zh: string
  readonly en: string
}

/** A moment: the host's clock, never the module's. */
export type Time = Date | string

export type Bytes = Uint8Array | ArrayBuffer

/** Bytes in memory of their own, as what is stored or sent must be: never shared. */
export type OwnBytes = Uint8Array & { readonly buffer: ArrayBuffer }

/** Where the module is taken from; without any it lies beside the package's files. */
export type WasmSource = Bytes | URL | string | Response | WebAssembly.Module

export interface Venue {
  /** Number of a class of venues, see Verifier.venues. */
  class?: number
  /** Two digits of GB/T 2260. */
  region?: string
}

/** The document that the person presents. */
export interface Identity {
  /** Two digits of WS 364.3; "01", the identity card, where only a number is given. */
  type?: string
  number?: string
  name?: string
}

/** Texts, each one: never a single text, which TypeScript takes for an iterable of its characters. */
export type Texts = readonly string[] | ReadonlySet<string>

export interface Context {
  at: Time
  venue?: Venue
  id?: Identity
}

export interface Stored {
  bundle: OwnBytes
  memory: OwnBytes
}

export interface LoadOptions {
  /** Hash of the trusted root, 64 hexadecimal digits, or the root itself. */
  anchor: string | Bytes
  at: Time
  /** What stored() gave before the restart. */
  stored?: { bundle: Bytes; memory: Bytes }
  /** The latest time that the device has known. */
  known?: Time
  /** Regions whose status lists are carried; absent: all. */
  regions?: Texts
  /** Whether a code whose status list is missing is to be checked. */
  statusListRequired?: boolean
}

export interface Loaded {
  versions: { root: string; list: string; policy?: string }
  report: {
    faults?: { region: string; error: string }[]
    warnings?: { region: string; error: string }[]
    held_aside?: { region: string; kind: string; issued: string }[]
    kept?: string[]
    removed?: string[]
  }
}

export type Outcome = 'pass' | 'restricted' | 'check' | 'unverified'

export interface Reason {
  number: number
  /** A name of spec/reasons.csv. */
  name: string
  zh: string
  en: string
  next_zh: string
  next_en: string
}

export interface Credential {
  issuer: string
  issued_at: string
  expires: string
  holder: { name: string; class: number; last_two: string }
  status?: { state: number; rule?: number; determined: string }
  tests?: { kind: number; result: number; reported: string; laboratory: number }[]
  vaccinations?: { product: number; dose: number; course: number; day: string }[]
  exemptions?: number[]
  [member: string]: unknown
}

export interface Verdict {
  outcome: Outcome
  reason: Reason
  problem?: string
  effective_time?: string
  clock_behind_hours?: number
  issuer?: { region: string; name?: string; authority?: string; appeal?: string }
  key?: { id: string; algorithm: string; state: string }
  trust?: { list_version: string; key_set_version?: string; policy_version?: string; age_hours: number; freshness: string }
  revocation?: { checked: boolean; list: number; month: string; as_of?: string; due?: string; overdue?: boolean; behind?: boolean }
  policy?: { class?: number; region?: string; source: string; clauses?: unknown[]; [member: string]: unknown }
  hours_left?: number
  /** There for a verified code alone. */
  credential?: Credential
}

export interface Person {
  outcome: Outcome
  reason: Reason
  joined: boolean
  document_needed?: boolean
  conflict?: unknown[]
  hours_left?: number
  verdicts: Verdict[]
}

export interface Step {
  check: string
  result: 'held' | 'failed' | 'undecided' | 'not_asked'
  text: string
}

export interface Named {
  zh: string
  en: string
}

export interface Progress {
  series: string
  hash: string
  length: number
  need: number
  have: number
  frames: number
}

export class Verifier {
  private constructor()
  /** Puts a bundle in force, or a delta to the one that is; what is refused changes nothing. */
  load(bundle: Bytes | null | undefined, options: LoadOptions): Loaded
  /** What to keep over a restart, both together. */
  stored(): Stored
  /** Every text of up to 131,072 characters has a verdict. */
  verify(code: string, context: Context): Verdict
  /** One answer for the codes that one person shows: a list, and not one text. */
  verifyTogether(codes: Texts, context: Context): Person
  explain(code: string, context: Context, language?: 'zh' | 'en'): { verdict: Verdict; steps: Step[] }
  /** What is in force, how old it is, and what is missing. */
  inspect(options: { at: Time }): Record<string, unknown>
  venues(): { classes: (Named & { class: number })[]; regions: (Named & { region: string })[] }
  /** A text of a series of QR codes; with the last one comes the file, for load. */
  addFrame(text: string): { progress: Progress; file?: OwnBytes }
  /** Does the work of a check, so that the first person does not wait for it. */
  warm(): void
  /** A request frame of spec/binding.md as it is. */
  call(request: Bytes): OwnBytes
}

export function createVerifier(options?: { wasm?: WasmSource | Promise<WasmSource> }): Promise<Verifier>
