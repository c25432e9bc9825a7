/** Which label does an answer give? */
import { UserError } from '../../lib/errors.ts'

/** The predicted label of an answer that gives none, or more than one. */
export const NO_LABEL = '(none)'

/** Labels that a run is asked to tell apart. */
export const MAX_LABELS = 200

/** Longest label that is taken from an answer when the labels are not listed: longer text is no label. */
const LONGEST_LABEL = 40

// Tells a statement such as "Label: spam" or {"category": "spam"} from prose.
const MARKER = /(?<![\p{L}\p{N}])(?:label|answer|class|category|classification)["'*_`]*\s?(?:[:=]|is\b)/giu

// "not positive" mentions a label without giving it.
const NEGATION = /(?:^| )(?:not|no|never|non|neither|nor|t|cannot)(?: (?:a|an|the|really|very))? $/

/** Lower case, with punctuation and white space as single spaces; a label of punctuation alone stays as it is. */
export function normaliseLabel(text: string): string {
  const folded = text.normalize('NFC').toLowerCase()
  return folded.replace(/[\p{P}\s]+/gu, ' ').trim() || folded.trim()
}

/** The labels of the argument by their normalised form. Throws UserError when there are too few, too many, or two alike. */
export function parseLabels(scorer: string, argument: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>()
  for (const text of argument.split(',').map((label) => label.trim())) {
    const form = normaliseLabel(text)
    const twin = labels.get(form)
    if (form === '' || twin !== undefined) {
      throw new UserError(
        `--scorer ${scorer}:${argument}: ${form === '' ? 'a label is empty' : `"${twin}" and "${text}" are the same label, since case and punctuation do not count`}. ` +
          `Expected a comma list of labels such as ${scorer}:positive,negative,neutral.`,
      )
    }
    labels.set(form, text)
  }
  if (labels.size >= 2 && labels.size <= MAX_LABELS) return labels
  throw new UserError(
    `--scorer ${scorer}:${argument.slice(0, 80)}: found ${labels.size} labels. Expected 2 to ${MAX_LABELS}, such as ${scorer}:positive,negative.`,
  )
}

/** The label of an answer among those listed, in their normalised form. */
export function listedLabel(output: string, labels: ReadonlyMap<string, string>): string {
  const whole = normaliseLabel(output)
  if (labels.has(whole)) return whole
  const stated = statement(output)
  const inStatement = stated === undefined ? NO_LABEL : onlyMention(stated, labels)
  return inStatement === NO_LABEL ? onlyMention(whole, labels) : inStatement
}

/** The label of an answer when the labels are not known: the whole answer or what follows "label:", when it is short. */
export function looseLabel(output: string): string {
  const label = statement(output) ?? normaliseLabel(output)
  return label === '' || label.length > LONGEST_LABEL ? NO_LABEL : label
}

/** The rest of the line behind the last "label:" or "answer:", normalised. */
function statement(output: string): string | undefined {
  const marker = Array.from(output.matchAll(MARKER)).at(-1)
  if (marker === undefined) return undefined
  const rest = output.slice(marker.index + marker[0].length)
  return normaliseLabel(/^\s*[^\n]*/.exec(rest)?.[0] ?? '') || undefined
}

/** The one label that a normalised text mentions, whole words only; longer labels are looked for first. */
function onlyMention(text: string, labels: ReadonlyMap<string, string>): string {
  const longestFirst = Array.from(labels.keys()).sort((one, other) => other.length - one.length)
  let left = ` ${text} `
  const mentioned = new Set<string>()
  for (const label of longestFirst) {
    const parts = splitAtWord(left, label)
    if (parts.length === 1) continue
    if (parts.slice(0, -1).some((before) => NEGATION.test(before.slice(-30)))) return NO_LABEL
    mentioned.add(label)
    left = parts.join('|')
  }
  const [only] = mentioned
  return only !== undefined && mentioned.size === 1 ? only : NO_LABEL
}

/** Cut at each place where the label stands between characters that are no letters, digits or marks. */
function splitAtWord(text: string, label: string): readonly string[] {
  const parts: string[] = []
  let from = 0
  for (let at = text.indexOf(label); at >= 0; at = text.indexOf(label, at + 1)) {
    if (at < from || isJoined(text, at, label)) continue
    parts.push(text.slice(from, at))
    from = at + label.length
  }
  return [...parts, text.slice(from)]
}

// Scripts without spaces have no words to be whole: there any place counts.
const WORD = /[\p{L}\p{M}\p{N}]/u
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u

function isJoined(text: string, at: number, label: string): boolean {
  if (UNSPACED.test(label)) return false
  return WORD.test(text[at - 1] ?? ' ') || WORD.test(text[at + label.length] ?? ' ')
}
