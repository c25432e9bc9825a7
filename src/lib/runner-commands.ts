/**
 * Which lines of our output would a CI runner act on? GitHub's takes a line that begins with `::` for a command, and the older form
 * `##[command]` wherever it stands. Text of datasets and models may hold both.
 */

/** A run by GitHub's runner. */
export function isGitHubRunner(env: Readonly<Record<string, string | undefined>>): boolean {
  return env['GITHUB_ACTIONS'] === 'true'
}

/**
 * The same text without commands. One character of each is written as its JSON escape: where the text is JSON it means the same as
 * before, and a reader sees what stood there.
 */
export function withoutCommands(text: string): string {
  return text
    .replaceAll('##[', '##\\u005b')
    .replace(/(^|[\r\n])([^\S\r\n]|\u0085)*::/g, (start) => `${start.slice(0, -1)}\\u003a`)
}
