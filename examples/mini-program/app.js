// 小程序示例：启动时恢复已存的信任材料，扫码核验，更新信任包。
// A mini-program: restores what was stored, verifies what is scanned, takes updates.
//
// 把 js/verifier/dist/mini-program 复制为 tongxing/ 目录（见其中文说明）。
// Copy js/verifier/dist/mini-program to tongxing/ (see the package's README).

import { ChunkedStorage, createMiniProgramVerifier } from './tongxing/src/mini-program.js'

// 信任起点：根文件的摘要，随程序发布。 The hash of the root ships with the program.
export const ANCHOR = 'ANCHOR'

// createGate 由 app.onLaunch 调用；now 为当前时间。
export async function createGate({ wx, WXWebAssembly, anchor = ANCHOR, now = () => new Date() }) {
  const verifier = await createMiniProgramVerifier({ WXWebAssembly, path: 'tongxing/tongxing.wasm.br' })
  verifier.warm()
  const storage = new ChunkedStorage(wx)
  const stored = storage.load()
  let refused // 已存的材料不能用，例如换了信任起点；更新之前核验都答 no_trust
  try {
    if (stored) verifier.load(null, { anchor, at: now(), stored })
  } catch (error) {
    refused = error // what is stored serves no more, as after another root; until an update every check says no_trust
  }
  return {
    refused,
    // update 采用新的信任包并存下来；比已知旧的会抛出 bundle_older。
    update(bundle) {
      const { versions } = verifier.load(bundle, { anchor, at: now() })
      storage.save(verifier.stored())
      return versions
    },
    // scan 扫一个码并给出裁决。
    async scan(venue) {
      const { result } = await wx.scanCode({ scanType: ['qrCode'] })
      return verifier.verify(result, { at: now(), venue })
    },
  }
}
