/** How does any text stand in XML? */

/** What XML 1.0 has no place for, even escaped, and what a terminal that shows it would act on. */
const ILLEGAL = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]|\p{Surrogate}/gu

/** C0 controls have pictures: ESC is "␛". */
const PICTURES = 0x2400

/** The text with escapes; a character that XML cannot hold is shown as another one. */
export function escaped(text: string): string {
  return text
    .replace(ILLEGAL, (character) =>
      character < ' ' ? String.fromCharCode(PICTURES + character.charCodeAt(0)) : '\ufffd',
    )
    .replace(/[&<>"'\t\r\n]/g, (character) => ESCAPES[character] ?? `&#${character.charCodeAt(0)};`)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** ` name="value"` for each; names are our own. */
export function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('')
}

export function element(name: string, values: Readonly<Record<string, string>>, text: string): string {
  const start = `<${name}${attributes(values)}`
  // A line feed stays one: readers show the text as it stands.
  return text === '' ? `${start}/>\n` : `${start}>${escaped(text).replaceAll('&#10;', '\n')}</${name}>\n`
}

/** Unknown values are left out: a property that says nothing. */
export function propertiesXml(values: Readonly<Record<string, string | number | null | undefined>>): string {
  const known = Object.entries(values).filter(([, value]) => value !== null && value !== undefined)
  if (known.length === 0) return ''
  const lines = known.map(([name, value]) => element('property', { name, value: String(value) }, ''))
  return `<properties>\n${lines.join('')}</properties>\n`
}
