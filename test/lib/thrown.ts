/** What an action ends with when it is meant to fail. */
import { UserError } from '../../src/lib/errors.ts'

/** Whatever the action throws or rejects with. */
export async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action()
  } catch (error) {
    return error
  }
  throw new Error('expected an error, nothing was thrown')
}

/** The message of the UserError that the action ends with; any other error passes through. */
export async function refusalOf(action: () => unknown): Promise<string> {
  const error = await thrownBy(action)
  if (error instanceof UserError) return error.message
  throw error
}
