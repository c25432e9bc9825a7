/** Where does a JSON text go wrong? Engines differ in whether and how they tell, so error messages ask here. */

export interface JsonProblem {
  /** Index into the text, from 0; its length when the text ends too early. */
  readonly offset: number
  /** What would have been right there. */
  readonly expected: string
}

type State = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma' | 'end'

const SPACE = /[ \t\n\r]*/y
const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// As much of a string as is right, without its closing quote: no raw control characters, only the escapes of RFC 8259.
const STRING = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*/y

/** The first problem of a text that JSON.parse refuses; undefined when there is none. */
export function findJsonProblem(text: string): JsonProblem | undefined {
  const open: ('{' | '[')[] = []
  let state = 'value' as State
  let at = 0
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const matched = pattern.exec(text)?.[0] ?? ''
    at += matched.length
    return matched !== ''
  }
  const afterValue = (): State => (open.length === 0 ? 'end' : 'comma')
  for (;;) {
    skip(SPACE)
    const char = text[at]
    if (char === undefined && state === 'end') return undefined
    const inside = open.at(-1)
    if (char === '"' && state !== 'colon' && state !== 'comma' && state !== 'end') {
      skip(STRING)
      if (text[at] !== '"') return { offset: at, expected: inString(text, at) }
      at += 1
      state = state === 'key' || state === 'first key' ? 'colon' : afterValue()
    } else if ((state === 'value' || state === 'first value') && (char === '{' || char === '[')) {
      open.push(char)
      at += 1
      state = char === '{' ? 'first key' : 'first value'
    } else if ((char === '}' && inside === '{' && closes(state)) || (char === ']' && inside === '[' && closes(state))) {
      open.pop()
      at += 1
      state = afterValue()
    } else if (state === 'colon' && char === ':') {
      at += 1
      state = 'value'
    } else if (state === 'comma' && char === ',') {
      at += 1
      state = inside === '{' ? 'key' : 'value'
    } else if ((state === 'value' || state === 'first value') && skip(LITERAL)) {
      state = afterValue()
    } else {
      return { offset: at, expected: expectedIn(state, inside) }
    }
  }
}

function closes(state: State): boolean {
  return state === 'comma' || state === 'first key' || state === 'first value'
}

function inString(text: string, at: number): string {
  if (at >= text.length) return 'the closing quote of a string'
  return text[at] === '\\'
    ? 'a JSON escape (\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000)'
    : 'an escape such as \\n or \\t instead of a control character'
}

function expectedIn(state: State, inside: '{' | '[' | undefined): string {
  return state === 'comma' && inside === '{' ? '"," or "}"' : EXPECTED[state]
}

const EXPECTED: Readonly<Record<State, string>> = {
  value: 'a value',
  'first value': 'a value or "]"',
  key: 'a key in double quotes',
  'first key': 'a key in double quotes or "}"',
  colon: '":" after the key',
  comma: '"," or "]"',
  end: 'nothing more',
}

/** `line:column` of the first problem, both from 1; of the end where the text has none. */
export function jsonErrorPlace(text: string): string {
  const before = text.slice(0, findJsonProblem(text)?.offset ?? text.length)
  return `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`
}
