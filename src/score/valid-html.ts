/** Is the answer HTML? */
import type * as Parse5 from 'parse5'
import { TIMED_OUT, TIMED_OUT_REASON, withinTimeLimit } from './limits.ts'
import { failed, passed, unscored } from './marks.ts'
import { afterLoading } from './structure/after-loading.ts'
import { withoutFence } from './structure/code-block.ts'
import { htmlProblem } from './structure/html-problem.ts'
import type { Score, Scorer } from './types.ts'

function scoreHtml(parse5: typeof Parse5, output: string): Score {
  const text = withoutFence(output)
  const problem = withinTimeLimit(() => htmlProblem(parse5, text))
  if (problem === TIMED_OUT) return unscored(TIMED_OUT_REASON)
  return problem === undefined ? passed('the answer is HTML') : failed(`no valid HTML: ${problem}`)
}

export const validHtml = {
  name: 'valid-html',
  summary:
    'The answer is HTML without syntax errors, a document or a fragment; one Markdown code fence around it does not count.',
  group: 'formats',
  details: `The answer is read by parse5, the parser of the WHATWG standard: as a document when it begins with \`<!doctype>\`, \`<html>\`, \`<head>\`
or \`<body>\`, else as a fragment. What counts as an error:

- every parse error that parse5 reports, such as a repeated attribute, a stray \`<\`, an unfinished tag or comment, \`<div/>\`, or \`&nbsp\`
  without its semicolon; a missing or outdated doctype does not count;
- an element without its end tag, where HTML requires one (\`<p>\`, \`<li>\`, \`<td>\` and others may leave it out);
- an end tag that closes nothing, as in \`<b><i>x</b></i>\` or \`<p><div></div></p>\` (a \`div\` ends the paragraph);
- in a fragment, text outside of all elements, and no element at all: so prose around the HTML is an error.

Names of elements and attributes, and which element may stand in which, are not checked. An answer that takes longer than 200 ms is
unscored. promptfoo's \`is-html\` is this scorer.`,
  examples: [
    { output: '<p>Paris is in <b>France</b>.', score: { value: 1, pass: true } },
    { output: '```html\n<!doctype html>\n<title>Paris</title><p>Bonjour</p>\n```', score: { value: 1, pass: true } },
    { output: '<div><b>Paris</div>', score: { value: 0, pass: false } },
    { output: 'Paris', score: { value: 0, pass: false } },
  ],
  argument: null,
  needsExpected: false,
  promptfooTypes: { 'is-html': undefined },
  create: () =>
    afterLoading(
      () => import('parse5'),
      (parse5, { output }) => scoreHtml(parse5, output),
    ),
} as const satisfies Scorer
