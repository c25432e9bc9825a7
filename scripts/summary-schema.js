/**
 * docs/summary.schema.json: the shape of summary.json as a JSON Schema. Its shape is that of src/report/summary-schema.ts, what each
 * field means is the comment on it where its type is defined.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { UNTIMED } from '../dist/report/summary-json.js'
import { summarySchema } from '../dist/report/summary-schema.js'

/** Where the types are that the schema describes. */
const SOURCES = ['stats', 'gate', 'dispatch', 'score'].map((chapter) => `src/${chapter}/types.ts`)

/** The text of the file. Throws at a field that has no comment. */
export function summarySchemaText(root) {
  const comments = commentsOf(SOURCES.map((file) => readFileSync(join(root, file), 'utf8')).join('\n'))
  // What is left open may be added later; what is there stays.
  const schema = z.toJSONSchema(summarySchema, { io: 'input', target: 'draft-2020-12' })
  for (const [type, definition] of Object.entries(schema.$defs)) {
    delete definition.id
    for (const [name, property] of Object.entries(definition.properties)) {
      const meaning = comments.get(`${type}.${name}`)
      if (meaning === undefined) throw new Error(`${type}.${name} has no comment in ${SOURCES.join(', ')}`)
      const isUntimed = UNTIMED[type]?.includes(name) ?? false
      definition.properties[name] = {
        description: `${meaning}${isUntimed ? ' Null with --no-timings.' : ''}`,
        ...(isUntimed ? nullable(property) : property),
      }
    }
  }
  const { $schema, $defs, ...rest } = schema
  const head = { $schema, title: 'summary.json', description: 'Every figure of a run of Assay, format version 1.' }
  return `${JSON.stringify({ ...head, ...rest, $defs }, null, 2)}\n`
}

function nullable(property) {
  const isAlready = property.anyOf?.some(({ type }) => type === 'null') ?? false
  return isAlready ? property : { anyOf: [property, { type: 'null' }] }
}

/** `Type.field` → its comment in one line, with those of the types that a type extends. */
function commentsOf(source) {
  const comments = new Map()
  const parents = []
  for (const [, type, parent, body] of source.matchAll(
    /^export interface (\w+)(?: extends (\w+))? \{\n([\s\S]*?)^\}/gm,
  )) {
    if (parent !== undefined) parents.push([type, parent])
    for (const [, comment, name] of body.matchAll(
      /^ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}(?:readonly )?(\w+)\??:/gm,
    )) {
      comments.set(
        `${type}.${name}`,
        comment
          .replace(/\n\s*\* ?/g, ' ')
          .replace(/\s+/g, ' ')
          .trim(),
      )
    }
  }
  for (const [type, parent] of parents) {
    for (const [key, comment] of Array.from(comments)) {
      if (key.startsWith(`${parent}.`)) comments.set(key.replace(parent, type), comment)
    }
  }
  return comments
}
