/** Base64 of deflated JSON → its value. */

/** Rejects where the text is damaged, as in a file that was not copied to its end. */
export async function inflated(packed: string): Promise<unknown> {
  const binary = atob(packed)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index)
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Response(stream).json()
}
