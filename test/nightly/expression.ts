/**
 * What does `${{ … }}` come to? The part of GitHub's expressions that the workflows of Assay use: literals, names with dots,
 * ! == != && || and brackets, and the functions of a job's state. Anything else is an error.
 */

export type Value = string | number | boolean | null

/** Looks up a name such as steps.eval.outputs.code; throws at one that cannot be meant. */
export type Lookup = (path: readonly string[]) => Value

/** What always(), success(), failure() and cancelled() come to. */
export interface State {
  readonly failed: boolean
}

interface Scope {
  readonly lookup: Lookup
  readonly state: State
}

const TOKEN = /\s*(?:('(?:[^']|'')*')|(\d+(?:\.\d+)?)|(==|!=|&&|\|\||[!()])|([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*))/y

const STATE: Readonly<Record<string, (state: State) => boolean>> = {
  always: () => true,
  success: ({ failed }) => !failed,
  failure: ({ failed }) => failed,
  // Nothing cancels a night here.
  cancelled: () => false,
}

/** A text with every `${{ … }}` in it replaced. */
export function fill(text: string, scope: Scope): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_all, inner: string) => String(evaluate(inner, scope) ?? ''))
}

/** An `if:`: it may stand in `${{ }}` or bare, and means "and all went well" unless it asks for the state itself. */
export function holds(condition: string | undefined, scope: Scope): boolean {
  if (condition === undefined) return !scope.state.failed
  const inner = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition)?.[1] ?? condition
  const asksState = Object.keys(STATE).some((name) => inner.includes(`${name}(`))
  return isTrue(evaluate(inner, scope)) && (asksState || !scope.state.failed)
}

/** The value of one expression. */
export function evaluate(source: string, scope: Scope): Value {
  const tokens = tokensOf(source)
  let place = 0
  const peek = (): string | undefined => tokens[place]
  const take = (): string => {
    const token = tokens[place++]
    if (token === undefined) throw new Error(`expression ends too early: ${source}`)
    return token
  }
  const either = (): Value => {
    let left = both()
    while (peek() === '||') {
      take()
      const right = both()
      left = isTrue(left) ? left : right
    }
    return left
  }
  const both = (): Value => {
    let left = equality()
    while (peek() === '&&') {
      take()
      const right = equality()
      left = isTrue(left) ? right : left
    }
    return left
  }
  const equality = (): Value => {
    let left = unary()
    while (peek() === '==' || peek() === '!=') {
      const isEqual = take() === '=='
      left = equal(left, unary()) === isEqual
    }
    return left
  }
  const unary = (): Value => {
    if (peek() !== '!') return primary()
    take()
    return !isTrue(unary())
  }
  const primary = (): Value => {
    const token = take()
    if (token === '(') {
      const inner = either()
      if (take() !== ')') throw new Error(`a bracket is open: ${source}`)
      return inner
    }
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'")
    if (/^\d/.test(token)) return Number(token)
    if (token === 'true' || token === 'false') return token === 'true'
    if (token === 'null') return null
    if (!/^[A-Za-z_]/.test(token)) throw new Error(`"${token}" is not expected here: ${source}`)
    return peek() === '(' ? call(token) : scope.lookup(token.split('.'))
  }
  const call = (name: string): Value => {
    const state = STATE[name]
    if (state === undefined || take() !== '(' || take() !== ')') throw new Error(`unknown function: ${source}`)
    return state(scope.state)
  }
  const value = either()
  if (place < tokens.length) throw new Error(`"${peek()}" is not expected here: ${source}`)
  return value
}

function tokensOf(source: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(source)
    if (match === null) throw new Error(`unknown expression from "${source.slice(from).trim()}": ${source}`)
    tokens.push(match[0].trim())
  }
  return tokens
}

function isTrue(value: Value): boolean {
  return value !== '' && value !== null && value !== 0 && value !== false
}

/** Texts are equal whatever their case; values of two kinds are compared as numbers. */
function equal(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left.toLowerCase() === right.toLowerCase()
  return typeof left === typeof right ? left === right : asNumber(left) === asNumber(right)
}

function asNumber(value: Value): number {
  return typeof value === 'string' && value.trim() === '' ? 0 : Number(value)
}
