/** Text that comes from models and datasets, made safe for a terminal. */

// Everything a terminal could act on: C0 and C1 controls, DEL, line separators and the bidirectional overrides.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** One printable line of at most `width` characters; control characters become spaces, a cut is marked with "…". */
export function oneLine(text: string, width = 200): string {
  const flat = text
    .slice(0, width * 4)
    .replace(UNPRINTABLE, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  const points = Array.from(flat)
  return points.length > width ? `${points.slice(0, width - 1).join('')}…` : flat
}

/** The same lines without anything that a terminal could act on: control characters but the line feed become spaces. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => (character === '\n' ? character : ' '))
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
