/** The page that says what went wrong: the sentence, and no more than that. */
import { html } from '../../report/html/markup.ts'
import type { Page } from '../respond.ts'
import { page } from './frame.ts'
import { visible } from './words.ts'

export function problemPage(status: number, text: string): Page {
  return page({
    name: 'problem',
    title: 'This cannot be shown',
    status,
    body: html`<h1>This cannot be shown</h1>
<p class="notice bad problem">${visible(text)}</p>
<p><a href="./">All runs</a></p>`,
  })
}
