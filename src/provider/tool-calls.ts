/** Which pieces of a stream belong to the same tool call? */
import { readToolCall } from './decode.ts'
import { fieldsOf } from './json.ts'
import type { ToolCall } from './types.ts'

interface Call {
  id: string | null
  name: string
  arguments: string
}

/**
 * Joins the pieces of tool calls. The rule is `index`; servers that leave it out are joined by `id`, then by position. An
 * id may be repeated in every piece; a new id where another one stands is a new call, whatever its index says.
 */
export class ToolCallMerger {
  readonly calls: Call[] = []
  readonly #bySlot = new Map<number, Call>()
  readonly #byId = new Map<string, Call>()

  /** Adds one item of `delta.tool_calls`; true when it carried output, a name or a part of the arguments. */
  add(item: unknown, position: number): boolean {
    const piece = readToolCall(item)
    const index = fieldsOf(item)['index']
    const call = this.#callOf(piece, typeof index === 'number' ? index : null, position)
    call.id ??= piece.id
    if (call.id !== null && !this.#byId.has(call.id)) this.#byId.set(call.id, call)
    call.name ||= piece.name
    call.arguments += piece.arguments
    return piece.name !== '' || piece.arguments !== ''
  }

  #callOf(piece: ToolCall, index: number | null, position: number): Call {
    const slot = index ?? position
    const inSlot = this.#bySlot.get(slot)
    const sameId = index === null && piece.id !== null ? this.#byId.get(piece.id) : undefined
    if (sameId) return sameId
    if (inSlot && (piece.id === null || inSlot.id === null || inSlot.id === piece.id)) return inSlot
    const call: Call = { id: null, name: '', arguments: '' }
    this.calls.push(call)
    this.#bySlot.set(slot, call)
    return call
  }
}
