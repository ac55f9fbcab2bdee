/** What a stream of the transfer's messages has by now. */
import type { MessageStream } from '../../src/transfer/protocol/message-stream.js';
import type { TransferMessage } from '../../src/transfer/protocol/messages.js';

/** Those that `bytes` complete, one after the other. */
export function* messagesIn(stream: MessageStream, bytes: Buffer): Generator<TransferMessage, void> {
  stream.push(bytes);
  for (let message = stream.next(); message !== undefined; message = stream.next()) yield message;
}
