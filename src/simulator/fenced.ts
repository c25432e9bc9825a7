/** Which texts stand between tags whose names end in one code? `<answer-1a2b3c4d>`, the text, `</answer-1a2b3c4d>`. */

export interface FencedText {
  /** The name of the tag without code and number: `expected` for `expected-2-1a2b3c4d`. */
  readonly name: string
  readonly text: string
  /** Where the tags begin and end in the whole. */
  readonly start: number
  readonly end: number
}

const OPENING = /<([a-z]+)(?:-\d{1,3})?-([0-9a-f]{6,64})>/g

/** The texts in their order. The code of the first tag is that of all: whatever else looks like a tag is text. */
export function fencedTexts(whole: string): readonly FencedText[] {
  const found: FencedText[] = []
  let code: string | undefined
  let at = 0
  for (const opening of whole.matchAll(OPENING)) {
    const [tag, name = '', ownCode] = opening
    if (opening.index < at || (code !== undefined && ownCode !== code)) continue
    const from = opening.index + tag.length
    const closing = tag.replace('<', '</')
    const to = whole.indexOf(closing, from)
    if (to < 0) break
    code = ownCode
    at = to + closing.length
    found.push({ name, text: withoutOuterLines(whole.slice(from, to)), start: opening.index, end: at })
  }
  return found
}

/** What stands around the texts and between them. */
export function textsOutsideFences(whole: string, fenced: readonly FencedText[]): string {
  const starts = [0, ...fenced.map(({ end }) => end)]
  return starts.map((start, place) => whole.slice(start, fenced[place]?.start)).join('\n')
}

/** The tags stand on lines of their own. */
function withoutOuterLines(text: string): string {
  return text.replace(/^\n/, '').replace(/\n$/, '')
}
