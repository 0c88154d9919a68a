import type { Stored, Verifier } from './index.js'

/** What is used of wx. */
export interface Wx {
  getStorageSync(key: string): unknown
  setStorageSync(key: string, value: unknown): void
  removeStorageSync(key: string): void
}

/** What is used of WXWebAssembly. */
export interface WxWebAssembly {
  instantiate(path: string, imports: object): Promise<{ instance: object } | object>
}

/** Starts the module from a .wasm.br of the mini-program's package. */
export function createMiniProgramVerifier(options: { WXWebAssembly: WxWebAssembly; path: string }): Promise<Verifier>

/** Keeps what stored() gives in wx's storage, in pieces, whole or not at all. */
export class ChunkedStorage {
  constructor(wx: Wx, name?: string)
  /** undefined when nothing was saved, or what was saved is not whole. */
  load(): Stored | undefined
  /** Throws when the storage is full; what was saved before is then still there. */
  save(stored: { bundle: Uint8Array; memory: Uint8Array }): void
  remove(): void
}
