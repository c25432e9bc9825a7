/**
 * Where does a text stop being JSON (RFC 8259)? JSON.parse tells the place of some errors only, and in the words of the V8
 * at hand; this is asked after it has refused a text.
 */

type State = 'value' | 'first item' | 'first key' | 'key' | 'colon' | 'after value'

const TOKEN =
  /(?<mark>[{}[\],:])|(?<string>"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(?<scalar>(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)(?![\w.]))/uy
const SPACE = /[ \t\r\n]*/y

/** `line:column` from 1 of the first token that cannot stand where it does; the end of the text when something is missing. */
export function jsonErrorPlace(text: string): string {
  const before = text.slice(0, errorOffset(text))
  const line = before.split('\n').length
  return `${line}:${before.length - before.lastIndexOf('\n')}`
}

function errorOffset(text: string): number {
  const open: string[] = []
  let state: State = 'value'
  let offset = skipSpace(text, 0)
  while (offset < text.length) {
    TOKEN.lastIndex = offset
    const match = TOKEN.exec(text)
    const next: State | undefined = match === null ? undefined : advance(state, match, open)
    if (match === null || next === undefined) return offset
    state = next
    offset = skipSpace(text, TOKEN.lastIndex)
  }
  return offset
}

function skipSpace(text: string, from: number): number {
  SPACE.lastIndex = from
  SPACE.exec(text)
  return SPACE.lastIndex
}

/** The state after a token, or undefined when it cannot stand here. `open` holds the closing marks still owed. */
function advance(state: State, token: RegExpExecArray, open: string[]): State | undefined {
  const { mark, string } = token.groups ?? {}
  const close = (): State | undefined => (mark === open.pop() ? 'after value' : undefined)
  switch (state) {
    case 'first key':
      if (mark === '}') return close()
      return string === undefined ? undefined : 'colon'
    case 'key':
      return string === undefined ? undefined : 'colon'
    case 'colon':
      return mark === ':' ? 'value' : undefined
    case 'after value':
      if (mark === ',' && open.length > 0) return open.at(-1) === '}' ? 'key' : 'value'
      return mark === '}' || mark === ']' ? close() : undefined
    case 'first item':
      if (mark === ']') return close()
      return startValue(mark, open)
    default:
      return startValue(mark, open)
  }
}

function startValue(mark: string | undefined, open: string[]): State | undefined {
  if (mark === undefined) return 'after value'
  if (mark !== '{' && mark !== '[') return undefined
  open.push(mark === '{' ? '}' : ']')
  return mark === '{' ? 'first key' : 'first item'
}
