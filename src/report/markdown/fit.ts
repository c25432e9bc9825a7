/** What stays of a document that must not be larger than so many bytes? */

/** One part of it. */
export interface Part {
  /** As the sentence about what was left out names it. */
  readonly name: string
  /** Parts with a higher rank are shortened and left out first. */
  readonly rank: number
  /** Entries of its longest list; 0 or 1: it stays whole or goes. */
  readonly entries: number
  /** Its lines, with lists of at most so many entries; none: there is nothing to say. */
  readonly lines: (most: number) => readonly string[]
}

/**
 * The parts in their order, with an empty line between them. Where they are too large in UTF-8, the one of the highest rank has its
 * lists halved until it is gone, then the next; a sentence at the end names them. Empty where even that does not fit.
 */
export function fitted(parts: readonly Part[], mostBytes: number): string {
  const shown = parts.map((part) => ({ part, entries: part.entries, text: textOf(part, part.entries) }))
  const spoken = shown.filter(({ text }) => text !== '')
  const byRank = spoken.toSorted((a, b) => b.part.rank - a.part.rank)
  for (;;) {
    const document = joined([...spoken.map(({ text }) => text), leftOut(spoken)])
    if (Buffer.byteLength(document) <= mostBytes) return document
    const next = byRank.find(({ text }) => text !== '')
    if (next === undefined) return ''
    next.entries = Math.floor(next.entries / 2)
    next.text = next.entries === 0 ? '' : textOf(next.part, next.entries)
  }
}

/** Whole blocks from the start of a finished text, and a sentence where not all of them fit. */
export function firstBlocks(markdown: string, mostBytes: number): string {
  if (Buffer.byteLength(markdown) <= mostBytes) return markdown
  const blocks = markdown.split('\n\n')
  const sentence = 'Shortened: the rest would be beyond the size that GitHub shows.'
  let room = mostBytes - Buffer.byteLength(joined([sentence]))
  const cut = blocks.findIndex((block) => (room -= Buffer.byteLength(block) + 2) < 0)
  return room + Buffer.byteLength(blocks[0] ?? '') < 0 && cut === 0 ? '' : joined([...blocks.slice(0, cut), sentence])
}

function textOf(part: Part, entries: number): string {
  return part.lines(entries).join('\n')
}

function joined(texts: readonly string[]): string {
  const there = texts.filter((text) => text !== '')
  return there.length === 0 ? '' : `${there.join('\n\n')}\n`
}

interface Shown {
  readonly part: Part
  readonly entries: number
  readonly text: string
}

function leftOut(shown: readonly Shown[]): string {
  const named = (all: readonly Shown[]): string => all.map(({ part }) => part.name).join(', ')
  const gone = shown.filter(({ text }) => text === '')
  const shortened = shown.filter(({ part, entries, text }) => text !== '' && entries < part.entries)
  const sentences = [
    ...(shortened.length > 0 ? [`shortened: ${named(shortened)}`] : []),
    ...(gone.length > 0 ? [`left out: ${named(gone)}`] : []),
  ]
  return sentences.length === 0 ? '' : `_To stay within the size that GitHub shows, ${sentences.join('; ')}._`
}
