/** Does every link of a page lead to a file that is there? Only relative links are looked at: nothing is fetched. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The pages outside docs/, and everything under docs/, relative to the project. */
export function pagesOf(root) {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  return [
    'README.md',
    'CONTRIBUTING.md',
    'datasets/README.md',
    'test/golden/make/README.md',
    ...docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
  ]
}

/** `page: link` for every relative link whose file or heading does not exist. */
export function brokenLinks(root, pages) {
  return pages.flatMap((page) =>
    linksOf(readFileSync(join(root, page), 'utf8'))
      .filter((link) => !leadsSomewhere(root, page, link))
      .map((link) => `${page}: ${link}`),
  )
}

/** Targets of `[text](target)` and of `[name]: target`, code left out, addresses of other hosts as well. */
function linksOf(text) {
  const plain = text.replace(/^(`{3,}|~{3,}).*?^\1/gms, '').replace(/(`+)(?!`).*?(?<!`)\1(?!`)/gs, '')
  return [...plain.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g), ...plain.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)]
    .map(([, target]) => target)
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
}

function leadsSomewhere(root, page, link) {
  const [path, anchor] = decodeURIComponent(link).split('#', 2)
  const file = path === '' ? join(root, page) : join(root, dirname(page), path)
  if (!existsSync(file)) return false
  return anchor === undefined || !file.endsWith('.md') || anchorsOf(readFileSync(file, 'utf8')).has(anchor)
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(text) {
  const headings = text.replace(/^(`{3,}|~{3,}).*?^\1/gms, '').matchAll(/^#{1,6} +(.*)$/gm)
  return new Set(
    Array.from(headings, ([, heading]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )
}
