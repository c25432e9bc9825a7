/** What GitHub's runner takes for commands in the output of a step (actions/runner, src/Runner.Common/ActionCommand.cs). */

export interface RunnerCommand {
  readonly command: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

/** All of them, those of the older form `##[command]` as well, known to the runner or not. */
export function commandsIn(output: string): RunnerCommand[] {
  return output.split(/\r\n|\r|\n/).flatMap((line) => {
    const text = line.replace(/^[\s\u0085]+/, '')
    const found = /^::([^:\s]+)\s*(.*?)::(.*)$/su.exec(text) ?? /##\[(\S+?)\s*([^\]]*)\](.*)$/su.exec(line)
    if (found === null) return []
    const [, command = '', properties = '', data = ''] = found
    return [{ command, properties: propertiesOf(properties), data: unescaped(data) }]
  })
}

function propertiesOf(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      return [
        pair.slice(0, at),
        unescaped(
          pair
            .slice(at + 1)
            .replaceAll('%3A', ':')
            .replaceAll('%2C', ','),
        ),
      ]
    }),
  )
}

function unescaped(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
}
