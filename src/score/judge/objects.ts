/**
 * Which JSON objects stand in a text of prose? Those that are well-formed and inside no other well-formed one. A brace of
 * prose opens nothing that lasts: where the grammar ends a try, all objects that are open then have failed, those that were
 * complete stay, and only braces that the try took for letters of a string are tried anew. A place is in a string for one of
 * two tries that overlap and outside for the other, so no more than two ever do: the time is linear in the text.
 */

export interface FoundObject {
  /** Index of the opening brace. */
  readonly start: number
  /** Index behind the closing brace. */
  readonly end: number
  /** Where its own members of the name that was asked for begin. */
  readonly members: readonly number[]
}

/** An object or array that is not closed yet. */
interface Open {
  /** Index of its bracket. */
  readonly start: number
  readonly isObject: boolean
  readonly members: number[]
}

type State = 'first key' | 'key' | 'colon' | 'first value' | 'value' | 'comma'

// The grammar of RFC 8259.
const SPACE = /[ \t\n\r]*/y
const STRING = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/y
const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** All such objects in the order of the text. */
export function objectsIn(text: string, name: string): readonly FoundObject[] {
  const search: Search = { text, name, found: [], tried: new Uint8Array(text.length) }
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
    if (search.tried[at] === 0) readObject(search, at)
  }
  return outermost(search.found)
}

interface Search {
  readonly text: string
  readonly name: string
  /** Objects that are complete, also those inside others. */
  readonly found: FoundObject[]
  /** 1 at the braces that need no try of their own. */
  readonly tried: Uint8Array
}

/** Reads on while the text is JSON, and notes what is complete. */
function readObject(search: Search, start: number): void {
  const { text, found } = search
  const open: Open[] = []
  let state: State = enter(search, open, start)
  let at = start + 1
  for (let inside = open[0]; inside !== undefined; inside = open.at(-1)) {
    at = skip(SPACE, text, at)
    const char = text[at]
    if (char === '"' && state !== 'colon' && state !== 'comma') {
      const end = skip(STRING, text, at)
      if (end === at) return
      const isKey = state === 'key' || state === 'first key'
      if (isKey && isNamed(text.slice(at, end), search.name)) inside.members.push(at)
      state = isKey ? 'colon' : 'comma'
      at = end
    } else if ((char === '{' || char === '[') && isValue(state)) {
      state = enter(search, open, at)
      at += 1
    } else if (char === (inside.isObject ? '}' : ']') && mayClose(state)) {
      open.pop()
      at += 1
      state = 'comma'
      if (inside.isObject) found.push({ start: inside.start, end: at, members: inside.members })
    } else if (char === ':' && state === 'colon') {
      state = 'value'
      at += 1
    } else if (char === ',' && state === 'comma') {
      state = inside.isObject ? 'key' : 'value'
      at += 1
    } else {
      const end = isValue(state) ? skip(LITERAL, text, at) : at
      if (end === at) return
      state = 'comma'
      at = end
    }
  }
}

function enter({ text, tried }: Search, open: Open[], start: number): State {
  const isObject = text[start] === '{'
  if (isObject) tried[start] = 1
  open.push({ start, isObject, members: [] })
  return isObject ? 'first key' : 'first value'
}

function isValue(state: State): boolean {
  return state === 'value' || state === 'first value'
}

function mayClose(state: State): boolean {
  return state === 'comma' || state === 'first key' || state === 'first value'
}

/** Where the pattern ends that begins here; the same place when it does not begin. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

/** The key may be written with escapes. */
function isNamed(key: string, name: string): boolean {
  return key.includes('\\') ? JSON.parse(key) === name : key === `"${name}"`
}

/** Of objects that overlap, the one that begins first. */
function outermost(objects: readonly FoundObject[]): readonly FoundObject[] {
  const kept: FoundObject[] = []
  for (const object of objects.toSorted((a, b) => a.start - b.start)) {
    if (object.start >= (kept.at(-1)?.end ?? 0)) kept.push(object)
  }
  return kept
}
