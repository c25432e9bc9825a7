/** How is a workflow laid out? Lines nested as lists, so that the code shows the shape of the file. */

/** One line, or the lines that belong to the one before it; an empty line separates. */
export type Line = string | readonly Line[]

/** The text, each level two spaces deeper. */
export function yamlText(lines: readonly Line[]): string {
  return `${textLines(lines, '').join('\n')}\n`
}

function textLines(lines: readonly Line[], indent: string): string[] {
  return lines.flatMap((line) => {
    if (typeof line !== 'string') return textLines(line, `${indent}  `)
    return [line === '' ? '' : `${indent}${line}`]
  })
}
