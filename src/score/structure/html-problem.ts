/**
 * Where does a text break the syntax of HTML? parse5 reports all errors of the tokenizer and few of those that tree
 * construction finds: tags that do not match are found here, by comparing the tags of the text with those that the tree uses.
 */
import type * as Parse5 from 'parse5'
import type { DefaultTreeAdapterTypes, ParserOptions, Token } from 'parse5'

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element
type TreeMap = DefaultTreeAdapterTypes.DefaultTreeAdapterMap

/** Elements that never have an end tag, and those that may leave it out (HTML Living Standard, 13.1.2 and 13.1.2.4). */
const END_TAG_OPTIONAL: ReadonlySet<string> = new Set(
  `area base br col embed hr img input link meta source track wbr
  html head body li dt dd p rt rp optgroup option colgroup caption thead tbody tfoot tr td th`.split(/\s+/),
)

const DOCTYPE_ERRORS: ReadonlySet<string> = new Set(['missing-doctype', 'non-conforming-doctype'])

/** The first problem in words; undefined when there is none. */
export function htmlProblem(parse5: typeof Parse5, text: string): string | undefined {
  let firstError: string | undefined
  const options: ParserOptions<TreeMap> = {
    sourceCodeLocationInfo: true,
    onParseError: ({ code, startLine, startCol }) => {
      if (!DOCTYPE_ERRORS.has(code)) firstError ??= `${code} at ${startLine}:${startCol}`
    },
  }
  const { root, endTags } = parse(parse5, text, options)
  return firstError ?? proseProblem(root) ?? tagProblem(text, root, endTags)
}

/** Prose is a valid fragment as well; what is asked for is HTML and nothing beside it. */
function proseProblem(root: Node): string | undefined {
  const children = 'childNodes' in root ? root.childNodes : []
  if (children.some((node) => 'value' in node && node.value.trim() !== ''))
    return 'there is text outside of all elements'
  return children.some((node) => 'tagName' in node) ? undefined : 'there is no element'
}

function parse(
  parse5: typeof Parse5,
  text: string,
  options: ParserOptions<TreeMap>,
): { readonly root: Node; readonly endTags: readonly Token.TagToken[] } {
  const endTags: Token.TagToken[] = []
  class Listener extends parse5.Parser<TreeMap> {
    override onEndTag(token: Token.TagToken): void {
      endTags.push(token)
      super.onEndTag(token)
    }
  }
  if (/^<(?:!doctype|html|head|body)\b/i.test(text)) {
    return { root: Listener.parse<TreeMap>(text, options), endTags }
  }
  const parser = Listener.getFragmentParser<TreeMap>(null, options)
  parser.tokenizer.write(text, true)
  return { root: parser.getFragment(), endTags }
}

/** An element that lacks its end tag, or an end tag that is no element's. */
function tagProblem(text: string, root: Node, endTags: readonly Token.TagToken[]): string | undefined {
  const used = new Set<number>()
  const open: Node[] = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ('tagName' in node) {
      const { startTag, endTag } = node.sourceCodeLocation ?? {}
      if (endTag !== undefined) used.add(endTag.startOffset)
      else if (startTag !== undefined && needsEndTag(node, text.slice(startTag.startOffset, startTag.endOffset))) {
        return `<${node.tagName}> at ${startTag.startLine}:${startTag.startCol} is not closed`
      }
    }
    const children = 'content' in node ? node.content.childNodes : 'childNodes' in node ? node.childNodes : []
    for (let index = children.length - 1; index >= 0; index -= 1) open.push(children[index] ?? root)
  }
  const stray = endTags.find(({ location }) => location !== null && !used.has(location.startOffset))
  return stray && `</${stray.tagName}> at ${stray.location?.startLine}:${stray.location?.startCol} closes nothing`
}

function needsEndTag({ tagName }: Element, startTag: string): boolean {
  // Only elements of SVG and MathML get here with "/>": of others it is an error by itself.
  return !END_TAG_OPTIONAL.has(tagName) && !startTag.endsWith('/>')
}
