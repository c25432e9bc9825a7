/** Text that comes from models and datasets, made safe for a terminal. */

// Everything a terminal could act on, or by which text could pass for other text: C0 and C1 controls, DEL, line separators,
// direction marks and overrides, what is invisible, and halves of surrogate pairs. Joiners stay: scripts and emoji need them.
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

/**
 * One printable line of at most `width` characters; control characters become spaces, white space of any kind and length is
 * one space, a cut is marked with "…".
 */
export function oneLine(text: string, width = 200): string {
  const flat = text
    .slice(0, width * 4)
    .replace(UNPRINTABLE, ' ')
    .replace(/[\s\u2800\u3164]+/gu, ' ')
    .trim()
  const points = Array.from(flat)
  return points.length > width ? `${points.slice(0, width - 1).join('')}…` : flat
}

/** The same lines without anything that a terminal could act on: control characters but the line feed become spaces. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => (character === '\n' ? character : ' '))
}

/** JSON text without anything that a terminal could act on: such characters are written as their escapes, and mean the same. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) => (character === '\n' ? character : escaped(character)))
}

/** A word of a command that is to be copied into a shell: quoted where it has to be, so that nothing in it is run. */
export function shellWord(word: string): string {
  if (/^[\w./@%+,:=-]+$/.test(word)) return word
  const isPlain = word.search(UNPRINTABLE) < 0
  if (isPlain) return `'${word.replaceAll("'", "'\\''")}'`
  return `$'${word.replace(/[\\']/g, '\\$&').replace(UNPRINTABLE, escaped)}'`
}

/** \u and four digits for each half of the character. */
function escaped(character: string): string {
  return character
    .split('')
    .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

/** "1 row", "2 rows". */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
}

/**
 * Lines of at most so many characters, broken at blanks; the later ones are set in by `indent`. A longer word stays whole,
 * and a percentage on one line.
 */
export function wrapped(text: string, columns: number, indent = '  '): string[] {
  const lines: string[] = []
  let line = ''
  let isEmpty = true
  for (const word of text.split(/ (?!%)/)) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = `${indent}${word}`
    } else line = isEmpty ? word : `${line} ${word}`
    isEmpty = false
  }
  return [...lines, line]
}
