/** One JSON array of objects → rows, element by element: memory stays flat whatever the size of the file. */
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { LONGEST_ROW_BYTES } from './bytes.ts'
import { type JsonPlace, parseJsonObject } from './json-object.ts'
import type { Row } from './types.ts'

/** Where the reader stands; `inside` is within an element. */
type State = 'before the array' | 'first element' | 'element' | 'inside' | 'after an element' | 'after the array'

const EXPECTED: Readonly<Record<Exclude<State, 'inside'>, string>> = {
  'before the array': '"[", the start of an array of objects',
  'first element': 'an object or "]"',
  element: 'an object',
  'after an element': '"," or "]"',
  'after the array': 'nothing more',
}

const FIX = 'A JSON dataset is one array of objects; a file with one object per line is named .jsonl.'

/** Rows of a JSON file. Throws UserError at the first thing that is no object. */
export async function* readJson(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<Row, void> {
  const splitter = createSplitter(file)
  let rows = 0
  for await (const chunk of chunks) {
    for (const { bytes, place } of splitter.elementsIn(chunk)) {
      rows += 1
      yield { line: place.line, cells: parseJsonObject(bytes.toString('utf8'), place, FIX) }
    }
  }
  splitter.end()
  if (rows === 0) throw new UserError(`${file}: the dataset is empty; expected an array with at least one object.`)
}

interface Element {
  readonly bytes: Buffer
  readonly place: JsonPlace
}

/** Finds the elements by their brackets; whether they are valid JSON inside is for JSON.parse to say. */
function createSplitter(file: string): { elementsIn(chunk: Buffer): Generator<Element, void>; end(): void } {
  let state: State = 'before the array'
  let line = 1
  /** Bytes since the line's start, from 1. */
  let column = 0
  /** Open brackets of the element, from 1 within one. */
  let depth = 0
  let inString = false
  let escaped = false
  let pieces: Buffer[] = []
  let place: JsonPlace = { file, line, column }

  /** Moves over one byte of an element; true when it was the last. */
  const closes = (byte: number): boolean => {
    if (escaped) escaped = false
    else if (inString) {
      if (byte === BACKSLASH) escaped = true
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1
    return depth === 0
  }

  const unexpected = (found: string): UserError => {
    if (state === 'inside') {
      return new UserError(
        `${file}:${place.line}: the object that starts here is not closed at the end of the file. ${FIX}`,
      )
    }
    return new UserError(`${file}:${line}:${column}: found ${found}, expected ${EXPECTED[state]}. ${FIX}`)
  }

  /** The state after one byte between elements. */
  const between = (byte: number, chunk: Buffer, at: number): State => {
    if (state === 'before the array' && byte === OPEN_BRACKET) return 'first element'
    if ((state === 'first element' || state === 'element') && byte === OPEN_BRACE) return 'inside'
    if (state === 'after an element' && byte === COMMA) return 'element'
    if ((state === 'after an element' || state === 'first element') && byte === CLOSE_BRACKET) return 'after the array'
    throw unexpected(JSON.stringify(oneLine(chunk.toString('utf8', at, at + 80), 20)))
  }

  function* elementsIn(chunk: Buffer): Generator<Element, void> {
    let start = 0
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0
      column += 1
      if (state !== 'inside' && !WHITE_SPACE.has(byte)) {
        state = between(byte, chunk, at)
        if (state === 'inside') {
          start = at
          place = { file, line, column }
        }
      }
      if (state === 'inside' && closes(byte)) {
        yield { bytes: Buffer.concat([...pieces, chunk.subarray(start, at + 1)]), place }
        pieces = []
        state = 'after an element'
      }
      if (byte === LINE_FEED) {
        line += 1
        column = 0
      }
    }
    if (state !== 'inside') return
    pieces.push(chunk.subarray(start))
    if (pieces.reduce((sum, { length }) => sum + length, 0) > LONGEST_ROW_BYTES) {
      throw new UserError(
        `${file}:${place.line}: the object that starts here is larger than ${LONGEST_ROW_BYTES / 2 ** 20} MB; ` +
          `most often a quote or a bracket is not closed. ${FIX}`,
      )
    }
  }

  return {
    elementsIn,
    end: () => {
      column += 1
      // A file of white space is an empty dataset, which the caller reports.
      if (state !== 'after the array' && state !== 'before the array') throw unexpected('the end of the file')
    },
  }
}

const BACKSLASH = 0x5c
const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const LINE_FEED = 0x0a
const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])
