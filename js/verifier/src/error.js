// What a request was refused with: a name of spec/binding_errors.csv, or one of
// those below. It is never a verdict: whatever text is verified has one.
//
//	stopped       the module has ended, as when memory ran out: create another
//	argument      a value of JavaScript that the call does not take

export class VerifierError extends Error {
  constructor({ name, member, zh, en, detail }) {
    super(detail ? `${en} (${detail})` : en)
    this.name = 'VerifierError'
    this.code = name
    this.zh = zh
    this.en = en
    if (member) this.member = member
  }
}

export function argument(member, en, zh) {
  return new VerifierError({ name: 'argument', member, zh: `${member}：${zh}`, en: `${member}: ${en}` })
}

export function stopped() {
  return new VerifierError({ name: 'stopped', zh: '核验模块已停止，请重新创建', en: 'The module has ended: create another verifier' })
}
