/**
 * What does an answer look like that has to fit a JSON schema? The parts of the text that would have been said are put where
 * they fit, and what is missing is made up, so that what comes out is valid. Understood are the schemas that providers take
 * for structured output: types, properties, items, enum, const, anyOf, oneOf, $ref within the schema, and limits of
 * numbers, texts and lists. `pattern`, `format`, `allOf` and conditions are not looked at.
 */
import { canonicalJson } from '../lib/hash.ts'
import { isObject } from '../lib/json.ts'

type Schema = Readonly<Record<string, unknown>>

/** Levels after which only what has to be there is made: a schema may contain itself. */
const DEEP = 8

/** Levels that are made at most. */
const DEEPEST = 64

const LAST_NUMBER = /-?\d+(?:\.\d+)?(?!.*\d)/s

/** An instance of the schema that holds as much of the hint as fits: a value of JSON, or a text in plain words. */
export function instanceOf(schema: Schema, hint: unknown): unknown {
  return new Maker(schema).make(schema, hint, 0)
}

class Maker {
  readonly #root: Schema

  constructor(root: Schema) {
    this.#root = root
  }

  make(schema: unknown, hint: unknown, depth: number): unknown {
    if (!isObject(schema) || depth > DEEPEST) return hint ?? null
    const { $ref: ref, enum: choices } = schema
    if (typeof ref === 'string') return this.make(this.#referred(ref), hint, depth + 1)
    if (schema['const'] !== undefined) return schema['const']
    if (Array.isArray(choices)) return chosen(choices, hint)
    const options = [schema['anyOf'], schema['oneOf']].find(Array.isArray)
    if (options !== undefined) return this.make(bestOption(options, hint, depth), hint, depth + 1)
    return this.#ofType(typeOf(schema, hint, depth), schema, hint, depth)
  }

  #ofType(type: unknown, schema: Schema, hint: unknown, depth: number): unknown {
    switch (type) {
      case 'object':
        return this.#object(schema, hint, depth)
      case 'array':
        return this.#array(schema, hint, depth)
      case 'number':
      case 'integer':
        return numberWithin(schema, numberIn(hint), type === 'integer')
      case 'boolean':
        return typeof hint === 'boolean' ? hint : /^(?:yes|true)\b/i.test(textIn(hint))
      case 'null':
        return null
      default:
        return textWithin(schema, textIn(hint))
    }
  }

  #object(schema: Schema, hint: unknown, depth: number): Record<string, unknown> {
    const { additionalProperties: others = true } = schema
    const properties = isObject(schema['properties']) ? schema['properties'] : {}
    const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : []
    const names = [...new Set([...Object.keys(properties), ...required.filter((name) => typeof name === 'string')])]
    // Where any object will do, the hint itself is one, or becomes one.
    if (names.length === 0) return others !== true ? {} : isObject(hint) ? hint : { answer: hint ?? null }
    const wanted = names.filter((name) => depth < DEEP || required.includes(name))
    return Object.fromEntries(
      // A text in plain words is what any of the properties may be about.
      wanted.map((name) => [name, this.make(properties[name], isObject(hint) ? hint[name] : hint, depth + 1)]),
    )
  }

  #array({ items, minItems, maxItems }: Schema, hint: unknown, depth: number): unknown[] {
    const fewest = typeof minItems === 'number' ? minItems : 0
    const most = typeof maxItems === 'number' ? maxItems : Number.POSITIVE_INFINITY
    const hints: unknown[] = Array.isArray(hint) ? hint : hint === undefined || depth >= DEEP ? [] : [hint]
    const kept = Math.min(most, Math.max(fewest, hints.length))
    return Array.from({ length: kept }, (_, place) => this.make(items, hints[place], depth + 1))
  }

  /** What a reference such as `#/$defs/step` names. */
  #referred(ref: string): unknown {
    const steps = ref.split('/').slice(1)
    return steps.reduce<unknown>((value, step) => (isObject(value) ? value[step] : undefined), this.#root)
  }
}

/** The choice that the hint names, else the first. */
function chosen(choices: readonly unknown[], hint: unknown): unknown {
  const wanted = canonicalJson(hint ?? null)
  return choices.find((choice) => canonicalJson(choice) === wanted) ?? choices[0] ?? null
}

/** What fits the hint; deep down null, where it is allowed: so ends a schema that contains itself. */
function bestOption(options: readonly unknown[], hint: unknown, depth: number): unknown {
  const typed = options.map((option) => (isObject(option) ? typeOf(option, hint, depth) : undefined))
  return options[Math.max(0, typed.indexOf(depth >= DEEP ? 'null' : kindOf(hint)))]
}

function typeOf(schema: Schema, hint: unknown, depth: number): unknown {
  const { type } = schema
  if (Array.isArray(type)) return type[Math.max(0, type.indexOf(depth >= DEEP ? 'null' : kindOf(hint)))]
  if (type !== undefined) return type
  return isObject(schema['properties']) ? 'object' : isObject(schema['items']) ? 'array' : 'string'
}

/** The type of a value in the words of JSON Schema. */
function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

function textIn(hint: unknown): string {
  return typeof hint === 'string' ? hint : hint === undefined ? '' : JSON.stringify(hint)
}

function numberIn(hint: unknown): number {
  return typeof hint === 'number' ? hint : Number(LAST_NUMBER.exec(textIn(hint).replaceAll(',', ''))?.[0] ?? 0)
}

/** The text, cut or filled up to the limits, which count code points. */
function textWithin({ minLength, maxLength }: Schema, text: string): string {
  const characters = Array.from(text)
  const most = typeof maxLength === 'number' ? maxLength : characters.length
  const fewest = typeof minLength === 'number' ? minLength : 0
  return characters.slice(0, most).join('') + '.'.repeat(Math.max(0, fewest - Math.min(most, characters.length)))
}

/** The number, moved to the nearest one within the limits that is a multiple of the step. */
function numberWithin(schema: Schema, wanted: number, whole: boolean): number {
  const limit = (name: string, otherwise: number): number => {
    const value = schema[name]
    return typeof value === 'number' ? value : otherwise
  }
  const step = limit('multipleOf', whole ? 1 : 0)
  const [above, below] = [limit('exclusiveMinimum', -Infinity), limit('exclusiveMaximum', Infinity)]
  // Between two open ends that are close, their middle.
  const apart = step > 0 ? step : Math.min(1, (below - above) / 2)
  const lowest = Math.max(limit('minimum', -Infinity), above + apart)
  const highest = Math.min(limit('maximum', Infinity), below - apart)
  const within = Math.min(highest, Math.max(lowest, wanted))
  if (step === 0) return within
  const multiple = Math.round(within / step) * step
  return multiple < lowest ? multiple + step : multiple > highest ? multiple - step : multiple
}
