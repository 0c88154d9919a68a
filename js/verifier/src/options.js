// The options of the package's calls: plain objects whose members are all known.

import { argument } from './error.js'

export const kindOf = (value) => Object.prototype.toString.call(value).slice(8, -1)

export function object(value, of) {
  if (kindOf(value) === 'Object') return value
  throw argument(of, 'an object is needed', '需要对象')
}

// only refuses a member that nobody knows: a misspelt one would silently count for
// nothing.
export function only(options, names, of) {
  for (const name of Object.keys(object(options, of))) {
    if (!names.includes(name)) throw argument(`${of}.${name}`, 'is not known', '不认识')
  }
  return options
}
