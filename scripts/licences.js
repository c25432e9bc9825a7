/**
 * The licence notices of packages that have become part of a script: they have to go wherever it goes, and it goes into every
 * report.html. Packages of one licence share its text; what differs is who holds the copyright.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A comment with the notices of all packages that esbuild has taken something of; empty where there are none. Paths are relative to `root`. */
export function licenceComment(metafile, root) {
  const taken = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0),
  )
  const folders = new Set(taken.flatMap((path) => packageFolder(path) ?? []))
  const notices = [...folders].sort().map((folder) => noticeOf(join(root, folder)))
  if (notices.length === 0) return ''
  const byText = new Map()
  for (const notice of notices) byText.set(notice.text, [...(byText.get(notice.text) ?? []), notice])
  const parts = [...byText].map(([text, same]) => `${holdersOf(same)}\n\n${text}`)
  const comment = `Parts of this script are made by others:\n\n${parts.join('\n\n---\n\n')}`
  // Nothing in it may end the comment, or the script element that it will stand in.
  return `/*!\n${comment.replaceAll('*/', '* /').replaceAll('</', '< /').replaceAll('<!--', '< !--')}\n*/\n`
}

/** "node_modules/@a/b/src/x.js" → "node_modules/@a/b"; undefined for a file of ours. */
function packageFolder(path) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]
}

/** Throws where a package has no licence file: it must not be part of what is handed on. */
function noticeOf(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry))
  if (file === undefined) throw new Error(`${name} ${version} becomes part of a script and has no licence file`)
  const lines = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').split('\n')
  const isCopyright = (line) => /^\s*copyright\b.*\d{4}/i.test(line)
  return {
    name: `${name} ${version}`,
    copyright: lines
      .filter(isCopyright)
      .map((line) => line.trim())
      .join(' '),
    text: reflowed(lines.filter((line) => !isCopyright(line))),
  }
}

/** Paragraphs as lines: the same words are the same text wherever the lines were broken. */
function reflowed(lines) {
  const paragraphs = lines
    .join('\n')
    .trim()
    .split(/\n\s*\n/)
  return paragraphs.map((paragraph) => paragraph.replace(/\s+/g, ' ').trim()).join('\n')
}

/** Packages with one copyright line stand behind it. */
function holdersOf(notices) {
  const byHolder = new Map()
  for (const { name, copyright } of notices) byHolder.set(copyright, [...(byHolder.get(copyright) ?? []), name])
  return [...byHolder].map(([copyright, names]) => `${names.join(', ')}: ${copyright}`).join('\n')
}
