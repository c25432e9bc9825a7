/** Small datasets that tests make up. */

/** `question,expected` with rows number 1 to `count`: the answer to "Question 7?" is "Answer 7". */
export function questions(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => `Question ${index + 1}?,Answer ${index + 1}\n`)
  return `question,expected\n${rows.join('')}`
}

/** The right answer to a question of that dataset. */
export function answerTo(question: string): string {
  return question.replace('Question', 'Answer').replace('?', '')
}
