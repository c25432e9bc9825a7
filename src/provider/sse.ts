/** Where does one event end and the next begin? Bytes of an event stream → its events (latency.md section 12). */
import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser'

export class SseDecoder {
  // One decoder per response, since a read may end inside a character; it also drops a leading byte order mark.
  readonly #utf8 = new TextDecoder()
  readonly #parser: EventSourceParser
  #endsWithCr = false

  /** Comments and unknown fields are dropped; `onEvent` is called for every event whose blank line has arrived. */
  constructor(onEvent: (event: EventSourceMessage) => void) {
    this.#parser = createParser({ onEvent })
  }

  /** Takes the bytes of one read, cut anywhere. */
  feed(bytes: Uint8Array): void {
    const text = this.#utf8.decode(bytes, { stream: true })
    if (text === '') return
    this.#endsWithCr = text.endsWith('\r')
    this.#parser.feed(text)
  }

  /** The body has ended. An event without its blank line was cut off: it is dropped. */
  end(): void {
    // The parser holds back a final CR in case an LF follows; a blank line that ends with it counts all the same.
    if (this.#endsWithCr) this.#parser.feed('\n')
  }
}
