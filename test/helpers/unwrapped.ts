/** What does a screen say, whatever the width of the terminal? */

/** Lines that were broken at blanks and set in, as one. */
export function unwrapped(screen: string): string {
  return screen.replace(/\n {2,}/g, ' ')
}
